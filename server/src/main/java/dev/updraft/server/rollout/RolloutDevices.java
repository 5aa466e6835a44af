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
 * @param total of those that were asked for; null where they were asked for behind a device
 * @param next behind which the next part begins; null at the end, or with {@code total}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RolloutDevices(
        List<One> devices, @Nullable Long total, @Nullable String next) {
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

    /**
     * Which of them; null = whatever it is.
     *
     * @param reason as devices gave it; empty = none
     * @param after a place in the list, as the part before it said in {@code next}; empty = its beginning
     */
    record Wanted(
            @Nullable String state,
            @Nullable String reason,
            @Nullable String after) {
        String where() {
            return (state == null ? "" : " AND u.state = :state")
                    + (reason == null ? "" : " AND coalesce(u.reason, '') = :reason")
                    + (after == null ? "" : " AND u.device > :after");
        }

        Query bound(Query query) {
            Query bound = state == null ? query : query.bind("state", state);
            bound = reason == null ? bound : bound.bind("reason", reason);
            return after == null ? bound : bound.bind("after", place(after));
        }

        private static long place(String after) {
            if (!after.matches("\\d{0,18}")) {
                throw Problem.badRequest("'after' is what 'next' said of the part before.");
            }
            return after.isEmpty() ? 0 : Long.parseLong(after);
        }

        private void check() {
            List<String> labels = Arrays.stream(Update.State.values())
                    .map(Update.State::label)
                    .toList();
            if (state != null && !labels.contains(state)) {
                throw Problem.badRequest("'state' is one of " + labels.stream().collect(Collectors.joining(", "))
                        + ", not '" + state + "'.");
            }
        }
    }

    private record Row(long device, One one) {}

    /** @throws Problem 400 if there is no such state */
    static RolloutDevices of(Database database, Rollout rollout, Wanted wanted, Page page) {
        wanted.check();
        String from = " FROM (SELECT " + COLUMNS + " FROM device_update WHERE rollout = :rollout UNION ALL SELECT "
                + COLUMNS
                + " FROM rollout_past WHERE rollout = :rollout) u JOIN device d ON d.key = u.device WHERE 1 = 1"
                + wanted.where();
        boolean byKey = wanted.after() != null;
        return database.read(handle -> {
            List<Row> rows = wanted.bound(handle.createQuery(
                            "SELECT d.id, u.*" + from + " ORDER BY u.device LIMIT :limit OFFSET :offset"))
                    .bind("rollout", rollout.key())
                    .bind("limit", page.limit() + (byKey ? 1 : 0))
                    .bind("offset", byKey ? 0 : page.offset())
                    .map((rs, context) -> new Row(
                            rs.getLong("device"),
                            new One(
                                    rs.getString("id"),
                                    Digest.of(rs.getBytes("digest")),
                                    Update.State.ofLabel(rs.getString("state")),
                                    rs.getString("reason"),
                                    rs.getLong("attempts"),
                                    rs.getLong("started"),
                                    rs.getLong("changed"))))
                    .list();
            List<Row> part = rows.subList(0, Math.min(page.limit(), rows.size()));
            List<One> devices = part.stream().map(Row::one).toList();
            if (byKey) {
                boolean more = rows.size() > part.size() && !part.isEmpty();
                return new RolloutDevices(
                        devices, null, more ? Long.toString(part.getLast().device()) : null);
            }
            long total = wanted.bound(handle.createQuery("SELECT count(*)" + from))
                    .bind("rollout", rollout.key())
                    .mapTo(Long.class)
                    .one();
            return new RolloutDevices(devices, total, null);
        });
    }
}
