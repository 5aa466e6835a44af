package dev.updraft.server.hawkbit.management;

import dev.updraft.server.http.Json;
import dev.updraft.server.store.Database;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table hawkbit_rollout: what hawkBit says of a rollout that Updraft's own options do not hold. */
record RolloutNotes(Database database) {
    /**
     * A group as it was asked for.
     *
     * @param query which targets it is for; empty = all that are left
     * @param percentage of these
     * @param success in percent, as {@code error}
     * @param consent null = as its rollout says
     */
    record Part(
            String name,
            @Nullable String description,
            String query,
            double percentage,
            String success,
            String error,
            @Nullable Boolean consent) {}

    /**
     * @param query which targets it is for
     * @param changed milliseconds since 1970; 0 = never
     * @param remark what who decided said, and
     * @param decider who that was; null = nobody did
     */
    record Note(
            @Nullable String description,
            String query,
            List<Part> parts,
            String changer,
            long changed,
            boolean deleted,
            @Nullable String remark,
            @Nullable String decider) {}

    void add(long rollout, @Nullable String description, String query, List<Part> parts) {
        database.change(handle -> handle.execute(
                "INSERT INTO hawkbit_rollout (rollout, description, query, parts) VALUES (?, ?, ?, ?)",
                rollout,
                description,
                query,
                Json.string(parts)));
    }

    /** Of those that have one; the others were made by Updraft's own API. */
    @Nullable
    Note of(long rollout) {
        return database.read(handle -> handle.createQuery("SELECT * FROM hawkbit_rollout WHERE rollout = ?")
                .bind(0, rollout)
                .map((rs, context) -> new Note(
                        rs.getString("description"),
                        rs.getString("query"),
                        List.of(Json.parse(rs.getString("parts"), Part[].class)),
                        rs.getString("changer"),
                        rs.getLong("changed"),
                        rs.getInt("deleted") != 0,
                        rs.getString("remark"),
                        rs.getString("decider")))
                .findOne()
                .orElse(null));
    }

    /** Those that were deleted. */
    Set<Long> deleted() {
        return database.read(handle -> handle.createQuery("SELECT rollout FROM hawkbit_rollout WHERE deleted = 1")
                .mapTo(Long.class)
                .collect(Collectors.toSet()));
    }

    void describe(long rollout, @Nullable String description, String by) {
        set(rollout, "description = ?, changer = ?, changed = ?", description, by, System.currentTimeMillis());
    }

    void decided(long rollout, @Nullable String remark, String by) {
        set(rollout, "remark = ?, decider = ?", remark, by);
    }

    void delete(long rollout) {
        set(rollout, "deleted = ?", 1);
    }

    private void set(long rollout, String what, @Nullable Object... values) {
        database.change(handle -> {
            handle.execute(
                    "INSERT INTO hawkbit_rollout (rollout, query, parts) VALUES (?, '', '[]') ON CONFLICT DO NOTHING",
                    rollout);
            var update = handle.createUpdate("UPDATE hawkbit_rollout SET " + what + " WHERE rollout = ?");
            for (int i = 0; i < values.length; i++) {
                update.bind(i, values[i]);
            }
            update.bind(values.length, rollout).execute();
        });
    }

    /** How many devices that were chosen for {@code stage} are in each state of their update. */
    Map<String, Long> counts(long rollout, int stage) {
        Map<String, Long> counts = new TreeMap<>();
        database.read(handle -> {
            handle.createQuery("SELECT coalesce(u.state, p.state, 'none') AS state, count(*) AS devices"
                            + " FROM rollout_member m LEFT JOIN device_update u ON u.device = m.device AND u.rollout = m.rollout"
                            + " LEFT JOIN rollout_past p ON p.device = m.device AND p.rollout = m.rollout"
                            + " WHERE m.rollout = ? AND m.stage = ? GROUP BY 1")
                    .bind(0, rollout)
                    .bind(1, stage)
                    .map((rs, context) -> Map.entry(rs.getString("state"), rs.getLong("devices")))
                    .forEach(one -> counts.put(one.getKey(), one.getValue()));
            return true;
        });
        return counts;
    }
}
