package dev.updraft.gateway;

import dev.updraft.gateway.course.Foreign;
import dev.updraft.gateway.course.Keeper;
import dev.updraft.gateway.course.Progress;
import dev.updraft.gateway.fleet.ImageCache;
import dev.updraft.gateway.fleet.UpdateServer;
import dev.updraft.gateway.link.Place;
import dev.updraft.gateway.link.Places;
import dev.updraft.gateway.smp.Patience;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Brings devices that have no IP address of their own to the server. One thread looks after each place where a device may be; what is under
 * way outlives the gateway on the devices, on the server and in {@code data}.
 */
public final class Gateway implements AutoCloseable {
    private static final Duration SCAN = Duration.ofSeconds(5);

    private final Config config;
    private final FileChannel lockFile;
    private final ImageCache cache;
    private final Keeper.Common common;
    private final Status status;
    private final Map<Place, Keeper> keepers = new HashMap<>();
    private final Map<Place, Thread> threads = new HashMap<>();
    private final Thread scanner;

    /**
     * What a gateway works with.
     *
     * @param token of the scope {@code gateway}
     * @param data its own folder: files that were fetched, what is under way, its status
     * @param foreign devices of other makes, by their place
     */
    public record Config(URI server, String token, Path data, Places places, List<Foreign> foreign, Patience patience) {
        public Config {
            foreign = List.copyOf(foreign);
        }
    }

    private Gateway(Config config, HttpClient http, FileChannel lockFile, BiConsumer<String, Progress> show) {
        this.config = config;
        this.lockFile = lockFile;
        UpdateServer server = new UpdateServer(config.server(), config.token(), http);
        cache = new ImageCache(config.data().resolve("files"), server);
        status =
                new Status(config.data().resolve("status.json"), config.server().toString(), cache::fetches);
        common = new Keeper.Common(
                server, cache, config.data().resolve("installing"), config.patience(), (place, progress) -> {
                    status.set(place.toString(), progress);
                    show.accept(place.toString(), progress);
                });
        scanner = Thread.ofPlatform().name("gateway").unstarted(this::scan);
    }

    /**
     * Starts it.
     *
     * @param show told each change, with the place that it is about
     * @throws IOException if another gateway works in the same folder, or it cannot be used
     */
    public static Gateway start(Config config, HttpClient http, BiConsumer<String, Progress> show) throws IOException {
        Files.createDirectories(config.data());
        FileChannel lockFile =
                FileChannel.open(config.data().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!isOurs(lockFile)) {
            lockFile.close();
            throw new IOException("another gateway works in " + config.data() + "; give this one a folder of its own.");
        }
        Gateway gateway = new Gateway(config, http, lockFile, show);
        gateway.scanner.start();
        return gateway;
    }

    private static boolean isOurs(FileChannel lockFile) throws IOException {
        try {
            FileLock lock = lockFile.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException ofThisProcess) {
            return false;
        }
    }

    /** Files that were fetched from the server since the start. */
    public long fetches() {
        return cache.fetches();
    }

    private void scan() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                config.places().now().forEach(this::keep);
                Thread.sleep(SCAN);
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep(Place place) {
        keepers.computeIfAbsent(place, fresh -> {
            Keeper keeper = new Keeper(
                    fresh,
                    config.foreign().stream()
                            .filter(device -> device.place().equals(fresh.toString()))
                            .findFirst()
                            .orElse(null),
                    common);
            threads.put(
                    fresh, Thread.ofPlatform().name(fresh.toString()).daemon().start(keeper));
            return keeper;
        });
    }

    /** Ends at once; what was under way is taken up by the next one. */
    @Override
    public void close() {
        scanner.interrupt();
        join(scanner);
        keepers.values().forEach(Keeper::close);
        threads.values().forEach(Thread::interrupt);
        threads.values().forEach(Gateway::join);
        status.close();
        try {
            lockFile.close();
        } catch (IOException e) {
            // it ends with the process
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
