package dev.updraft.gateway.bluez;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.DBusExecutionException;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.interfaces.ObjectManager;
import org.freedesktop.dbus.types.Variant;
import org.jspecify.annotations.Nullable;

/** BlueZ on the bus: its objects, and which of them is what. */
final class Bluez implements AutoCloseable {
    static final String ADAPTER = "org.bluez.Adapter1";
    static final String DEVICE = "org.bluez.Device1";
    static final String CHARACTERISTIC = "org.bluez.GattCharacteristic1";

    /** SMP's own service (docs/reference/smp.md). */
    static final String SMP_SERVICE = "8d53dc1d-1db7-4cd3-868b-8a527460aa84";

    private static final String NAME = "org.bluez";

    /** Held here because java.util.logging forgets the level of a logger that nobody holds. */
    private static final Logger TALKATIVE = Logger.getLogger("org.freedesktop.dbus");

    final DBusConnection bus;

    /** @param address of the bus; null = the system's */
    Bluez(@Nullable String address) throws IOException {
        TALKATIVE.setLevel(Level.WARNING);
        try {
            DBusConnectionBuilder builder =
                    address == null ? DBusConnectionBuilder.forSystemBus() : DBusConnectionBuilder.forAddress(address);
            bus = builder.withShared(false).build();
        } catch (DBusException none) {
            throw new IOException("there is no D-Bus system bus to reach BlueZ by: " + none.getMessage(), none);
        }
    }

    /** One object: its path, and the properties of each of its interfaces. */
    record Item(String path, Map<String, Map<String, Variant<?>>> interfaces) {
        boolean is(String kind) {
            return interfaces.containsKey(kind);
        }

        @Nullable
        Object get(String kind, String property) {
            Variant<?> value = interfaces.getOrDefault(kind, Map.of()).get(property);
            return value == null ? null : value.getValue();
        }

        String text(String kind, String property) {
            return String.valueOf(get(kind, property)).toLowerCase(Locale.ROOT);
        }
    }

    /** All of BlueZ's objects by their paths. */
    Map<String, Item> items() throws IOException {
        Map<String, Item> items = new TreeMap<>();
        ObjectManager manager = object("/", ObjectManager.class);
        try {
            for (Map.Entry<DBusPath, Map<String, Map<String, Variant<?>>>> each :
                    manager.GetManagedObjects().entrySet()) {
                String path = each.getKey().getPath();
                items.put(path, new Item(path, each.getValue()));
            }
        } catch (DBusExecutionException failed) {
            throw new IOException("BlueZ does not answer; is bluetoothd running? " + failed.getMessage(), failed);
        }
        return items;
    }

    <T extends DBusInterface> T object(String path, Class<T> type) throws IOException {
        try {
            return bus.getRemoteObject(NAME, path, type);
        } catch (DBusException none) {
            throw new IOException("BlueZ is not on the bus: " + none.getMessage(), none);
        }
    }

    /** Has every controller look for devices with SMP's service. */
    void discover() throws IOException {
        for (Item item : items().values()) {
            if (item.is(ADAPTER)) {
                Interfaces.Adapter1 adapter = object(item.path(), Interfaces.Adapter1.class);
                try {
                    adapter.SetDiscoveryFilter(Map.of(
                            "Transport", new Variant<>("le"), "UUIDs", new Variant<>(List.of(SMP_SERVICE), "as")));
                    adapter.StartDiscovery();
                } catch (DBusExecutionException already) {
                    // it looks already, for somebody else too
                }
            }
        }
    }

    @Override
    public void close() {
        bus.disconnect();
    }
}
