package dev.updraft.server.retention;

import dev.updraft.server.store.Database;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Takes devices' old reports out of the database, in small pieces, in the process that does the background work. The newest report of each
 * device stays, however old: it is what the device is known by.
 */
public final class Retention implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Retention.class.getName());

    private static final int PIECE = 2_000;
    private static final long FIRST_SECONDS = 60;
    private static final long EVERY_SECONDS = 3600;
    /** Between two pieces: check-ins and reports are written by the same writer. */
    private static final long PAUSE_MILLIS = 50;

    private final Database database;
    private final Duration keep;
    private final @Nullable Archive archive;
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * @param keep zero = for ever
     * @param archive where what is taken out goes first; null = nowhere
     */
    public Retention(Database database, Duration keep, @Nullable Archive archive) {
        this.database = database;
        this.keep = keep;
        this.archive = archive;
        if (!keep.isZero()) {
            Thread.ofVirtual().name("updraft-retention").start(this::run);
        }
    }

    private void run() {
        try {
            for (long wait = FIRST_SECONDS; !closing.await(wait, TimeUnit.SECONDS); wait = EVERY_SECONDS) {
                if (database.changes().isOwner()) {
                    tidy(System.currentTimeMillis());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tidy(long now) throws InterruptedException {
        try {
            long taken = reportsBefore(now - keep.toMillis());
            if (taken > 0) {
                LOG.info("retention: " + taken + " reports older than " + keep.toDays() + " days "
                        + (archive == null ? "deleted" : "moved to the archive"));
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "old reports could not be taken out; tried again in an hour", e);
        }
    }

    /**
     * Takes out the reports of before a moment.
     *
     * @param before milliseconds since 1970
     * @return how many
     */
    long reportsBefore(long before) throws InterruptedException {
        long taken = 0;
        long after = 0;
        while (true) {
            long from = after;
            List<Map<String, Object>> rows = database.read(handle -> old(handle, before, from));
            if (rows.isEmpty()) {
                return taken;
            }
            after = key(rows.getLast());
            List<Map<String, Object>> out =
                    rows.stream().filter(row -> number(row, "newer") != 0).toList();
            if (!out.isEmpty()) {
                if (archive != null) {
                    archive.append("report", out.stream().map(Retention::plain).toList());
                }
                database.change(handle -> delete(handle, out));
                taken += out.size();
            }
            if (closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                return taken;
            }
        }
    }

    private static List<Map<String, Object>> old(Handle handle, long before, long after) {
        return handle.createQuery("SELECT r.key AS key, r.device AS device, d.id AS id, t.name AS tenant, r.at AS at,"
                        + " r.seq AS seq, r.event AS event, r.digest AS digest, r.reason AS reason, r.detail AS detail,"
                        + " CASE WHEN EXISTS (SELECT 1 FROM report n WHERE n.device = r.device AND n.key > r.key)"
                        + " THEN 1 ELSE 0 END AS newer"
                        + " FROM report r LEFT JOIN device d ON d.key = r.device LEFT JOIN tenant t ON t.key = d.tenant"
                        + " WHERE r.key > ? AND r.at < ? ORDER BY r.key LIMIT ?")
                .bind(0, after)
                .bind(1, before)
                .bind(2, PIECE)
                .mapToMap()
                .list();
    }

    private static void delete(Handle handle, List<Map<String, Object>> rows) {
        var batch = handle.prepareBatch("DELETE FROM report WHERE key = ?");
        rows.forEach(row -> batch.bind(0, key(row)).add());
        batch.execute();
    }

    private static Map<String, Object> plain(Map<String, Object> row) {
        Map<String, Object> plain = new LinkedHashMap<>();
        row.forEach((name, value) -> {
            if (value != null && !name.equals("newer")) {
                plain.put(name, value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value);
            }
        });
        return plain;
    }

    private static long key(Map<String, Object> row) {
        return number(row, "key");
    }

    private static long number(Map<String, Object> row, String name) {
        return row.get(name) instanceof Number number ? number.longValue() : 0;
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
