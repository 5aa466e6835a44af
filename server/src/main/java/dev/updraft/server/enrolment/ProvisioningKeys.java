package dev.updraft.server.enrolment;

import dev.updraft.server.access.Secret;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import java.util.List;

/** Keys that a factory puts into devices: each lets a device register itself under a new id, and nothing else. */
public final class ProvisioningKeys {
    private final Database database;
    private final Fleet fleet;

    public ProvisioningKeys(Database database, Fleet fleet) {
        this.database = database;
        this.fleet = fleet;
    }

    /** A key without its secret; devices that enrol with it are given {@code tags}. */
    record Key(long id, String name, List<String> tags, long created) {}

    private record Grant(long tenant, List<String> tags) {}

    String create(long tenant, String name, List<String> tags) {
        Fleet.checkTags(tags);
        String key = Secret.newToken();
        database.change(handle -> handle.execute(
                "INSERT INTO provisioning_key (tenant, name, hash, tags, created) VALUES (?, ?, ?, ?, ?)",
                tenant,
                name,
                Secret.of(key).hash(),
                Json.string(tags),
                System.currentTimeMillis()));
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
                        rs.getLong("created")))
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
        Grant grant =
                database.read(handle -> handle.createQuery("SELECT tenant, tags FROM provisioning_key WHERE hash = ?")
                        .bind(0, Secret.of(key).hash())
                        .map((rs, context) -> new Grant(
                                rs.getLong("tenant"), List.of(Json.parse(rs.getString("tags"), String[].class))))
                        .findOne()
                        .orElseThrow(() -> Problem.unauthorized("This provisioning key is not known here.")));
        Fleet.Registered registered = fleet.enrol(grant.tenant(), id);
        if (!grant.tags().isEmpty()) {
            fleet.tag(registered.device(), grant.tags());
        }
        return registered.token();
    }
}
