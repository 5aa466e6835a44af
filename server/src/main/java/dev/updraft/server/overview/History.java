package dev.updraft.server.overview;

import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.http.Json;
import dev.updraft.server.store.Database;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What the devices ran, written down when it has changed and at least once an hour; of days that are over, once an hour. */
final class History implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(History.class.getName());
    private static final long EVERY_MILLIS = 15_000;
    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final long KEEP_MILLIS = 400 * DAY_MILLIS;

    /** What a picture has room for. */
    private static final int POINTS = 120;

    private final Fleet fleet;
    private final Census census;
    private final Database database;
    private final Map<Long, Overview.Sample> last = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread sampler;

    History(Fleet fleet, Census census, Database database) {
        this.fleet = fleet;
        this.census = census;
        this.database = database;
        this.sampler = Thread.ofPlatform().name("updraft-history").daemon(true).start(this::run);
    }

    /** The last {@code days}, oldest first, thinned to what a picture has room for. */
    List<Overview.Sample> of(long tenant, int days) {
        long begin = System.currentTimeMillis() - days * DAY_MILLIS;
        long step = days * DAY_MILLIS / POINTS;
        Map<Long, Overview.Sample> points = new LinkedHashMap<>();
        database.read(handle -> handle.createQuery("SELECT at, versions FROM fleet_history WHERE tenant = ? AND at > ?"
                                + " AND at IN (SELECT max(at) FROM fleet_history WHERE tenant = ? AND at > ? GROUP BY at / ?)"
                                + " ORDER BY at")
                        .bind(0, tenant)
                        .bind(1, begin)
                        .bind(2, tenant)
                        .bind(3, begin)
                        .bind(4, step)
                        .map((rs, context) -> new Overview.Sample(rs.getLong("at"), counts(rs.getString("versions"))))
                        .list())
                .forEach(sample -> points.put(sample.at() / step, sample));
        return List.copyOf(points.values());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Long> counts(String json) {
        Map<String, Long> counts = new LinkedHashMap<>();
        ((Map<String, Number>) Json.parse(json, Map.class))
                .forEach((version, devices) -> counts.put(version, devices.longValue()));
        return counts;
    }

    private void run() {
        try {
            while (!closing.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                if (database.changes().isOwner()) {
                    sampleAll();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sampleAll() {
        for (long tenant : fleet.tenants()) {
            try {
                sample(tenant);
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, e, () -> "what the devices run could not be written down; tried again shortly");
            }
        }
    }

    void sample(long tenant) {
        Map<String, Long> versions = census.of(tenant).versions();
        long now = System.currentTimeMillis();
        Overview.Sample before = last.get(tenant);
        boolean newHour = before == null || before.at() / HOUR_MILLIS != now / HOUR_MILLIS;
        boolean same = before != null && before.versions().equals(versions);
        if (versions.isEmpty() || (!newHour && same)) {
            return;
        }
        last.put(tenant, new Overview.Sample(now, versions));
        database.change(handle -> {
            handle.execute(
                    "INSERT INTO fleet_history (tenant, at, versions) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    tenant,
                    now,
                    Json.string(versions));
            if (newHour) {
                handle.execute(
                        "DELETE FROM fleet_history WHERE tenant = ? AND (at < ? OR (at < ? AND at NOT IN"
                                + " (SELECT min(at) FROM fleet_history WHERE tenant = ? GROUP BY at / ?)))",
                        tenant,
                        now - KEEP_MILLIS,
                        now - DAY_MILLIS,
                        tenant,
                        HOUR_MILLIS);
            }
        });
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            sampler.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
