package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.http.Json;
import dev.updraft.server.store.Change;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;

/** The table target; held in memory, because every poll asks for it. */
public final class Targets {
    private final Database database;
    private final Map<Long, Target> byDevice = new ConcurrentHashMap<>();

    public Targets(Database database) {
        this.database = database;
        database.changes().load(handle -> {
            handle.createQuery("SELECT * FROM target")
                    .setFetchSize(1_000)
                    .map((rs, context) -> target(rs))
                    .forEach(target -> byDevice.put(target.device(), target));
            return true;
        });
        database.changes().follow(Topic.HAWKBIT, this::follow);
    }

    private void follow(List<Change> changes) {
        for (Change change : changes) {
            if (change.detail() != null) {
                database.read(handle -> handle.createQuery("SELECT * FROM target WHERE device = ?")
                                .bind(0, change.subject())
                                .map((rs, context) -> target(rs))
                                .findOne())
                        .ifPresent(target -> byDevice.put(target.device(), target));
            }
        }
    }

    private static Target target(ResultSet rs) throws SQLException {
        String autoConfirm = rs.getString("auto_confirm");
        long type = rs.getLong("target_type");
        return new Target(
                rs.getLong("device"),
                rs.getString("name"),
                rs.getString("description"),
                rs.getString("token"),
                rs.getInt("attributes_wanted") != 0,
                rs.getLong("installed"),
                rs.getLong("installed_at"),
                autoConfirm == null ? null : Json.parse(autoConfirm, Target.AutoConfirm.class),
                rs.getString("address"),
                rs.getString("target_group"),
                type == 0 ? null : type,
                rs.getString("creator"),
                rs.getString("changer"),
                rs.getLong("changed"));
    }

    public Target get(Device device) {
        Target target = byDevice.get(device.key());
        return target == null ? Target.unknown(device.key()) : target;
    }

    public void save(Target target) {
        database.change(handle -> write(handle, target));
        hold(target);
    }

    /** Writes within the caller's transaction, who calls {@link #hold} once it is committed. */
    public void write(Handle handle, Target target) {
        handle.execute(
                "INSERT INTO target (device, name, description, token, attributes_wanted, installed, installed_at,"
                        + " auto_confirm, address, target_group, target_type, creator, changer, changed)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device) DO UPDATE SET"
                        + " name = excluded.name, description = excluded.description, token = excluded.token,"
                        + " attributes_wanted = excluded.attributes_wanted, installed = excluded.installed,"
                        + " installed_at = excluded.installed_at, auto_confirm = excluded.auto_confirm,"
                        + " address = excluded.address, target_group = excluded.target_group,"
                        + " target_type = excluded.target_type, creator = excluded.creator,"
                        + " changer = excluded.changer, changed = excluded.changed",
                target.device(),
                target.name(),
                target.description(),
                target.token(),
                target.attributesWanted() ? 1 : 0,
                target.installed(),
                target.installedAt(),
                target.autoConfirm() == null ? null : Json.string(target.autoConfirm()),
                target.address(),
                target.group(),
                target.type(),
                target.creator(),
                target.changer(),
                target.changed());
        database.changes().note(Topic.HAWKBIT, target.device(), () -> "target");
    }

    public void hold(Target target) {
        byDevice.put(target.device(), target);
    }

    /** The same under the device's own lock: nobody else's change is lost. */
    public void change(Fleet fleet, Device device, UnaryOperator<Target> change) {
        fleet.exclusively(device, () -> save(change.apply(get(device))));
    }

    public void forget(Device device) {
        byDevice.remove(device.key());
    }
}
