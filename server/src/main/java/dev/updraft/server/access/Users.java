package dev.updraft.server.access;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The people of a tenant. Approval by somebody else is only worth something where a person has one name, whatever tokens it holds. */
final class Users {
    private final Database database;

    Users(Database database) {
        this.database = database;
    }

    record User(@JsonProperty("id") long key, String name, Role role, long created) {}

    record Login(long tenant, String name) {}

    /** @param password as {@link Password#kept} made it */
    record Kept(User user, String password) {}

    /** Null if there is no such user or it has no password. */
    @Nullable
    Kept kept(Login login) {
        User user = find(login.tenant(), login.name());
        return user == null
                ? null
                : database.read(handle -> handle.createQuery("SELECT password FROM api_user WHERE key = ?")
                        .bind(0, user.key())
                        .mapTo(String.class)
                        .findOne()
                        .map(password -> new Kept(user, password))
                        .orElse(null));
    }

    void setPassword(long tenant, String name, @Nullable String password) {
        User user = known(tenant, name);
        String kept = password == null ? null : Password.kept(password);
        database.change(handle -> {
            handle.execute("UPDATE api_user SET password = ? WHERE key = ?", kept, user.key());
            // Whoever knew the old one is out.
            handle.execute("DELETE FROM api_token WHERE session = 1 AND api_user = ?", user.key());
            database.changes().note(Topic.TOKEN, tenant);
        });
    }

    User create(long tenant, String name, Role role) {
        long now = System.currentTimeMillis();
        return database.write(handle -> {
            if (find(tenant, name) != null) {
                throw Problem.conflict("There is a user '" + name + "' already.");
            }
            long key = handle.createQuery(
                            "INSERT INTO api_user (tenant, name, role, created) VALUES (?, ?, ?, ?) RETURNING key")
                    .bind(0, tenant)
                    .bind(1, name)
                    .bind(2, role.label())
                    .bind(3, now)
                    .mapTo(Long.class)
                    .one();
            return new User(key, name, role, now);
        });
    }

    @Nullable
    User find(long tenant, String name) {
        return all(tenant).stream()
                .filter(user -> user.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    List<User> all(long tenant) {
        return database.read(handle -> handle.createQuery("SELECT * FROM api_user WHERE tenant = ? ORDER BY name")
                .bind(0, tenant)
                .map((rs, context) -> new User(
                        rs.getLong("key"),
                        rs.getString("name"),
                        Role.valueOf(rs.getString("role").toUpperCase(Locale.ROOT)),
                        rs.getLong("created")))
                .list());
    }

    /** Removes a user with all its tokens. */
    void remove(long tenant, String name) {
        User user = known(tenant, name);
        database.change(handle -> {
            handle.execute("DELETE FROM api_token WHERE tenant = ? AND api_user = ?", tenant, user.key());
            handle.execute("DELETE FROM api_user WHERE tenant = ? AND key = ?", tenant, user.key());
            database.changes().note(Topic.TOKEN, tenant);
        });
    }

    private User known(long tenant, String name) {
        User user = find(tenant, name);
        if (user == null) {
            throw Problem.notFound("There is no user '" + name + "'.");
        }
        return user;
    }
}
