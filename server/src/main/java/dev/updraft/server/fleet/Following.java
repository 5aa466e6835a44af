package dev.updraft.server.fleet;

import dev.updraft.server.store.Change;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells the other server processes what changes in the fleet, and takes over what they change. */
final class Following {
    private final Database database;
    private final DeviceStore store;
    private final Fleet fleet;

    Following(Database database, DeviceStore store, Fleet fleet) {
        this.database = database;
        this.store = store;
        this.fleet = fleet;
        database.changes().follow(Topic.DEVICE, this::changed);
        database.changes().follow(Topic.SEEN, this::seen);
    }

    void note(long device) {
        database.changes().note(Topic.DEVICE, device);
    }

    void noteRemoved(Device device) {
        database.changes().note(Topic.DEVICE, device.key(), () -> device.tenant() + " " + device.id());
    }

    private void changed(List<Change> changes) {
        Map<Long, String> missing = new HashMap<>();
        for (Change change : changes) {
            String removed = change.detail();
            missing.merge(change.subject(), removed == null ? "" : removed, (a, b) -> b.isEmpty() ? a : b);
        }
        List<Device> rows = database.read(handle -> store.some(handle, List.copyOf(missing.keySet())));
        for (Device row : rows) {
            missing.remove(row.key());
            takeOver(row);
        }
        missing.forEach((key, removed) -> {
            Device held = named(removed);
            if (held != null && held.key() == key) {
                fleet.forget(held);
            }
        });
    }

    private void takeOver(Device row) {
        Device held = fleet.find(row.tenant(), row.id());
        if (held == null || held.key() != row.key()) {
            if (held != null) {
                fleet.forget(held);
            }
            fleet.index(row);
            // It may have been removed by this process between the read and now.
            if (again(row) == null) {
                fleet.forget(row);
            }
            return;
        }
        if (held.isAs(row)) {
            return;
        }
        // Read again under the monitor: what this process itself is changing at this moment must not be undone.
        fleet.exclusively(held, () -> {
            Device now = again(row);
            if (now == null) {
                return;
            }
            if (!held.secret().equals(now.secret())) {
                fleet.index(held, now.secret());
            }
            CheckIn facts = now.facts();
            if (facts != null) {
                held.facts(facts);
            }
            held.tags(now.tags());
        });
    }

    private @Nullable Device again(Device row) {
        List<Device> rows = database.read(handle -> store.some(handle, List.of(row.key())));
        return rows.isEmpty() ? null : rows.getFirst();
    }

    private void seen(List<Change> changes) {
        for (Change change : changes) {
            String names = change.detail();
            if (names == null) {
                continue;
            }
            names.lines().forEach(name -> {
                Device device = named(name);
                if (device != null) {
                    device.seen(Math.max(device.seen(), change.subject()));
                }
            });
        }
    }

    /** The device that {@code TENANT ID} names. */
    private @Nullable Device named(String name) {
        int space = name.indexOf(' ');
        return space < 0 ? null : fleet.find(Long.parseLong(name, 0, space, 10), name.substring(space + 1));
    }
}
