package dev.updraft.server.rollout;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.http.Page;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Some of the devices that a rollout has offered something to, read from the database: which went back, and why.
 *
 * @param total of those that were asked for
 */
record RolloutDevices(List<One> devices, long total) {
    private static final String COLUMNS = "device, digest, state, reason, attempts, started, changed";

    /**
     * @param digest the image that it was offered: the release's, or one on the way there
     * @param attempts how often
     * @param changed milliseconds since 1970, as {@code started}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record One(
            String device,
            Digest digest,
            Update.State state,
            @Nullable String reason,
            long attempts,
            long started,
            long changed) {}

    /** @throws Problem 400 if there is no such state */
    static RolloutDevices of(Database database, Rollout rollout, @Nullable String state, Page page) {
        String where =
                " FROM (SELECT " + COLUMNS + " FROM device_update WHERE rollout = :rollout UNION ALL SELECT " + COLUMNS
                        + " FROM rollout_past WHERE rollout = :rollout) u JOIN device d ON d.key = u.device WHERE 1 = 1"
                        + (state == null ? "" : " AND u.state = :state");
        if (state != null) {
            check(state);
        }
        return database.read(handle -> new RolloutDevices(
                bound(
                                handle.createQuery(
                                        "SELECT d.id, u.*" + where + " ORDER BY u.device LIMIT :limit OFFSET :offset"),
                                rollout,
                                state)
                        .bind("limit", page.limit())
                        .bind("offset", page.offset())
                        .map((rs, context) -> new One(
                                rs.getString("id"),
                                Digest.of(rs.getBytes("digest")),
                                Update.State.ofLabel(rs.getString("state")),
                                rs.getString("reason"),
                                rs.getLong("attempts"),
                                rs.getLong("started"),
                                rs.getLong("changed")))
                        .list(),
                bound(handle.createQuery("SELECT count(*)" + where), rollout, state)
                        .mapTo(Long.class)
                        .one()));
    }

    private static Query bound(Query query, Rollout rollout, @Nullable String state) {
        Query bound = query.bind("rollout", rollout.key());
        return state == null ? bound : bound.bind("state", state);
    }

    private static void check(String state) {
        List<String> labels =
                Arrays.stream(Update.State.values()).map(Update.State::label).toList();
        if (!labels.contains(state)) {
            throw Problem.badRequest("'state' is one of " + labels.stream().collect(Collectors.joining(", "))
                    + ", not '" + state + "'.");
        }
    }
}
