package dev.updraft.server.rollout;

import dev.updraft.server.fleet.Digest;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/** The tables rollout and device_update. */
final class RolloutStore {
    List<Rollout> all(Handle handle) {
        return handle.createQuery("SELECT * FROM rollout ORDER BY key")
                .map((rs, context) -> new Rollout(
                        rs.getLong("key"),
                        rs.getLong("tenant"),
                        rs.getLong("release"),
                        Rollout.State.valueOf(rs.getString("state").toUpperCase(Locale.ROOT)),
                        rs.getLong("created")))
                .list();
    }

    long insert(Handle handle, long tenant, long release, long created) {
        return handle.createQuery(
                        "INSERT INTO rollout (tenant, release, state, created) VALUES (?, ?, 'running', ?) RETURNING key")
                .bind(0, tenant)
                .bind(1, release)
                .bind(2, created)
                .mapTo(Long.class)
                .one();
    }

    /** Updates that still matter to what a device is offered: all but the confirmed ones. */
    void open(Handle handle, Consumer<Update> each) {
        handle.createQuery("SELECT * FROM device_update WHERE state <> 'confirmed'")
                .setFetchSize(1_000)
                .map((rs, context) -> new Update(
                        rs.getLong("device"),
                        Digest.of(rs.getBytes("digest")),
                        rs.getLong("rollout"),
                        Update.State.ofLabel(rs.getString("state")),
                        rs.getString("reason"),
                        rs.getLong("started"),
                        rs.getLong("changed")))
                .forEach(each);
    }

    void save(Handle handle, Update update) {
        handle.execute(
                "INSERT INTO device_update (device, digest, rollout, state, reason, started, changed)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device, digest) DO UPDATE SET"
                        + " rollout = excluded.rollout, state = excluded.state, reason = excluded.reason,"
                        + " started = excluded.started, changed = excluded.changed",
                update.device(),
                update.digest().bytes(),
                update.rollout(),
                update.state().label(),
                update.reason(),
                update.started(),
                update.changed());
    }
}
