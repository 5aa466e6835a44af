package dev.updraft.server.rollout;

import dev.updraft.server.fleet.Digest;
import dev.updraft.server.http.Json;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/** The tables rollout, device_update and action; {@link Actions} reads the last. */
final class RolloutStore {
    List<Rollout> all(Handle handle) {
        return handle.createQuery("SELECT * FROM rollout ORDER BY key")
                .map((rs, context) -> new Rollout(
                        rs.getLong("key"),
                        rs.getLong("tenant"),
                        rs.getLong("release"),
                        Json.parse(rs.getString("terms"), RolloutOptions.class),
                        Rollout.State.valueOf(rs.getString("state").toUpperCase(Locale.ROOT)),
                        rs.getInt("stage"),
                        rs.getString("reason"),
                        rs.getString("creator"),
                        rs.getLong("created")))
                .list();
    }

    long insert(Handle handle, Rollout rollout) {
        return handle.createQuery("INSERT INTO rollout (tenant, release, terms, state, stage, reason, creator, created)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING key")
                .bind(0, rollout.tenant())
                .bind(1, rollout.release())
                .bind(2, Json.string(rollout.terms()))
                .bind(3, rollout.state().label())
                .bind(4, rollout.stage())
                .bind(5, rollout.reason())
                .bind(6, rollout.creator())
                .bind(7, rollout.created())
                .mapTo(Long.class)
                .one();
    }

    /** @return false if it is not where {@code from} says: another process has moved it */
    boolean move(Handle handle, Rollout from, Rollout to) {
        return handle.execute(
                        "UPDATE rollout SET state = ?, stage = ?, reason = ? WHERE key = ? AND state = ? AND stage = ?",
                        to.state().label(),
                        to.stage(),
                        to.reason(),
                        to.key(),
                        from.state().label(),
                        from.stage())
                == 1;
    }

    record Count(long rollout, Update.State state, long devices) {}

    List<Count> counts(Handle handle) {
        return handle.createQuery(
                        "SELECT rollout, state, count(*) AS devices FROM device_update GROUP BY rollout, state")
                .map((rs, context) -> new Count(
                        rs.getLong("rollout"), Update.State.ofLabel(rs.getString("state")), rs.getLong("devices")))
                .list();
    }

    /** Updates that still matter to what a device is offered: all but those confirmed that a rollout offered. */
    void open(Handle handle, Consumer<Update> each) {
        handle.createQuery("SELECT * FROM device_update WHERE state <> 'confirmed' OR rollout = 0")
                .setFetchSize(1_000)
                .map((rs, context) -> new Update(
                        rs.getLong("device"),
                        Digest.of(rs.getBytes("digest")),
                        rs.getLong("rollout"),
                        rs.getLong("action"),
                        manner(rs.getString("manner")),
                        Update.State.ofLabel(rs.getString("state")),
                        rs.getString("reason"),
                        rs.getLong("attempts"),
                        rs.getLong("started"),
                        rs.getLong("changed")))
                .forEach(each);
    }

    void save(Handle handle, Update update) {
        handle.execute(
                "INSERT INTO device_update (device, digest, rollout, state, reason, attempts, started, changed, action, manner)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device, digest) DO UPDATE SET"
                        + " rollout = excluded.rollout, state = excluded.state, reason = excluded.reason,"
                        + " attempts = excluded.attempts, started = excluded.started, changed = excluded.changed,"
                        + " action = excluded.action, manner = excluded.manner",
                update.device(),
                update.digest().bytes(),
                update.rollout(),
                update.state().label(),
                update.reason(),
                update.attempts(),
                update.started(),
                update.changed(),
                update.action(),
                update.manner().equals(InstallMode.FORCED) ? "{}" : Json.string(update.manner()));
    }

    private static InstallMode manner(String json) {
        return json.equals("{}") ? InstallMode.FORCED : Json.parse(json, InstallMode.class);
    }

    /** Begins an attempt and returns its key; what the one before it at the same image came to is kept. */
    long begin(Handle handle, Update update, String initiator) {
        handle.execute(
                "UPDATE action SET state = u.state, reason = u.reason, changed = u.changed FROM device_update u"
                        + " WHERE u.device = ? AND u.digest = ? AND action.key = u.action",
                update.device(),
                update.digest().bytes());
        return handle.createQuery("INSERT INTO action (device, digest, rollout, manner, initiator, started)"
                        + " VALUES (?, ?, ?, ?, ?, ?) RETURNING key")
                .bind(0, update.device())
                .bind(1, update.digest().bytes())
                .bind(2, update.rollout())
                .bind(3, Json.string(update.manner()))
                .bind(4, initiator)
                .bind(5, update.started())
                .mapTo(Long.class)
                .one();
    }
}
