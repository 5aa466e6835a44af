package dev.updraft.server.release;

import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** All releases; few enough to be held in memory. */
public final class Releases {
    private final Database database;
    private final Artifacts artifacts;
    private final ReleaseStore store = new ReleaseStore();
    private final Map<Long, Release> byKey = new ConcurrentHashMap<>();

    public Releases(Database database, Artifacts artifacts) {
        this.database = database;
        this.artifacts = artifacts;
        database.read(store::all).forEach(release -> byKey.put(release.key(), release));
    }

    /**
     * Adds the image {@code file}: to the draft of its version if there is one, else to a new draft.
     *
     * @param board for an image that does not name its board itself
     * @throws Problem 400 if it is not a signed image, 409 if its version is out or has an image for this board already
     */
    public synchronized Release add(long tenant, byte[] file, String notes, @Nullable String board) {
        ImageFile image = ImageFile.read(file);
        String forBoard = image.board() == null ? board : image.board();
        if (forBoard == null) {
            throw Problem.badRequest("The image does not say which board it is for; sign it with --board, or name the"
                    + " board with ?board=….");
        }
        String version = image.version().toString();
        Release before = find(tenant, version);
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
            Release release = before != null
                    ? before
                    : new Release(
                            store.insert(handle, tenant, version, notes, now),
                            tenant,
                            version,
                            notes,
                            Release.State.DRAFT,
                            now,
                            List.of());
            store.insertArtifact(handle, tenant, stored.sha256(), stored.size(), now);
            store.insertImage(handle, release.key(), added);
            List<Release.Image> images = new ArrayList<>(release.images());
            images.add(added);
            return with(release, release.state(), images);
        });
        byKey.put(after.key(), after);
        return after;
    }

    private Artifacts.Stored keep(byte[] file) {
        try {
            return artifacts.store(new ByteArrayInputStream(file), file.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Moves a release to {@code state}.
     *
     * @param also done in the same transaction
     */
    public synchronized Release move(long tenant, long key, Release.State state, Consumer<Handle> also) {
        Release before = get(tenant, key);
        if (before.state() == Release.State.WITHDRAWN && state != Release.State.WITHDRAWN) {
            throw Problem.conflict(
                    "Version " + before.version() + " was withdrawn and stays so; publish a higher version instead.");
        }
        database.change(handle -> {
            store.state(handle, key, state);
            also.accept(handle);
        });
        Release after = with(before, state, before.images());
        byKey.put(key, after);
        return after;
    }

    private static Release with(Release r, Release.State state, List<Release.Image> images) {
        return new Release(r.key(), r.tenant(), r.version(), r.notes(), state, r.created(), List.copyOf(images));
    }

    public @Nullable Release find(long tenant, String version) {
        for (Release release : byKey.values()) {
            if (release.tenant() == tenant && release.version().equals(version)) {
                return release;
            }
        }
        return null;
    }

    /** @throws Problem 404 */
    public Release get(long tenant, long key) {
        Release release = byKey.get(key);
        if (release == null || release.tenant() != tenant) {
            throw Problem.notFound("There is no release " + key + ".");
        }
        return release;
    }

    /** Oldest first. */
    public List<Release> all(long tenant) {
        return byKey.values().stream()
                .filter(release -> release.tenant() == tenant)
                .sorted(java.util.Comparator.comparingLong(Release::key))
                .toList();
    }
}
