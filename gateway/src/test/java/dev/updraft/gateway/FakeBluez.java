package dev.updraft.gateway;

import dev.updraft.gateway.bluez.Interfaces;
import dev.updraft.gateway.smp.Pipe;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.interfaces.ObjectManager;
import org.freedesktop.dbus.interfaces.Properties;
import org.freedesktop.dbus.types.Variant;
import org.jspecify.annotations.Nullable;

/**
 * What BlueZ shows on D-Bus of one device with SMP's service, on a bus of its own; behind it a scripted device. The bus, the messages and
 * the pieces of the MTU are real; radio, pairing and BlueZ itself are not.
 */
final class FakeBluez implements AutoCloseable {
    static final String ADDRESS = "C0:FF:EE:00:00:01";
    private static final String ADAPTER = "/org/bluez/hci0";
    private static final String DEVICE = ADAPTER + "/dev_C0_FF_EE_00_00_01";
    private static final String CHARACTERISTIC = DEVICE + "/service0010/char0011";
    private static final Duration A_MOMENT = Duration.ofMillis(5);

    private final Process daemon;
    private final String address;
    private final DBusConnection bus;
    private final Pipe line;
    private final int mtu;
    private volatile boolean seen;
    private volatile boolean connected;
    private volatile boolean notifies;
    final AtomicInteger connections = new AtomicInteger();
    volatile int longestWrite;

    FakeBluez(ScriptedDevice device, int mtu) throws IOException, DBusException {
        this.mtu = mtu;
        line = device.open();
        daemon = new ProcessBuilder("dbus-daemon", "--session", "--nopidfile", "--nofork", "--print-address")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader out = daemon.inputReader();
        address = String.valueOf(out.readLine()).strip();
        bus = DBusConnectionBuilder.forAddress(address).withShared(false).build();
        bus.requestBusName("org.bluez");
        bus.exportObject("/", new Manager());
        bus.exportObject(ADAPTER, new Adapter());
        bus.exportObject(DEVICE, new Device());
        bus.exportObject(CHARACTERISTIC, new Characteristic());
    }

    String address() {
        return address;
    }

    /** The device goes out of reach. */
    void hangUp() throws DBusException {
        connected = false;
        tell(DEVICE, "org.bluez.Device1", "Connected", new Variant<>(false));
    }

    private void tell(String path, String kind, String property, Variant<?> value) throws DBusException {
        bus.sendMessage(new Properties.PropertiesChanged(path, kind, Map.of(property, value), List.of()));
    }

    private final class Manager implements ObjectManager {
        @Override
        public Map<DBusPath, Map<String, Map<String, Variant<?>>>> GetManagedObjects() {
            Map<DBusPath, Map<String, Map<String, Variant<?>>>> all = new HashMap<>();
            all.put(new DBusPath(ADAPTER), Map.of("org.bluez.Adapter1", Map.of("Powered", new Variant<>(true))));
            if (seen) {
                all.put(
                        new DBusPath(DEVICE),
                        Map.of(
                                "org.bluez.Device1",
                                Map.of(
                                        "Address", new Variant<>(ADDRESS),
                                        "Connected", new Variant<>(connected),
                                        "ServicesResolved", new Variant<>(connected))));
            }
            if (connected) {
                all.put(
                        new DBusPath(CHARACTERISTIC),
                        Map.of(
                                "org.bluez.GattCharacteristic1",
                                Map.of(
                                        "UUID", new Variant<>("da2e7828-fbce-4e01-ae9e-261174997c48"),
                                        "MTU", new Variant<>(new org.freedesktop.dbus.types.UInt16(mtu)))));
            }
            return all;
        }

        @Override
        public String getObjectPath() {
            return "/";
        }
    }

    private final class Adapter implements Interfaces.Adapter1 {
        private @Nullable Object filter;

        @Override
        public void SetDiscoveryFilter(Map<String, Variant<?>> wanted) {
            filter = wanted.get("Transport");
        }

        @Override
        public void StartDiscovery() {
            seen = filter != null;
        }

        @Override
        public void StopDiscovery() {}

        @Override
        public String getObjectPath() {
            return ADAPTER;
        }
    }

    private final class Device implements Interfaces.Device1 {
        @Override
        public void Connect() {
            connected = true;
            connections.incrementAndGet();
        }

        @Override
        public void Disconnect() {
            connected = false;
            notifies = false;
        }

        @Override
        public String getObjectPath() {
            return DEVICE;
        }
    }

    private final class Characteristic implements Interfaces.GattCharacteristic1 {
        private byte[] begun = new byte[0];

        @Override
        public synchronized void WriteValue(byte[] value, Map<String, Variant<?>> options) {
            longestWrite = Math.max(longestWrite, value.length);
            Variant<?> type = options.get("type");
            if (type == null || !"command".equals(type.getValue()) || !notifies) {
                return;
            }
            begun = Arrays.copyOf(begun, begun.length + value.length);
            System.arraycopy(value, 0, begun, begun.length - value.length, value.length);
            if (begun.length < 8 || begun.length < 8 + ((begun[2] & 0xFF) << 8 | begun[3] & 0xFF)) {
                return;
            }
            byte[] packet = begun;
            begun = new byte[0];
            try {
                line.write(packet);
                for (byte[] answer = line.read(A_MOMENT); answer.length > 0; answer = line.read(A_MOMENT)) {
                    for (int at = 0; at < answer.length; at += mtu - 3) {
                        byte[] part = Arrays.copyOfRange(answer, at, Math.min(answer.length, at + mtu - 3));
                        tell(CHARACTERISTIC, "org.bluez.GattCharacteristic1", "Value", new Variant<>(part));
                    }
                }
            } catch (IOException | DBusException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void StartNotify() {
            notifies = true;
        }

        @Override
        public void StopNotify() {
            notifies = false;
        }

        @Override
        public String getObjectPath() {
            return CHARACTERISTIC;
        }
    }

    @Override
    public void close() {
        bus.disconnect();
        daemon.destroy();
    }
}
