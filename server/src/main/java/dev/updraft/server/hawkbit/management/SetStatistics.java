package dev.updraft.server.hawkbit.management;

import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.store.Database;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.node.ObjectNode;

/** What became of a distribution set, counted. */
record SetStatistics(Database database) {
    /** @param part {@code actions}, {@code rollouts}, {@code autoassignments} or {@code all} */
    ObjectNode of(Distributions.Distribution set, String part) {
        boolean all = part.equals("all");
        ObjectNode view = HawkbitJson.object();
        return database.read(handle -> {
            if (all || part.equals("actions")) {
                put(view, "actions", counts(handle, set, ACTIONS), all);
            }
            if (all || part.equals("rollouts")) {
                put(view, "rollouts", counts(handle, set, ROLLOUTS), all);
            }
            if (all || part.equals("autoassignments")) {
                view.put(
                        "totalAutoAssignments",
                        handle.createQuery("SELECT count(*) FROM auto_assignment WHERE distribution_set = ?")
                                .bind(0, set.key())
                                .mapTo(Long.class)
                                .one());
            }
            return view;
        });
    }

    private static final String ACTIONS =
            "SELECT " + ActionRows.STATUS + " AS word, count(*) AS many FROM " + ActionRows.JOINED
                    + " WHERE a.digest IN (SELECT digest FROM release_image WHERE release = ?) GROUP BY word";

    private static final String ROLLOUTS = "SELECT r.state AS word, count(*) AS many FROM rollout r"
            + " LEFT JOIN hawkbit_rollout h ON h.rollout = r.key WHERE r.release = ? AND coalesce(h.deleted, 0) = 0 GROUP BY word";

    private static Map<String, Long> counts(Handle handle, Distributions.Distribution set, String query) {
        Map<String, Long> counts = new TreeMap<>();
        if (set.release() != null) {
            handle.createQuery(query)
                    .bind(0, (long) set.release())
                    .map((rs, context) -> Map.entry(rs.getString("word"), rs.getLong("many")))
                    .forEach(one -> counts.merge(RolloutViews.word(one.getKey()), one.getValue(), Long::sum));
        }
        return counts;
    }

    /** As in hawkBit, in capitals and with their sum; without any only where everything was asked for. */
    private static void put(ObjectNode view, String name, Map<String, Long> counts, boolean always) {
        if (counts.isEmpty() && !always) {
            return;
        }
        ObjectNode of = view.putObject(name);
        counts.forEach((word, many) -> of.put(word.toUpperCase(java.util.Locale.ROOT), many));
        of.put("total", counts.values().stream().mapToLong(Long::longValue).sum());
    }
}
