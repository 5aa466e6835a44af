package dev.updraft.server.fleet;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/** Filters that were saved under a name: {@code group==NAME} in another filter means the devices that the saved one picks now. */
public final class Groups {
    private static final Logger LOG = Logger.getLogger(Groups.class.getName());
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}._:-]{1,64}");

    private final Database database;
    private final Map<Long, Map<String, Compiled>> byName = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    public Groups(Database database) {
        this.database = database;
        hold(database.changes().load(Groups::read));
        database.changes().follow(Topic.GROUP, changes -> {
            hold(database.read(Groups::read));
            listeners.forEach(Runnable::run);
        });
    }

    /** @param filter see {@link DeviceFields}; it names no group itself */
    public record Group(@JsonIgnore long tenant, String name, String filter, long created) {}

    /** {@code listener} is called when a group has changed, so that whoever holds a filter that names it can look again. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * {@code filter} with the groups that it names as they are now; {@link #onChange} tells when to ask again.
     *
     * @throws Problem 400 if {@code filter} is none, or names a group that is not there
     */
    public Predicate<Device> filter(long tenant, String filter) {
        Map<String, Compiled> groups = byName.getOrDefault(tenant, Map.of());
        return DeviceFields.filter(filter, (test, named) -> {
            for (String name : named) {
                if (name.indexOf('*') < 0 && !groups.containsKey(name)) {
                    throw Problem.badRequest("There is no group '" + name + "'.");
                }
            }
            List<Predicate<Device>> members = groups.values().stream()
                    .filter(one -> test.test(one.group().name()))
                    .map(Compiled::members)
                    .toList();
            return device -> members.stream().anyMatch(of -> of.test(device));
        });
    }

    /** A group and its filter, which is read once and not for each device. */
    private record Compiled(Group group, Predicate<Device> members) {
        static Compiled of(Group group) {
            try {
                return new Compiled(group, DeviceFields.filter(group.filter()));
            } catch (Problem unusable) {
                LOG.warning("the filter of group '" + group.name() + "' cannot be used, nobody is in it: "
                        + unusable.sentence());
                return new Compiled(group, device -> false);
            }
        }
    }

    List<Group> all(long tenant) {
        return byName.getOrDefault(tenant, Map.of()).values().stream()
                .map(Compiled::group)
                .toList();
    }

    /** Makes the group or changes its filter. */
    synchronized Group save(long tenant, String name, String filter) {
        if (!NAME.matcher(name).matches()) {
            throw Problem.badRequest("A group's name has 1 to 64 letters, digits or . _ - : characters.");
        }
        DeviceFields.filter(filter);
        long now = System.currentTimeMillis();
        database.change(handle -> {
            handle.execute(
                    "INSERT INTO device_group (tenant, name, filter, created) VALUES (?, ?, ?, ?)"
                            + " ON CONFLICT (tenant, name) DO UPDATE SET filter = excluded.filter",
                    tenant,
                    name,
                    filter,
                    now);
            database.changes().note(Topic.GROUP, tenant);
        });
        reload();
        return Objects.requireNonNull(byName.getOrDefault(tenant, Map.of()).get(name))
                .group();
    }

    synchronized void remove(long tenant, String name) {
        database.change(handle -> {
            if (handle.execute("DELETE FROM device_group WHERE tenant = ? AND name = ?", tenant, name) == 0) {
                throw Problem.notFound("There is no group '" + name + "'.");
            }
            database.changes().note(Topic.GROUP, tenant);
        });
        reload();
    }

    private void reload() {
        hold(database.read(Groups::read));
        listeners.forEach(Runnable::run);
    }

    private static List<Group> read(Handle handle) {
        return handle.createQuery("SELECT * FROM device_group")
                .map((rs, context) -> new Group(
                        rs.getLong("tenant"), rs.getString("name"), rs.getString("filter"), rs.getLong("created")))
                .list();
    }

    private synchronized void hold(List<Group> groups) {
        Map<Long, Map<String, Compiled>> now = new ConcurrentHashMap<>();
        groups.forEach(group -> now.computeIfAbsent(group.tenant(), t -> new ConcurrentSkipListMap<>())
                .put(group.name(), Compiled.of(group)));
        byName.putAll(now);
        byName.keySet().retainAll(now.keySet());
    }
}
