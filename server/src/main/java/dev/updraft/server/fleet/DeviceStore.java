package dev.updraft.server.fleet;

import dev.updraft.server.access.Secret;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.WentBack;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The tables device, device_seen and report. */
final class DeviceStore {
    private static final int MOST_KEYS = 1_000;

    /** Read by number, and what is usually empty as null: a start reads a million of them. */
    private static final String SELECT = "SELECT d.key, d.tenant, d.id, d.created, d.token_hash, NULLIF(d.tags, '[]'),"
            + " s.at, d.digest, d.version, d.board, d.staging_size, d.capabilities, d.trial, d.counter, NULLIF(d.attributes, '{}'), d.gateway"
            + " FROM device d LEFT JOIN device_seen s ON s.device = d.key";

    void all(Handle handle, Consumer<Device> each) {
        // Thousands of devices run the same firmware on the same board: they share what is said of it.
        Map<CheckIn, CheckIn> shared = new HashMap<>();
        handle.createQuery(SELECT)
                .setFetchSize(1_000)
                .map((rs, context) -> device(rs, shared))
                .forEach(each);
    }

    List<Device> some(Handle handle, List<Long> keys) {
        List<Device> devices = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += MOST_KEYS) {
            handle.createQuery(SELECT + " WHERE d.key IN (<keys>)")
                    .bindList("keys", keys.subList(from, Math.min(keys.size(), from + MOST_KEYS)))
                    .map((rs, context) -> device(rs, new HashMap<>()))
                    .forEach(devices::add);
        }
        return devices;
    }

    Map<Long, String> ids(Handle handle, long tenant, Collection<Long> keys) {
        return handle
                .createQuery("SELECT key, id FROM device WHERE tenant = :tenant AND key IN (<keys>)")
                .bind("tenant", tenant)
                .bindList("keys", List.copyOf(keys))
                .map((rs, context) -> Map.entry(rs.getLong("key"), rs.getString("id")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    boolean exists(Handle handle, long tenant, String id) {
        return handle.createQuery("SELECT 1 FROM device WHERE tenant = ? AND id = ?")
                .bind(0, tenant)
                .bind(1, id)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    void bar(Handle handle, long tenant, String id) {
        handle.execute("INSERT INTO barred_device (tenant, id) VALUES (?, ?) ON CONFLICT DO NOTHING", tenant, id);
    }

    void unbar(Handle handle, long tenant, String id) {
        handle.execute("DELETE FROM barred_device WHERE tenant = ? AND id = ?", tenant, id);
    }

    boolean isBarred(Handle handle, long tenant, String id) {
        return handle.createQuery("SELECT 1 FROM barred_device WHERE tenant = ? AND id = ?")
                .bind(0, tenant)
                .bind(1, id)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    long insert(Handle handle, long tenant, String id, Secret secret, long created) {
        return handle.createQuery(
                        "INSERT INTO device (tenant, id, token_hash, created) VALUES (?, ?, ?, ?) RETURNING key")
                .bind(0, tenant)
                .bind(1, id)
                .bind(2, secret.hash())
                .bind(3, created)
                .mapTo(Long.class)
                .one();
    }

    /**
     * Holds that {@code device} is the row that its key leads to: a database that went back may have given its key to another.
     *
     * @throws WentBack if it has
     * @throws Problem 401 if it is there no more
     */
    void requireSame(Handle handle, Device device) {
        String there = handle.createQuery("SELECT tenant || ' ' || id FROM device WHERE key = ?")
                .bind(0, device.key())
                .mapTo(String.class)
                .findOne()
                .orElseThrow(() -> Problem.unauthorized("This device is not registered any more."));
        if (!there.equals(device.tenant() + " " + device.id())) {
            throw new WentBack("the key of a device belongs to another one");
        }
    }

    void facts(Handle handle, Device of, CheckIn facts) {
        requireSame(handle, of);
        long device = of.key();
        handle.execute(
                "UPDATE device SET board = ?, digest = ?, version = ?, staging_size = ?, capabilities = ?, trial = ?, counter = ?,"
                        + " attributes = ? WHERE key = ?",
                facts.board(),
                facts.digest().bytes(),
                facts.version(),
                facts.stagingSize(),
                facts.capabilities(),
                facts.trial() ? 1 : 0,
                facts.counter(),
                Json.string(facts.attributes()),
                device);
    }

    void tags(Handle handle, Device of, List<String> tags) {
        requireSame(handle, of);
        long device = of.key();
        handle.execute("UPDATE device SET tags = ? WHERE key = ?", Json.string(tags), device);
    }

    void gateway(Handle handle, Device of, @Nullable String gateway) {
        requireSame(handle, of);
        handle.execute("UPDATE device SET gateway = ? WHERE key = ?", gateway, of.key());
    }

    void secret(Handle handle, Device of, Secret secret) {
        requireSame(handle, of);
        long device = of.key();
        handle.execute("UPDATE device SET token_hash = ? WHERE key = ?", secret.hash(), device);
    }

    void delete(Handle handle, Device of) {
        requireSame(handle, of);
        long device = of.key();
        for (String table : new String[] {
            "device_seen",
            "report",
            "device_update",
            "rollout_past",
            "rollout_member",
            "action",
            "action_status",
            "target",
            "target_metadata"
        }) {
            handle.execute("DELETE FROM " + table + " WHERE device = ?", device);
        }
        handle.execute("DELETE FROM device WHERE key = ?", device);
    }

    /** @return false if the device has reported this number before */
    boolean report(Handle handle, Device device, Report report) {
        boolean fresh = handle.execute(
                        "INSERT INTO report (device, at, seq, event, digest, reason, detail, gateway)"
                                + " SELECT key, ?, ?, ?, ?, ?, ?, ? FROM device WHERE key = ? AND tenant = ? AND id = ?"
                                + " ON CONFLICT DO NOTHING",
                        report.at(),
                        report.seq(),
                        report.event().label(),
                        report.digest().bytes(),
                        report.reason(),
                        report.detail(),
                        report.gateway(),
                        device.key(),
                        device.tenant(),
                        device.id())
                == 1;
        if (!fresh) {
            requireSame(handle, device);
        }
        return fresh;
    }

    boolean hasNewer(Handle handle, long device, Report report) {
        return handle.createQuery("SELECT 1 FROM report WHERE device = ? AND seq > ? AND digest = ? LIMIT 1")
                .bind(0, device)
                .bind(1, report.seq())
                .bind(2, report.digest().bytes())
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    List<Report> history(Handle handle, long device, int most) {
        return handle.createQuery("SELECT * FROM report WHERE device = ? ORDER BY key DESC LIMIT ?")
                .bind(0, device)
                .bind(1, most)
                .map((rs, context) -> new Report(
                        rs.getLong("at"),
                        rs.getLong("seq"),
                        event(rs.getString("event")),
                        Digest.of(rs.getBytes("digest")),
                        rs.getString("reason"),
                        rs.getString("detail"),
                        rs.getString("gateway")))
                .list();
    }

    private static ReportEvent event(String label) {
        ReportEvent event = ReportEvent.ofLabel(label);
        if (event == null) {
            throw new IllegalStateException(
                    "the database holds an event '" + label + "' that this version does not know");
        }
        return event;
    }

    private static Device device(ResultSet rs, Map<CheckIn, CheckIn> shared) throws SQLException {
        CheckIn facts = facts(rs);
        String tags = rs.getString(6);
        return new Device(
                rs.getLong(1),
                rs.getLong(2),
                rs.getString(3),
                rs.getLong(4),
                Secret.ofHash(rs.getBytes(5)),
                facts == null ? null : shared.computeIfAbsent(facts, same -> same),
                tags == null ? List.of() : List.of(Json.parse(tags, String[].class)),
                rs.getString(16),
                rs.getLong(7));
    }

    @SuppressWarnings("unchecked")
    private static @Nullable CheckIn facts(ResultSet rs) throws SQLException {
        byte[] digest = rs.getBytes(8);
        if (digest == null) {
            return null;
        }
        String attributes = rs.getString(15);
        return new CheckIn(
                Digest.of(digest),
                rs.getString(9),
                rs.getString(10),
                rs.getLong(11),
                rs.getLong(12),
                rs.getInt(13) != 0,
                rs.getLong(14),
                attributes == null ? Map.of() : Map.copyOf(Json.parse(attributes, Map.class)));
    }
}
