package dev.updraft.server.rollout;

import dev.updraft.server.fleet.Digest;
import dev.updraft.server.http.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** The tables rollout, device_update and action; {@link Actions} reads the last. */
final class RolloutStore {
    List<Rollout> all(Handle handle) {
        return handle.createQuery("SELECT * FROM rollout ORDER BY key")
                .map((rs, context) -> new Rollout(
                        rs.getLong("key"),
                        rs.getLong("tenant"),
                        rs.getLong("release"),
                        Json.parse(rs.getString("options"), RolloutOptions.class),
                        Rollout.State.valueOf(rs.getString("state").toUpperCase(Locale.ROOT)),
                        rs.getInt("stage"),
                        rs.getString("reason"),
                        rs.getString("creator"),
                        rs.getLong("created"),
                        rs.getObject("reach") == null ? null : rs.getDouble("reach"),
                        rs.getLong("since")))
                .list();
    }

    long insert(Handle handle, Rollout rollout) {
        return handle.createQuery(
                        "INSERT INTO rollout (tenant, release, options, state, stage, reason, creator, created, reach, since)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING key")
                .bind(0, rollout.tenant())
                .bind(1, rollout.release())
                .bind(2, Json.string(rollout.options()))
                .bind(3, rollout.state().label())
                .bind(4, rollout.stage())
                .bind(5, rollout.reason())
                .bind(6, rollout.creator())
                .bind(7, rollout.created())
                .bind(8, rollout.reach())
                .bind(9, rollout.since())
                .mapTo(Long.class)
                .one();
    }

    void insertMembers(Handle handle, long rollout, Map<Long, Integer> stageOf) {
        if (stageOf.isEmpty()) {
            return;
        }
        PreparedBatch rows =
                handle.prepareBatch("INSERT INTO rollout_member (rollout, device, stage) VALUES (?, ?, ?)");
        stageOf.forEach((device, stage) -> rows.add(rollout, device, stage));
        rows.execute();
    }

    /** The devices that turned down what {@code rollout} offered them, with how often they tried. */
    Map<Long, Long> failed(Handle handle, long rollout) {
        Map<Long, Long> failed = new HashMap<>();
        handle.createQuery(
                        "SELECT device, attempts FROM device_update WHERE rollout = ? AND state IN ('rolled-back', 'refused')")
                .bind(0, rollout)
                .map((rs, context) -> new long[] {rs.getLong("device"), rs.getLong("attempts")})
                .forEach(row -> failed.put(row[0], row[1]));
        return failed;
    }

    /** Of rollouts that have some. */
    Map<Long, Members> members(Handle handle) {
        Map<Long, Map<Long, Integer>> all = new HashMap<>();
        handle.createQuery("SELECT rollout, device, stage FROM rollout_member")
                .setFetchSize(1_000)
                .map((rs, context) -> new long[] {rs.getLong("rollout"), rs.getLong("device"), rs.getLong("stage")})
                .forEach(row ->
                        all.computeIfAbsent(row[0], key -> new HashMap<>()).put(row[1], (int) row[2]));
        return all.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> new Members(entry.getValue())));
    }

    /** @return false if it is not where {@code from} says: another process has moved it */
    boolean move(Handle handle, Rollout from, Rollout to) {
        return handle.execute(
                        "UPDATE rollout SET state = ?, stage = ?, reason = ?, options = ?, reach = ?, since = ?"
                                + " WHERE key = ? AND state = ? AND stage = ?",
                        to.state().label(),
                        to.stage(),
                        to.reason(),
                        Json.string(to.options()),
                        to.reach(),
                        to.since(),
                        to.key(),
                        from.state().label(),
                        from.stage())
                == 1;
    }

    record Count(long rollout, Update.State state, long devices) {}

    List<Count> counts(Handle handle) {
        return handle.createQuery(
                        "SELECT rollout, state, count(*) AS devices FROM (SELECT rollout, state FROM device_update"
                                + " UNION ALL SELECT rollout, state FROM rollout_past) u GROUP BY rollout, state")
                .map((rs, context) -> new Count(
                        rs.getLong("rollout"), Update.State.ofLabel(rs.getString("state")), rs.getLong("devices")))
                .list();
    }

    /** Updates that still matter to what a device is offered: all but those confirmed that a rollout offered. */
    void open(Handle handle, Consumer<Update> each) {
        handle.createQuery("SELECT * FROM device_update WHERE state <> 'confirmed' OR rollout = 0")
                .setFetchSize(1_000)
                .map((rs, context) -> update(rs))
                .forEach(each);
    }

    private static Update update(ResultSet rs) throws SQLException {
        return new Update(
                rs.getLong("device"),
                Digest.of(rs.getBytes("digest")),
                rs.getLong("rollout"),
                rs.getLong("action"),
                mode(rs.getString("mode")),
                Update.State.ofLabel(rs.getString("state")),
                rs.getString("reason"),
                rs.getLong("attempts"),
                rs.getLong("started"),
                rs.getLong("changed"));
    }

    @Nullable
    Update find(Handle handle, long device, Digest digest) {
        return handle.createQuery("SELECT * FROM device_update WHERE device = ? AND digest = ?")
                .bind(0, device)
                .bind(1, digest.bytes())
                .map((rs, context) -> update(rs))
                .findOne()
                .orElse(null);
    }

    /** Those that {@code rollout} has brought to its image. */
    void confirmed(Handle handle, long rollout, LongConsumer each) {
        handle.createQuery("SELECT device FROM device_update WHERE rollout = ? AND state = 'confirmed'")
                .bind(0, rollout)
                .mapTo(Long.class)
                .forEach(each::accept);
    }

    /** Where {@code update} came to, before another rollout takes its place. */
    void keepPast(Handle handle, Update update) {
        handle.execute(
                "INSERT INTO rollout_past (rollout, device, digest, state, reason, attempts, started, changed)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                update.rollout(),
                update.device(),
                update.digest().bytes(),
                update.state().label(),
                update.reason(),
                update.attempts(),
                update.started(),
                update.changed());
    }

    /** @return where it was kept, if a rollout comes back to an update that another had taken; it is kept no longer */
    Update.@Nullable State takePast(Handle handle, Update update) {
        return handle.createQuery(
                        "DELETE FROM rollout_past WHERE rollout = ? AND device = ? AND digest = ? RETURNING state")
                .bind(0, update.rollout())
                .bind(1, update.device())
                .bind(2, update.digest().bytes())
                .mapTo(String.class)
                .findOne()
                .map(Update.State::ofLabel)
                .orElse(null);
    }

    /** All that is counted of {@code device}. */
    List<Count> counts(Handle handle, long device) {
        return handle.createQuery("SELECT rollout, state FROM device_update WHERE device = :device"
                        + " UNION ALL SELECT rollout, state FROM rollout_past WHERE device = :device")
                .bind("device", device)
                .map((rs, context) -> new Count(rs.getLong("rollout"), Update.State.ofLabel(rs.getString("state")), 1))
                .list();
    }

    void save(Handle handle, Update update) {
        handle.execute(
                "INSERT INTO device_update (device, digest, rollout, state, reason, attempts, started, changed, action, mode)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device, digest) DO UPDATE SET"
                        + " rollout = excluded.rollout, state = excluded.state, reason = excluded.reason,"
                        + " attempts = excluded.attempts, started = excluded.started, changed = excluded.changed,"
                        + " action = excluded.action, mode = excluded.mode",
                update.device(),
                update.digest().bytes(),
                update.rollout(),
                update.state().label(),
                update.reason(),
                update.attempts(),
                update.started(),
                update.changed(),
                update.action(),
                update.mode().equals(InstallMode.FORCED) ? "{}" : Json.string(update.mode()));
    }

    /** The mode of an attempt that is under way, as it is from now on. */
    void mode(Handle handle, Update update) {
        handle.execute("UPDATE action SET mode = ? WHERE key = ?", Json.string(update.mode()), update.action());
    }

    private static InstallMode mode(String json) {
        return json.equals("{}") ? InstallMode.FORCED : Json.parse(json, InstallMode.class);
    }

    /** Begins an attempt and returns its key; what the one before it at the same image came to is kept. */
    long begin(Handle handle, Update update, String initiator) {
        handle.execute(
                "UPDATE action SET state = u.state, reason = u.reason, changed = u.changed FROM device_update u"
                        + " WHERE u.device = ? AND u.digest = ? AND action.key = u.action",
                update.device(),
                update.digest().bytes());
        return handle.createQuery("INSERT INTO action (device, digest, rollout, mode, initiator, started)"
                        + " VALUES (?, ?, ?, ?, ?, ?) RETURNING key")
                .bind(0, update.device())
                .bind(1, update.digest().bytes())
                .bind(2, update.rollout())
                .bind(3, Json.string(update.mode()))
                .bind(4, initiator)
                .bind(5, update.started())
                .mapTo(Long.class)
                .one();
    }
}
