package dev.updraft.server.fleet;

import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Writes when devices were last seen, in batches: within {@link #EVERY_MILLIS} it is on disk. */
final class LastSeen implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LastSeen.class.getName());
    private static final long EVERY_MILLIS = 1_000;

    /** Rows that are written at once: a report that comes meanwhile waits no longer than these take. */
    private static final int AT_ONCE = 2_000;

    private final Database database;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private final Queue<Device> touched = new ConcurrentLinkedQueue<>();

    LastSeen(Database database) {
        this.database = database;
        this.thread = Thread.ofPlatform().name("updraft-last-seen").daemon(true).start(this::run);
    }

    void note(Device device) {
        if (device.markUnwritten()) {
            touched.add(device);
        }
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
        List<Device> batch = new ArrayList<>();
        for (Device device = touched.poll(); device != null; device = touched.poll()) {
            device.markWritten();
            batch.add(device);
        }
        // In the order of the rows, so that the database goes through its pages once.
        batch.sort(Comparator.comparingLong(Device::key));
        for (int from = 0; from < batch.size(); from += AT_ONCE) {
            try {
                write(batch.subList(from, Math.min(batch.size(), from + AT_ONCE)));
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "could not write when devices were last seen; the next batch will", e);
                batch.subList(from, batch.size()).forEach(this::note);
                return;
            }
        }
    }

    private void write(List<Device> batch) {
        database.change(handle -> {
            PreparedBatch rows = handle.prepareBatch("INSERT INTO device_seen (device, at) VALUES (?, ?)"
                    + " ON CONFLICT (device) DO UPDATE SET at = excluded.at");
            for (Device device : batch) {
                rows.bind(0, device.key()).bind(1, device.seen()).add();
            }
            rows.execute();
            if (database.changes().hasOthers()) {
                database.changes().note(Topic.SEEN, System.currentTimeMillis(), () -> names(batch));
            }
        });
    }

    private static String names(List<Device> devices) {
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
