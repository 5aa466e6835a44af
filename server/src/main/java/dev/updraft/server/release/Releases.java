package dev.updraft.server.release;

import dev.updraft.image.ImageException;
import dev.updraft.image.Sha256;
import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.artifact.Damaged;
import dev.updraft.server.event.EventType;
import dev.updraft.server.event.Events;
import dev.updraft.server.fleet.Capability;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All releases; few enough to be held in memory. */
public final class Releases {
    private final Database database;
    private final Artifacts artifacts;
    private final ReleaseStore store = new ReleaseStore();
    private final Map<Long, Release> byKey = new ConcurrentHashMap<>();
    private final Map<Owned, Long> byDigest = new ConcurrentHashMap<>();
    private final Map<Long, Map<String, Set<Long>>> artifactsOf = new ConcurrentHashMap<>();

    private record Owned(long tenant, Digest digest) {}

    public Releases(Database database, Artifacts artifacts) {
        this.database = database;
        this.artifacts = artifacts;
        database.changes().load(store::all).forEach(this::index);
        database.changes()
                .follow(Topic.RELEASE, changes -> database.read(store::all).forEach(this::index));
    }

    /**
     * Adds the image {@code file}: to the draft of its version if there is one, else to a new draft.
     *
     * @param from which versions may move to it, see {@link VersionRange}
     * @param board for an image that does not name its board itself
     * @throws Problem 400 if it is not a signed image, 409 if its version is out or has an image for this board already
     */
    public synchronized Release add(long tenant, byte[] file, String notes, String from, @Nullable String board) {
        VersionRange.parse(from);
        ImageFile image = ImageFile.read(file);
        String forBoard = image.board() == null ? board : image.board();
        if (forBoard == null) {
            throw Problem.badRequest("The image does not say which board it is for; sign it with --board, or name the"
                    + " board with ?board=….");
        }
        ImageFile.requireInstallable(file, forBoard);
        String version = image.version().toString();
        Release before = find(tenant, version);
        if (before != null && isMending(before, forBoard, image, file)) {
            keep(file);
            return before;
        }
        if (before != null && before.state() != Release.State.DRAFT) {
            throw Problem.conflict("Version " + version + " is "
                    + before.state().label() + " already and cannot change; give the new image a higher version.");
        }
        if (before != null && before.imageFor(forBoard) != null) {
            throw Problem.conflict("Version " + version + " has an image for " + forBoard + " already.");
        }
        Artifacts.Stored stored = keep(file);
        Release.Image added = new Release.Image(
                forBoard, image.digest(), stored.sha256(), stored.size(), image.needs(), image.counter());
        long now = System.currentTimeMillis();
        Release after = database.write(handle -> {
            if (before != null && !store.isDraft(handle, before.key())) {
                throw Problem.conflict("Version " + version + " was published at the same moment.");
            }
            Release release = before != null
                    ? before
                    : new Release(
                            store.insert(handle, tenant, version, notes, from, now),
                            tenant,
                            version,
                            notes,
                            from,
                            Release.State.DRAFT,
                            now,
                            List.of(),
                            List.of());
            store.insertArtifact(handle, tenant, stored.sha256(), stored.size(), now);
            store.insertImage(handle, release.key(), added);
            List<Release.Image> images = new ArrayList<>(release.images());
            images.add(added);
            database.changes().note(Topic.RELEASE, release.key());
            return release.withImages(images);
        });
        index(after);
        return after;
    }

    /**
     * Makes a draft of files that are in the artifact store already, for devices that take any format.
     *
     * @param name unlike any version; what the release is called
     * @throws Problem 409 if there is a release of this name
     */
    public synchronized Release addFiles(long tenant, String name, String notes, List<Release.File> files) {
        if (find(tenant, name) != null) {
            throw Problem.conflict("There is a release '" + name + "' already.");
        }
        long size = files.stream().mapToLong(Release.File::size).sum();
        Digest digest = Digest.sha256(Json.bytes(List.of(name, files)));
        Release.Image image =
                new Release.Image(Release.ANY_BOARD, digest, digest.toString(), size, Capability.FILES.bit(), 0);
        long now = System.currentTimeMillis();
        Release release = database.write(handle -> {
            long key = store.insert(handle, tenant, name, notes, "", now);
            store.insertImage(handle, key, image);
            files.forEach(file -> store.insertFile(handle, key, file));
            database.changes().note(Topic.RELEASE, key);
            return new Release(
                    key, tenant, name, notes, "", Release.State.DRAFT, now, List.of(image), List.copyOf(files));
        });
        index(release);
        return release;
    }

    /** Whether {@code file} is one that the server had, and has lost. */
    private boolean isMending(Release before, String board, ImageFile image, byte[] file) {
        Release.Image had = before.imageFor(board);
        return had != null
                && had.digest().equals(image.digest())
                && artifacts.damaged().has(had.sha256())
                && HexFormat.of().formatHex(Sha256.of(file)).equals(had.sha256());
    }

    /** All that the file of {@code image} says. */
    ImageView view(Release.Image image) {
        try (InputStream in = artifacts.open(image.sha256(), 0, image.size())) {
            return ImageView.of(in.readAllBytes());
        } catch (ImageException e) {
            throw Problem.conflict("This is a file, and no image of a board: " + e.getMessage());
        } catch (IOException e) {
            throw Problem.unavailable("The image cannot be read from the artifact store at the moment.", 10);
        }
    }

    /** Artifacts that cannot be offered at present. */
    public Damaged damaged() {
        return artifacts.damaged();
    }

    private Artifacts.Stored keep(byte[] file) {
        try {
            return artifacts.store(new ByteArrayInputStream(file), file.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Moves a release to {@code state}; one that was withdrawn stays so. */
    public synchronized Release move(long tenant, long key, Release.State state) {
        Release before = get(tenant, key);
        database.change(handle -> {
            if (!store.state(handle, key, state)) {
                throw Problem.conflict("Version " + before.version()
                        + " was withdrawn and stays so; publish a higher version instead.");
            }
            database.changes().note(Topic.RELEASE, key);
            if (state != before.state() && state != Release.State.DRAFT) {
                Events.add(
                        handle,
                        tenant,
                        state == Release.State.PUBLISHED ? EventType.RELEASE_PUBLISHED : EventType.RELEASE_WITHDRAWN,
                        Map.of("release", key, "version", before.version()));
            }
        });
        Release after = before.withState(state);
        byKey.put(key, after);
        return after;
    }

    public @Nullable Release find(long tenant, String version) {
        for (Release release : byKey.values()) {
            if (release.tenant() == tenant && release.version().equals(version)) {
                return release;
            }
        }
        return null;
    }

    /** The release that {@code digest} is an image of. */
    public @Nullable Release with(long tenant, Digest digest) {
        Long key = byDigest.get(new Owned(tenant, digest));
        return key == null ? null : byKey.get(key);
    }

    /** @throws Problem 404 */
    public Release get(long tenant, long key) {
        Release release = byKey.get(key);
        if (release == null || release.tenant() != tenant) {
            throw Problem.notFound("There is no release " + key + ".");
        }
        return release;
    }

    /** The releases of {@code tenant} that this artifact is of; usually one. */
    public List<Release> holding(long tenant, String sha256) {
        List<Release> holding = new ArrayList<>();
        for (Long key : artifactsOf.getOrDefault(tenant, Map.of()).getOrDefault(sha256, Set.of())) {
            Release release = byKey.get(key);
            if (release != null) {
                holding.add(release);
            }
        }
        return holding;
    }

    /** True if {@code tenant} has a release with this artifact. */
    public boolean owns(long tenant, String sha256) {
        return artifactsOf.getOrDefault(tenant, Map.of()).containsKey(sha256);
    }

    private void index(Release release) {
        byKey.put(release.key(), release);
        Map<String, Set<Long>> own = artifactsOf.computeIfAbsent(release.tenant(), t -> new ConcurrentHashMap<>());
        for (Release.Image image : release.images()) {
            own.computeIfAbsent(image.sha256(), sha256 -> ConcurrentHashMap.newKeySet())
                    .add(release.key());
            byDigest.put(new Owned(release.tenant(), image.digest()), release.key());
        }
    }

    /** Of every tenant. */
    public List<Release> all() {
        return List.copyOf(byKey.values());
    }

    /** Oldest first. */
    public List<Release> all(long tenant) {
        return byKey.values().stream()
                .filter(release -> release.tenant() == tenant)
                .sorted(Comparator.comparingLong(Release::key))
                .toList();
    }
}
