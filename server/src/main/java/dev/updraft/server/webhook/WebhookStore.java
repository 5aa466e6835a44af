package dev.updraft.server.webhook;

import dev.updraft.server.event.Position;
import dev.updraft.server.http.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table webhook. */
final class WebhookStore {
    List<Webhook> all(Handle handle, long tenant) {
        return handle.createQuery("SELECT * FROM webhook WHERE tenant = ? ORDER BY key")
                .bind(0, tenant)
                .map((rs, context) -> webhook(rs))
                .list();
    }

    /** @param longestWait milliseconds; what is put off for longer was so by a clock that has been set back since */
    List<Webhook> due(Handle handle, long now, long longestWait) {
        return handle.createQuery("SELECT * FROM webhook WHERE next_at <= ? OR next_at > ?")
                .bind(0, now)
                .bind(1, now + longestWait)
                .map((rs, context) -> webhook(rs))
                .list();
    }

    private static Webhook webhook(ResultSet rs) throws SQLException {
        return new Webhook(
                rs.getLong("key"),
                rs.getLong("tenant"),
                rs.getString("name"),
                rs.getString("url"),
                rs.getString("secret"),
                List.of(Json.parse(rs.getString("types"), String[].class)),
                rs.getLong("created"),
                new Position(rs.getLong("seen_xid"), rs.getLong("seen_key")),
                rs.getLong("failures"),
                rs.getLong("next_at"),
                rs.getString("problem"));
    }

    long insert(Handle handle, long tenant, String name, String url, String secret, List<String> types, Position end) {
        return handle.createQuery("INSERT INTO webhook (tenant, name, url, secret, types, created, seen_xid, seen_key)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING key")
                .bind(0, tenant)
                .bind(1, name)
                .bind(2, url)
                .bind(3, secret)
                .bind(4, Json.string(types))
                .bind(5, System.currentTimeMillis())
                .bind(6, end.xid())
                .bind(7, end.key())
                .mapTo(Long.class)
                .one();
    }

    boolean delete(Handle handle, long tenant, long key) {
        return handle.execute("DELETE FROM webhook WHERE tenant = ? AND key = ?", tenant, key) == 1;
    }

    /** @return false if it is gone, or another process has sent these meanwhile */
    boolean taken(Handle handle, Webhook webhook, Position now) {
        return handle.execute(
                        "UPDATE webhook SET seen_xid = ?, seen_key = ?, failures = 0, next_at = 0, problem = NULL"
                                + " WHERE key = ? AND seen_xid = ? AND seen_key = ?",
                        now.xid(),
                        now.key(),
                        webhook.key(),
                        webhook.seen().xid(),
                        webhook.seen().key())
                == 1;
    }

    void failed(Handle handle, Webhook webhook, long nextAt, @Nullable String why) {
        handle.execute(
                "UPDATE webhook SET failures = failures + 1, next_at = ?, problem = ? WHERE key = ?",
                nextAt,
                why,
                webhook.key());
    }
}
