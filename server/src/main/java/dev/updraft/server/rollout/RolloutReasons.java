package dev.updraft.server.rollout;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.updraft.server.store.Database;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why devices of a rollout did not keep what it gave them, the most frequent reason first. */
record RolloutReasons(List<One> reasons) {
    private static final int MOST = 200;

    /**
     * @param reason as devices gave it; null = none
     * @param last when it happened last; milliseconds since 1970
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record One(Update.State state, @Nullable String reason, long devices, long last) {}

    static RolloutReasons of(Database database, Rollout rollout) {
        String columns = "SELECT state, reason, changed FROM ";
        return new RolloutReasons(database.read(handle -> handle.createQuery(
                        "SELECT state, reason, count(*) AS devices, max(changed) AS last FROM (" + columns
                                + "device_update WHERE rollout = :rollout UNION ALL " + columns
                                + "rollout_past WHERE rollout = :rollout) u"
                                + " WHERE state IN ('rolled-back', 'refused', 'failed', 'cancelled')"
                                + " GROUP BY state, reason ORDER BY devices DESC, last DESC LIMIT :most")
                .bind("rollout", rollout.key())
                .bind("most", MOST)
                .map((rs, context) -> new One(
                        Update.State.ofLabel(rs.getString("state")),
                        rs.getString("reason"),
                        rs.getLong("devices"),
                        rs.getLong("last")))
                .list()));
    }
}
