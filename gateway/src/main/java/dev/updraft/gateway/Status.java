package dev.updraft.gateway;

import dev.updraft.gateway.course.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code updraft gateway status} shows: a file that is replaced whole, at most twice a second. */
final class Status implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration EVERY = Duration.ofMillis(500);

    /** Written at least so often, so that a reader sees whether the gateway lives. */
    private static final int QUIET_ROUNDS = 10;

    private record Entry(Progress progress, long since) {}

    private final Path file;
    private final String server;
    private final LongSupplier fetches;
    private final long started = System.currentTimeMillis();
    private final Map<String, Entry> places = new ConcurrentSkipListMap<>();
    private final Thread writer;
    private volatile boolean changed = true;

    Status(Path file, String server, LongSupplier fetches) {
        this.file = file;
        this.server = server;
        this.fetches = fetches;
        writer = Thread.ofVirtual().name("status").start(this::write);
    }

    void set(String place, Progress progress) {
        Entry before = places.get(place);
        long since = before != null && before.progress().state().equals(progress.state())
                ? before.since()
                : System.currentTimeMillis();
        places.put(place, new Entry(progress, since));
        changed = true;
    }

    private void write() {
        try {
            for (int quiet = 0; ; quiet++) {
                if (changed || quiet >= QUIET_ROUNDS) {
                    changed = false;
                    quiet = 0;
                    replace();
                }
                Thread.sleep(EVERY);
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    private void replace() {
        ObjectNode all = JSON.createObjectNode()
                .put("process", ProcessHandle.current().pid())
                .put("started", started)
                .put("written", System.currentTimeMillis())
                .put("server", server)
                .put("fetches", fetches.getAsLong());
        ArrayNode list = all.putArray("devices");
        places.forEach((place, entry) -> {
            Progress progress = entry.progress();
            ObjectNode device = list.addObject().put("place", place).put("state", progress.state());
            device.put("since", entry.since());
            if (progress.id() != null) {
                device.put("id", progress.id());
            }
            if (progress.version() != null) {
                device.put("version", progress.version());
            }
            if (progress.percent() >= 0) {
                device.put("percent", progress.percent());
            }
            if (progress.detail() != null) {
                device.put("detail", progress.detail());
            }
        });
        try {
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.write(fresh, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(all));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException full) {
            // The next one may fit; updates do not depend on it.
        }
    }

    @Override
    public void close() {
        writer.interrupt();
        try {
            writer.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        replace();
    }
}
