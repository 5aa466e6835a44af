package dev.updraft.server.overview;

import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.store.Database;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;

/** Counts a fleet for whoever looks, at most as often as it takes a fiftieth of one processor; in between the last count is good enough. */
final class Census {
    /** Versions and boards that are told apart. */
    static final int MOST = 12;

    private static final int MOST_FAILURES = 20;
    private static final int TIMES_AS_LONG = 50;

    private final Fleet fleet;
    private final Database database;
    private final Map<Long, Overview> counted = new ConcurrentHashMap<>();
    private final Set<Long> counting = ConcurrentHashMap.newKeySet();

    Census(Fleet fleet, Database database) {
        this.fleet = fleet;
        this.database = database;
    }

    /** The last count of {@code tenant}, and the next one is begun if it is old; the first is waited for. */
    Overview of(long tenant) {
        Overview last = counted.get(tenant);
        long age = last == null ? 0 : System.currentTimeMillis() - last.at();
        if (last == null || (last.tookMillis() < 20 && age > TIMES_AS_LONG * last.tookMillis())) {
            return count(tenant);
        }
        if (age > TIMES_AS_LONG * last.tookMillis() && counting.add(tenant)) {
            Thread.ofVirtual().start(() -> {
                try {
                    count(tenant);
                } finally {
                    counting.remove(tenant);
                }
            });
        }
        return last;
    }

    private Overview count(long tenant) {
        long begin = System.currentTimeMillis();
        Map<String, Long> versions = new HashMap<>();
        Map<String, Long> boards = new HashMap<>();
        long[] seen = new long[5];
        long devices = 0;
        long trial = 0;
        for (Device device : fleet.all(tenant)) {
            devices++;
            seen[age(device.seen(), begin)]++;
            CheckIn facts = device.facts();
            if (facts != null) {
                versions.merge(facts.version(), 1L, Long::sum);
                boards.merge(facts.board(), 1L, Long::sum);
                trial += facts.trial() ? 1 : 0;
            }
        }
        Map<String, Long> first = first(versions);
        Map<String, Long> ended = new TreeMap<>();
        List<Overview.Failure> failures = database.read(handle -> {
            ended.putAll(ended(handle, tenant, begin - Duration.ofDays(1).toMillis()));
            return failures(handle, tenant, begin - Duration.ofDays(7).toMillis());
        });
        long all = versions.values().stream().mapToLong(Long::longValue).sum();
        long end = System.currentTimeMillis();
        Overview overview = new Overview(
                end,
                devices,
                first,
                all - first.values().stream().mapToLong(Long::longValue).sum(),
                first(boards),
                trial,
                new Overview.Seen(seen[0], seen[1], seen[2], seen[3], seen[4]),
                ended,
                failures,
                end - begin);
        counted.put(tenant, overview);
        return overview;
    }

    private static int age(long seen, long now) {
        if (seen == 0) {
            return 4;
        }
        long hours = (now - seen) / Duration.ofHours(1).toMillis();
        return hours < 1 ? 0 : hours < 24 ? 1 : hours < 7 * 24 ? 2 : 3;
    }

    private static Map<String, Long> first(Map<String, Long> counts) {
        Map<String, Long> first = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST)
                .forEach(one -> first.put(one.getKey(), one.getValue()));
        return first;
    }

    /** As the index of what ended says it. */
    private static final String ENDED = " FROM device_update u JOIN device d ON d.key = u.device"
            + " WHERE u.state IN ('confirmed', 'rolled-back', 'refused', 'failed') AND d.tenant = :tenant AND u.changed > :since";

    private static Map<String, Long> ended(Handle handle, long tenant, long since) {
        Map<String, Long> ended = new TreeMap<>();
        handle.createQuery("SELECT u.state, count(*) AS devices" + ENDED + " GROUP BY u.state")
                .bind("tenant", tenant)
                .bind("since", since)
                .map((rs, context) -> Map.entry(rs.getString("state"), rs.getLong("devices")))
                .forEach(one -> ended.put(one.getKey(), one.getValue()));
        return ended;
    }

    private static List<Overview.Failure> failures(Handle handle, long tenant, long since) {
        return handle.createQuery(
                        "SELECT u.state, u.reason, count(*) AS devices, max(u.rollout) AS rollout,"
                                + " max(u.changed) AS last" + ENDED
                                + " AND u.state <> 'confirmed' GROUP BY u.state, u.reason ORDER BY devices DESC, last DESC LIMIT :most")
                .bind("tenant", tenant)
                .bind("since", since)
                .bind("most", MOST_FAILURES)
                .map((rs, context) -> new Overview.Failure(
                        rs.getString("state"),
                        rs.getString("reason"),
                        rs.getLong("devices"),
                        rs.getLong("rollout"),
                        rs.getLong("last")))
                .list();
    }
}
