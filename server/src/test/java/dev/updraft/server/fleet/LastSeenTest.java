package dev.updraft.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.store.Database;
import dev.updraft.server.testing.Postgres;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that check in on several connections, as fast as they can, while it is written when they were last seen. */
class LastSeenTest {
    private static final int DEVICES = 1_500;
    private static final int THREADS = 4;
    private static final int ROUNDS = 2;
    private static final Logger LOG = Logger.getLogger("dev.updraft.server.fleet.LastSeen");
    private static final CheckIn FACTS =
            new CheckIn(Digest.of(new byte[32]), "1.0.0", "stm32f407", 400_000, 0, false, 0, Map.of());

    /** What went wrong is only logged, as it is tried again. */
    private static final class Warnings extends Handler implements AutoCloseable {
        private final Queue<String> said = new ConcurrentLinkedQueue<>();

        Warnings() {
            LOG.addHandler(this);
        }

        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                said.add(line.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            LOG.removeHandler(this);
        }
    }

    private static void isWritten(@Nullable String url, Path data) throws InterruptedException {
        try (Warnings warnings = new Warnings();
                Database database = Database.open(url, data)) {
            List<Device> devices;
            try (Fleet fleet = new Fleet(database)) {
                devices = IntStream.range(0, DEVICES)
                        .mapToObj(i -> fleet.register(1, "d" + i).device())
                        .toList();
                database.changes().start();
                hammer(fleet, devices, database);
            }
            assertThat(warnings.said).isEmpty();
            for (Device device : devices) {
                assertThat(written(database, device)).isEqualTo(device.seen());
            }
        }
    }

    /** Until the time of the last device was written anew a few times, so that there was a round meanwhile. */
    private static void hammer(Fleet fleet, List<Device> devices, Database database) throws InterruptedException {
        AtomicBoolean enough = new AtomicBoolean();
        try (ExecutorService workers = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < THREADS; i++) {
                workers.execute(() -> {
                    while (!enough.get()) {
                        devices.forEach(device -> fleet.checkedIn(device, FACTS, handle -> {}));
                    }
                });
            }
            try {
                long before = 0;
                for (int rounds = 0; rounds < ROUNDS; ) {
                    Thread.sleep(50);
                    long now = written(database, devices.getLast());
                    rounds += now == before ? 0 : 1;
                    before = now;
                }
            } finally {
                enough.set(true);
            }
        }
    }

    private static long written(Database database, Device device) {
        return database.read(
                handle -> handle.createQuery("SELECT coalesce(max(at), 0) FROM device_seen WHERE device = :device")
                        .bind("device", device.key())
                        .mapTo(Long.class)
                        .one());
    }

    @Test
    void onSqlite(@TempDir Path data) throws InterruptedException {
        isWritten(null, data);
    }

    @Test
    void onPostgres(@TempDir Path data) throws InterruptedException {
        isWritten(Postgres.freshDatabase(), data);
    }
}
