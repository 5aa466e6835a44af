package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.http.Json;
import dev.updraft.server.store.Database;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table action_status: what devices told of actions, word for word, and what they fetched. */
public final class ActionLog {
    /** How lines of the server's own begin, in hawkBit as here. */
    public static final String SERVER = "Update Server: ";

    /** Lines kept of one action, as in hawkBit; past them only how it ends is written down. */
    private static final int MOST_LINES = 1_000;

    private final Database database;

    public ActionLog(Database database) {
        this.database = database;
    }

    /**
     * @param at milliseconds since 1970
     * @param type hawkBit's word, such as {@code download}
     * @param code the device's own
     */
    public record Line(
            long key, long at, String type, @Nullable Long code, List<String> messages) {}

    /** Adds a line in the transaction of what it tells of. */
    public void add(Handle handle, long device, long action, String type, @Nullable Long code, List<String> messages) {
        int most =
                List.of("finished", "error", "canceled", "downloaded").contains(type) ? Integer.MAX_VALUE : MOST_LINES;
        handle.createUpdate("INSERT INTO action_status (action, device, at, type, code, messages)"
                        + " SELECT :action, :device, :at, :type, :code, :messages"
                        + " WHERE (SELECT count(*) FROM action_status WHERE action = :action) < :most")
                .bind("action", action)
                .bind("device", device)
                .bind("at", System.currentTimeMillis())
                .bind("type", type)
                .bind("code", code)
                .bind("messages", Json.string(messages))
                .bind("most", most)
                .execute();
    }

    /** Adds a line of the server's own. */
    public void add(long device, long action, String type, String message) {
        database.change(handle -> add(handle, device, action, type, null, List.of(message)));
    }

    /** Adds a line of the server's own, unless it is there already. */
    void addOnce(long device, long action, String type, String message) {
        boolean there = database.read(handle -> handle.createQuery(
                        "SELECT 1 FROM action_status WHERE action = ? AND type = ? AND messages = ? LIMIT 1")
                .bind(0, action)
                .bind(1, type)
                .bind(2, Json.string(List.of(message)))
                .mapTo(Integer.class)
                .findOne()
                .isPresent());
        if (!there) {
            add(device, action, type, message);
        }
    }

    /** Newest first. */
    public List<Line> of(long action, int offset, int limit) {
        return database.read(handle -> handle.createQuery(
                        "SELECT * FROM action_status WHERE action = ? ORDER BY key DESC LIMIT ? OFFSET ?")
                .bind(0, action)
                .bind(1, limit)
                .bind(2, offset)
                .map((rs, context) -> new Line(
                        rs.getLong("key"),
                        rs.getLong("at"),
                        rs.getString("type"),
                        rs.getObject("code") == null ? null : rs.getLong("code"),
                        List.of(Json.parse(rs.getString("messages"), String[].class))))
                .list());
    }

    public long count(long action) {
        return database.read(handle -> handle.createQuery("SELECT count(*) FROM action_status WHERE action = ?")
                .bind(0, action)
                .mapTo(Long.class)
                .one());
    }
}
