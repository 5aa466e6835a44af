package dev.updraft.server.fleet;

import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Writes when devices were last seen, in batches: within {@link #EVERY_MILLIS} it is on disk. */
final class LastSeen implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LastSeen.class.getName());
    private static final long EVERY_MILLIS = 1_000;

    private final Database database;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile Map<Device, Boolean> touched = new ConcurrentHashMap<>();

    LastSeen(Database database) {
        this.database = database;
        this.thread = Thread.ofPlatform().name("updraft-last-seen").daemon(true).start(this::run);
    }

    void note(Device device) {
        touched.put(device, true);
    }

    private void run() {
        try {
            while (!closing.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void flush() {
        Map<Device, Boolean> batch = touched;
        if (batch.isEmpty()) {
            return;
        }
        touched = new ConcurrentHashMap<>();
        try {
            database.change(handle -> {
                PreparedBatch rows = handle.prepareBatch("INSERT INTO device_seen (device, at) VALUES (?, ?)"
                        + " ON CONFLICT (device) DO UPDATE SET at = excluded.at");
                for (Device device : batch.keySet()) {
                    rows.bind(0, device.key()).bind(1, device.seen()).add();
                }
                rows.execute();
                if (database.changes().hasOthers()) {
                    database.changes().note(Topic.SEEN, System.currentTimeMillis(), () -> names(batch.keySet()));
                }
            });
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "could not write when devices were last seen; the next batch will", e);
            batch.keySet().forEach(this::note);
        }
    }

    private static String names(Set<Device> devices) {
        StringBuilder names = new StringBuilder(devices.size() * 24);
        devices.forEach(device ->
                names.append(device.tenant()).append(' ').append(device.id()).append('\n'));
        return names.toString();
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        flush();
    }
}
