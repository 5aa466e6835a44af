package dev.updraft.server.event;

import dev.updraft.server.http.Json;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Dialect;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** The table event. Rows are written in the transaction of what they tell, and kept for a week. */
public final class Events {
    private static final long KEEP_ALWAYS = 10_000;
    private static final long KEEP_MILLIS = 7 * 24 * 3_600_000L;

    private final Database database;
    private final boolean postgres;

    public Events(Database database) {
        this.database = database;
        this.postgres = database.dialect() == Dialect.POSTGRESQL;
    }

    /** Called inside a change. */
    public static void add(Handle handle, long tenant, EventType type, Map<String, ?> data) {
        handle.execute(
                "INSERT INTO event (tenant, at, type, data) VALUES (?, ?, ?, ?)",
                tenant,
                System.currentTimeMillis(),
                type.label(),
                Json.string(data));
    }

    /** The oldest events behind {@code position}, in order. */
    public List<Event> after(long tenant, Position position, int most) {
        String order = postgres
                // Transactions still under way may yet write rows before those that are visible now.
                ? "(xid, key) > (CAST(CAST(:xid AS text) AS xid8), :key) AND xid < pg_snapshot_xmin(pg_current_snapshot())"
                : "(xid, key) > (:xid, :key)";
        return database.read(handle -> handle.createQuery("SELECT " + columns()
                        + " FROM event WHERE tenant = :tenant AND " + order + " ORDER BY xid, key LIMIT :most")
                .bind("tenant", tenant)
                .bind("xid", position.xid())
                .bind("key", position.key())
                .bind("most", most)
                .map((rs, context) -> new Event(
                        new Position(rs.getLong("x"), rs.getLong("key")).toString(),
                        rs.getString("type"),
                        rs.getLong("at"),
                        rs.getString("data")))
                .list());
    }

    private String columns() {
        return postgres
                ? "CAST(CAST(xid AS text) AS bigint) AS x, key, type, at, data"
                : "xid AS x, key, type, at, data";
    }

    /** Behind everything that is visible now. */
    public Position end(long tenant) {
        String visible = postgres ? " AND xid < pg_snapshot_xmin(pg_current_snapshot())" : "";
        return database.read(handle -> handle.createQuery("SELECT " + columns() + " FROM event WHERE tenant = :tenant"
                        + visible + " ORDER BY xid DESC, key DESC LIMIT 1")
                .bind("tenant", tenant)
                .map((rs, context) -> new Position(rs.getLong("x"), rs.getLong("key")))
                .findOne()
                .orElse(Position.START));
    }

    /** Drops what is older than a week, but never the newest: a clock that was set wrong must not take what nobody has read yet. */
    public void prune() {
        database.change(handle -> handle.execute(
                "DELETE FROM event WHERE at < ? AND key < (SELECT max(key) FROM event) - ?",
                System.currentTimeMillis() - KEEP_MILLIS,
                KEEP_ALWAYS));
    }
}
