package dev.updraft.server.patch;

import dev.updraft.delta.Firmware;
import dev.updraft.delta.Patch;
import dev.updraft.delta.PatchException;
import dev.updraft.delta.RamClass;
import dev.updraft.image.Image;
import dev.updraft.image.ImageException;
import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.fleet.Capability;
import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.store.Database;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The patches of this server: the first device that could use one gets the whole image and has the patch made, those after it get the patch. One is
 * made at a time, so that making them takes no more than a core; each is applied before it is offered.
 */
public final class Patches implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Patches.class.getName());

    /** Larger images would take too much memory to compare. */
    private static final long LARGEST_IMAGE = 8 << 20;

    private static final int WAITING = 256;
    private static final int BEGUN = 100_000;
    private static final int IDLE_SECONDS = 30;

    private final Database database;
    private final Artifacts artifacts;
    private final Releases releases;
    private final ThreadPoolExecutor worker;

    /** Empty: there is none that would be smaller. */
    private final Map<Key, Optional<Made>> known = new ConcurrentHashMap<>();

    private final Set<Key> asked = ConcurrentHashMap.newKeySet();
    private final Map<String, String> targets = new ConcurrentHashMap<>();

    /** Which artifact a device was offered whole: what it has begun it goes on with, though a patch was made meanwhile. */
    private final Map<Long, String> whole = new ConcurrentHashMap<>();

    /** A patch in the artifact store. */
    public record Made(String sha256, long size) {}

    /**
     * What a patch is made for.
     *
     * @param base digest of the image that the device runs
     * @param target SHA-256 of the artifact that it is offered
     */
    private record Key(String base, String target, RamClass ram) {}

    public Patches(Database database, Artifacts artifacts, Releases releases) {
        this.database = database;
        this.artifacts = artifacts;
        this.releases = releases;
        worker = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                work -> Thread.ofPlatform().name("patches").daemon().unstarted(work));
        worker.allowCoreThreadTimeOut(true);
    }

    /** The patch that takes {@code device} from what it runs to {@code target}, if there is a smaller one already; never waits for one. */
    public @Nullable Made find(Device device, Release.Image target, CheckIn facts) {
        RamClass ram = ram(facts);
        long tenant = device.tenant();
        if (ram == null
                || (target.needs() & Capability.ENCRYPTED.bit()) != 0
                || target.size() > LARGEST_IMAGE
                || releases.with(tenant, facts.digest()) == null) {
            return null;
        }
        Key key = new Key(facts.digest().toString(), target.sha256(), ram);
        Optional<Made> made = known.get(key);
        if (made != null) {
            return target.sha256().equals(whole.get(device.key())) ? null : made.orElse(null);
        }
        if (whole.size() >= BEGUN) {
            whole.clear();
        }
        whole.put(device.key(), target.sha256());
        if (asked.add(key)) {
            try {
                worker.execute(() -> answer(tenant, key, facts, target));
            } catch (RejectedExecutionException full) {
                asked.remove(key);
            }
        }
        return null;
    }

    private static @Nullable RamClass ram(CheckIn facts) {
        long can = facts.capabilities();
        if ((can & Capability.DELTA_64.bit()) != 0) {
            return RamClass.KB64;
        }
        if ((can & Capability.DELTA_16.bit()) != 0) {
            return RamClass.KB16;
        }
        if ((can & Capability.DELTA_8.bit()) != 0) {
            return RamClass.KB8;
        }
        return (can & Capability.DELTA.bit()) != 0 ? RamClass.KB4 : null;
    }

    /** SHA-256 of the artifact that a patch makes; null if there is no such patch. */
    public @Nullable String target(String sha256) {
        String target = targets.get(sha256);
        return target != null
                ? target
                : database.read(handle -> handle.createQuery("SELECT target FROM patch WHERE sha256 = ?")
                        .bind(0, sha256)
                        .mapTo(String.class)
                        .findFirst()
                        .orElse(null));
    }

    /** Patches that were made or found since the start. */
    public int count() {
        return targets.size();
    }

    private void answer(long tenant, Key key, CheckIn facts, Release.Image target) {
        try {
            Optional<Made> made = kept(key);
            if (made.isEmpty()) {
                made = make(tenant, key, facts, target);
            }
            made.ifPresent(patch -> targets.put(patch.sha256(), key.target()));
            known.put(key, made);
        } catch (IOException | PatchException | RuntimeException failed) {
            LOG.log(
                    Level.WARNING,
                    "No patch from " + key.base() + " to " + key.target() + ": " + failed.getMessage(),
                    failed);
            known.put(key, Optional.empty());
        } finally {
            asked.remove(key);
        }
    }

    private Optional<Made> kept(Key key) throws IOException {
        Optional<Made> row = database.read(handle -> handle.createQuery(
                        "SELECT sha256, size FROM patch WHERE base = ? AND target = ? AND kilobytes = ?")
                .bind(0, key.base())
                .bind(1, key.target())
                .bind(2, key.ram().kilobytes())
                .map((rs, context) -> new Made(rs.getString("sha256"), rs.getLong("size")))
                .findFirst());
        return row.isPresent()
                        && artifacts.size(row.get().sha256()) == row.get().size()
                ? row
                : Optional.empty();
    }

    private Optional<Made> make(long tenant, Key key, CheckIn facts, Release.Image target)
            throws IOException, PatchException {
        Release running = releases.with(tenant, facts.digest());
        Release.Image base = running == null ? null : running.imageWith(facts.digest());
        if (base == null || base.size() > LARGEST_IMAGE || (base.needs() & Capability.ENCRYPTED.bit()) != 0) {
            return Optional.empty();
        }
        Firmware from = Firmware.of(plain(base));
        Firmware to = Firmware.of(plain(target));
        byte[] patch = Patch.make(from, to, key.ram());
        if (patch.length >= target.size()) {
            return Optional.empty();
        }
        if (!Arrays.equals(Patch.apply(from, patch), to.bytes())) {
            throw new PatchException("it does not give the image that it was made for");
        }
        Artifacts.Stored stored = artifacts.store(new ByteArrayInputStream(patch), LARGEST_IMAGE);
        database.change(handle -> handle.execute(
                "INSERT INTO patch (base, target, kilobytes, sha256, size) VALUES (?, ?, ?, ?, ?)"
                        + " ON CONFLICT (base, target, kilobytes) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size",
                key.base(),
                key.target(),
                key.ram().kilobytes(),
                stored.sha256(),
                stored.size()));
        return Optional.of(new Made(stored.sha256(), stored.size()));
    }

    /** An image as it stands on a device: unpacked. */
    private byte[] plain(Release.Image image) throws IOException, PatchException {
        byte[] bytes;
        try (InputStream in = artifacts.open(image.sha256(), 0, image.size())) {
            bytes = in.readAllBytes();
        }
        try {
            Image parsed = Image.parse(bytes);
            return parsed.packing().isPresent() ? parsed.unpack().bytes().toArray() : bytes;
        } catch (ImageException strange) {
            throw new PatchException(String.valueOf(strange.getMessage()));
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
