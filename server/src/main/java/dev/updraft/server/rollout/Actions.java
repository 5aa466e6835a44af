package dev.updraft.server.rollout;

import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.http.Json;
import dev.updraft.server.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Every attempt at an update that there ever was, read from the database. */
public final class Actions {
    /** What {@link #read} takes of an action {@code a} and where it stands, {@code u}. */
    public static final String COLUMNS = "a.*, u.state AS now_state, u.reason AS now_reason, u.changed AS now_changed,"
            + " u.attempts AS now_attempts";

    private static final String SELECT = "SELECT " + COLUMNS
            + " FROM action a LEFT JOIN device_update u ON u.device = a.device AND u.digest = a.digest AND u.action = a.key";

    private final Database database;

    public Actions(Database database) {
        this.database = database;
    }

    public @Nullable Action find(Device device, long key) {
        return database.read(handle -> handle.createQuery(SELECT + " WHERE a.key = ? AND a.device = ?")
                .bind(0, key)
                .bind(1, device.key())
                .map((rs, context) -> read(rs))
                .findOne()
                .orElse(null));
    }

    /** Of {@code device}, newest first. */
    public List<Action> of(Device device) {
        return database.read(handle -> handle.createQuery(SELECT + " WHERE a.device = ? ORDER BY a.key DESC")
                .bind(0, device.key())
                .map((rs, context) -> read(rs))
                .list());
    }

    /** The newest one of {@code device} that ended well; null if none did. */
    public @Nullable Action installed(Device device) {
        return newest(device, "= 'confirmed'");
    }

    /** The newest one of {@code device} that was not called off; null if there is none. */
    public @Nullable Action assigned(Device device) {
        return newest(device, "<> 'cancelled'");
    }

    private @Nullable Action newest(Device device, String state) {
        return database.read(handle -> handle.createQuery(SELECT + " WHERE a.device = ? AND coalesce(u.state, a.state,"
                        + " 'cancelled') " + state + " ORDER BY a.key DESC LIMIT 1")
                .bind(0, device.key())
                .map((rs, context) -> read(rs))
                .findOne()
                .orElse(null));
    }

    /** The row of an action, with {@link #COLUMNS}. */
    public static Action read(ResultSet rs) throws SQLException {
        String now = rs.getString("now_state");
        boolean current = now != null;
        String state = Objects.requireNonNullElse(current ? now : rs.getString("state"), "cancelled");
        long started = rs.getLong("started");
        long changed = rs.getLong(current ? "now_changed" : "changed");
        Update update = new Update(
                rs.getLong("device"),
                Digest.of(rs.getBytes("digest")),
                rs.getLong("rollout"),
                rs.getLong("key"),
                Json.parse(rs.getString("mode"), InstallMode.class),
                Update.State.ofLabel(state),
                rs.getString(current ? "now_reason" : "reason"),
                current ? rs.getLong("now_attempts") : 1,
                started,
                changed == 0 ? started : changed);
        return new Action(rs.getLong("device"), update, rs.getString("initiator"), current);
    }
}
