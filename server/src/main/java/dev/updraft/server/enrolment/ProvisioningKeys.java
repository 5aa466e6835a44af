package dev.updraft.server.enrolment;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.updraft.server.access.Secret;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.AuditLog;
import dev.updraft.server.store.Database;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keys that a factory puts into devices: each lets a device register itself under a new id, and nothing else. */
public final class ProvisioningKeys {
    private final Database database;
    private final Fleet fleet;

    /** Until when each key has used up its rate; milliseconds since 1970. */
    private final Map<Long, Long> paid = new ConcurrentHashMap<>();

    public ProvisioningKeys(Database database, Fleet fleet) {
        this.database = database;
        this.fleet = fleet;
    }

    /**
     * A key without its secret; devices that enrol with it are given {@code tags}.
     *
     * @param expires milliseconds since 1970; null = never
     * @param most devices that may enrol with it; null = without end
     * @param used how many have
     * @param perMinute how many may in a minute
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Key(
            long id,
            String name,
            List<String> tags,
            long created,
            @Nullable Long expires,
            @Nullable Long most,
            long used,
            long perMinute) {}

    private record Grant(long key, long tenant, String name, List<String> tags, long perMinute) {}

    /** What a key is for. */
    record Wanted(
            String name,
            List<String> tags,
            @Nullable Long expires,
            @Nullable Long most,
            long perMinute) {}

    String create(long tenant, Wanted wanted) {
        Fleet.checkTags(wanted.tags());
        String key = Secret.newToken();
        database.change(handle -> handle.execute(
                "INSERT INTO provisioning_key (tenant, name, hash, tags, created, expires, most, per_minute)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                tenant,
                wanted.name(),
                Secret.of(key).hash(),
                Json.string(wanted.tags()),
                System.currentTimeMillis(),
                wanted.expires(),
                wanted.most(),
                wanted.perMinute()));
        return key;
    }

    List<Key> all(long tenant) {
        return database.read(handle -> handle.createQuery(
                        "SELECT * FROM provisioning_key WHERE tenant = ? ORDER BY key")
                .bind(0, tenant)
                .map((rs, context) -> new Key(
                        rs.getLong("key"),
                        rs.getString("name"),
                        List.of(Json.parse(rs.getString("tags"), String[].class)),
                        rs.getLong("created"),
                        rs.getLong("expires") == 0 ? null : rs.getLong("expires"),
                        rs.getLong("most") == 0 ? null : rs.getLong("most"),
                        rs.getLong("used"),
                        rs.getLong("per_minute")))
                .list());
    }

    /** Ends a key; devices that enrolled with it stay. */
    void revoke(long tenant, String id) {
        int gone = database.write(handle -> handle.execute(
                "DELETE FROM provisioning_key WHERE tenant = ? AND key = ?",
                tenant,
                id.matches("\\d{1,18}") ? Long.parseLong(id) : -1));
        if (gone == 0) {
            throw Problem.notFound("There is no provisioning key " + id + ".");
        }
    }

    /**
     * Registers the device {@code id} and returns its own token.
     *
     * @throws Problem 401 for an unknown key, 409 if the id is taken: a key can never take over a device, 403 if it
     *     was removed for ever
     */
    public String enrol(String key, String id) {
        long now = System.currentTimeMillis();
        Grant grant = database.read(handle -> handle.createQuery(
                        "SELECT * FROM provisioning_key WHERE hash = ? AND (expires IS NULL OR expires > ?)")
                .bind(0, Secret.of(key).hash())
                .bind(1, now)
                .map((rs, context) -> new Grant(
                        rs.getLong("key"),
                        rs.getLong("tenant"),
                        rs.getString("name"),
                        List.of(Json.parse(rs.getString("tags"), String[].class)),
                        rs.getLong("per_minute")))
                .findOne()
                .orElseThrow(() -> Problem.unauthorized("This provisioning key is not known here, or has expired.")));
        requireRate(grant, now);
        count(grant);
        Fleet.Registered registered;
        try {
            registered = fleet.enrol(grant.tenant(), id);
        } catch (Problem refused) {
            database.change(
                    handle -> handle.execute("UPDATE provisioning_key SET used = used - 1 WHERE key = ?", grant.key()));
            throw refused;
        }
        if (!grant.tags().isEmpty()) {
            fleet.tag(registered.device(), grant.tags());
        }
        database.change(handle -> AuditLog.add(
                handle,
                grant.tenant(),
                "provisioning key " + grant.name(),
                "ENROL",
                "/device/v1/" + id + "/enrol",
                201,
                null,
                null));
        return registered.token();
    }

    private void requireRate(Grant grant, long now) {
        long each = 60_000 / grant.perMinute();
        long over = paid.merge(grant.key(), now + each, (until, first) -> Math.clamp(until, now, now + 60_000) + each)
                - now
                - 60_000;
        if (over > 0) {
            paid.merge(grant.key(), 0L, (until, nothing) -> until - each);
            throw Problem.tooMany(
                    "This provisioning key registers " + grant.perMinute() + " devices a minute at most.",
                    (int) Math.ceilDiv(over, 1_000));
        }
    }

    private void count(Grant grant) {
        boolean room = database.write(handle -> handle.execute(
                        "UPDATE provisioning_key SET used = used + 1 WHERE key = ? AND (most IS NULL OR used < most)",
                        grant.key()))
                == 1;
        if (!room) {
            throw Problem.forbidden("This provisioning key has registered as many devices as it may.");
        }
    }
}
