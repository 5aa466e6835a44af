package dev.updraft.server.fleet;

import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * Writes when devices were last seen. What has gathered is written in the order of the rows: the longer it gathers, the more rows of a
 * page are written at once. And it is written slowly, in slices with rests between, or every round would hold up what devices ask
 * meanwhile. On disk within seconds: a round of a million devices takes about ten.
 */
final class LastSeen implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LastSeen.class.getName());
    private static final long GATHER_MILLIS = 3_000;

    /** Rows that are written at once: a report that comes meanwhile waits no longer than these take. */
    private static final int SLICE = 1_000;

    /** Rest after a slice, in times of what it took: devices have the processor and the disk for the greater part. */
    private static final int REST = 2;

    private final Database database;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private final Object lock = new Object();

    /** Under {@link #lock}; each of them unwritten, so that none is there twice: PostgreSQL refuses a row twice in one statement. */
    private List<Device> touched = new ArrayList<>();

    LastSeen(Database database) {
        this.database = database;
        this.thread = Thread.ofPlatform().name("updraft-last-seen").daemon(true).start(this::run);
    }

    void note(Device device) {
        if (!device.isUnwritten()) {
            synchronized (lock) {
                if (device.markUnwritten()) {
                    touched.add(device);
                }
            }
        }
    }

    private void run() {
        try {
            while (!closing.await(GATHER_MILLIS, TimeUnit.MILLISECONDS)) {
                flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void flush() throws InterruptedException {
        List<Device> devices = gathered();
        devices.sort(Comparator.comparingLong(Device::key));
        for (int from = 0; from < devices.size(); from += SLICE) {
            int to = Math.min(devices.size(), from + SLICE);
            long begin = System.nanoTime();
            try {
                write(devices.subList(from, to));
            } catch (RuntimeException e) {
                LOG.warning("could not write when devices were last seen; the next round will: " + root(e));
                devices.subList(from, to).forEach(this::note);
                synchronized (lock) {
                    touched.addAll(devices.subList(to, devices.size()));
                }
                return;
            }
            closing.await(REST * (System.nanoTime() - begin), TimeUnit.NANOSECONDS);
        }
    }

    private List<Device> gathered() {
        synchronized (lock) {
            List<Device> gathered = touched;
            touched = new ArrayList<>(gathered.size());
            return gathered;
        }
    }

    /** The database's own word: around it stand the thousand rows that were to be written. */
    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    private void write(List<Device> slice) {
        slice.forEach(Device::markWritten);
        database.change(handle -> {
            // The driver's own batch: what it costs is in docs/reference/server-measurements.md.
            try (PreparedStatement rows = handle.getConnection()
                    .prepareStatement("INSERT INTO device_seen (device, at) VALUES (?, ?)"
                            + " ON CONFLICT (device) DO UPDATE SET at = excluded.at")) {
                for (Device device : slice) {
                    rows.setLong(1, device.key());
                    rows.setLong(2, device.seen());
                    rows.addBatch();
                }
                rows.executeBatch();
            } catch (SQLException e) {
                throw new UnableToExecuteStatementException(e, null);
            }
            if (database.changes().hasOthers()) {
                database.changes().note(Topic.SEEN, System.currentTimeMillis(), () -> names(slice));
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
            flush();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
