package dev.updraft.gateway.bluez;

import dev.updraft.gateway.smp.Pipe;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.DBusExecutionException;
import org.freedesktop.dbus.interfaces.Properties;
import org.freedesktop.dbus.types.Variant;
import org.jspecify.annotations.Nullable;

/** Writes without response to a device's characteristic, and its notifications. */
public final class BluetoothPipe implements Pipe {
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(15);
    private static final Duration RESOLVED_WITHIN = Duration.ofSeconds(15);
    private static final Duration LOOK = Duration.ofMillis(100);

    /** Of a write, its operation and handle. */
    private static final int ATT_HEADER = 3;

    private static final int MTU_LEAST = 23;

    /** BlueZ as a server passes over longer writes in silence, though it grants more. */
    private static final int PIECE_MOST = 495;

    /** Where SMP may be: its own characteristic, and the pairs (write, notify) of modules that carry a UART. */
    private enum Way {
        SMP("da2e7828-fbce-4e01-ae9e-261174997c48", "da2e7828-fbce-4e01-ae9e-261174997c48"),
        MICROCHIP("49535343-8841-43f4-a8d4-ecbe34729bb3", "49535343-1e4d-4bd9-ba61-23c647249616"),
        NORDIC("6e400002-b5a3-f393-e0a9-e50e24dcca9e", "6e400003-b5a3-f393-e0a9-e50e24dcca9e"),
        HM_10("0000ffe1-0000-1000-8000-00805f9b34fb", "0000ffe1-0000-1000-8000-00805f9b34fb");

        private final String write;
        private final String notify;

        Way(String write, String notify) {
            this.write = write;
            this.notify = notify;
        }
    }

    /** An empty array stands for the end of the connection. */
    private final LinkedBlockingQueue<byte[]> received = new LinkedBlockingQueue<>();

    private final Bluez bluez;
    private final String device;
    private final Interfaces.GattCharacteristic1 writes;
    private final int piece;

    /**
     * Connects.
     *
     * @param address of the device, as {@code AA:BB:CC:DD:EE:FF}
     * @param bus where BlueZ is; null = the system's
     */
    public BluetoothPipe(String address, @Nullable String bus) throws IOException {
        bluez = new Bluez(bus);
        boolean done = false;
        try {
            device = seen(address);
            connect();
            Map<String, Bluez.Item> items = bluez.items();
            Way way = way(items);
            Bluez.Item target = characteristic(items, way.write);
            piece = Math.clamp(mtu(target) - ATT_HEADER, 1, PIECE_MOST);
            writes = bluez.object(target.path(), Interfaces.GattCharacteristic1.class);
            listen(characteristic(items, way.notify).path());
            done = true;
        } catch (DBusExecutionException refused) {
            throw new IOException("BlueZ refuses " + address + ": " + refused.getMessage(), refused);
        } finally {
            if (!done) {
                bluez.close();
            }
        }
    }

    private String seen(String address) throws IOException {
        long end = System.nanoTime() + SEEN_WITHIN.toNanos();
        for (boolean looking = false; ; looking = true) {
            for (Bluez.Item item : bluez.items().values()) {
                if (item.is(Bluez.DEVICE) && item.text(Bluez.DEVICE, "Address").equalsIgnoreCase(address)) {
                    return item.path();
                }
            }
            if (System.nanoTime() > end) {
                throw new IOException("no Bluetooth device " + address + " is in reach");
            }
            if (!looking) {
                bluez.discover();
            }
            pause();
        }
    }

    private void connect() throws IOException {
        bluez.object(device, Interfaces.Device1.class).Connect();
        long end = System.nanoTime() + RESOLVED_WITHIN.toNanos();
        while (true) {
            Bluez.Item item = bluez.items().get(device);
            if (item != null && Boolean.TRUE.equals(item.get(Bluez.DEVICE, "ServicesResolved"))) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new IOException("the device does not tell its Bluetooth services");
            }
            pause();
        }
    }

    private Way way(Map<String, Bluez.Item> items) throws IOException {
        for (Way way : Way.values()) {
            if (find(items, way.write) != null && find(items, way.notify) != null) {
                return way;
            }
        }
        throw new IOException("the device has no Bluetooth service that SMP goes over");
    }

    private Bluez.Item characteristic(Map<String, Bluez.Item> items, String uuid) throws IOException {
        Bluez.Item item = find(items, uuid);
        if (item == null) {
            throw new IOException("the device lost a Bluetooth service");
        }
        return item;
    }

    private Bluez.@Nullable Item find(Map<String, Bluez.Item> items, String uuid) {
        return items.values().stream()
                .filter(item -> item.path().startsWith(device + "/"))
                .filter(item -> item.text(Bluez.CHARACTERISTIC, "UUID").equals(uuid))
                .findFirst()
                .orElse(null);
    }

    private static int mtu(Bluez.Item characteristic) {
        Object value = characteristic.get(Bluez.CHARACTERISTIC, "MTU");
        return value instanceof Number number ? Math.max(MTU_LEAST, number.intValue()) : MTU_LEAST;
    }

    @SuppressWarnings("MustBeClosedChecker")
    private void listen(String path) throws IOException {
        try {
            bluez.bus.addSigHandler(Properties.PropertiesChanged.class, signal -> changed(path, signal));
        } catch (DBusException none) {
            throw new IOException("BlueZ tells nothing: " + none.getMessage(), none);
        }
        bluez.object(path, Interfaces.GattCharacteristic1.class).StartNotify();
    }

    private void changed(String path, Properties.PropertiesChanged signal) {
        Map<String, Variant<?>> changed = signal.getPropertiesChanged();
        Variant<?> value = changed.get("Value");
        Variant<?> connected = changed.get("Connected");
        if (value != null && signal.getPath().equals(path)) {
            byte[] bytes = bytes(value.getValue());
            if (bytes.length > 0) {
                received.add(bytes);
            }
        } else if (connected != null && signal.getPath().equals(device) && Boolean.FALSE.equals(connected.getValue())) {
            received.add(new byte[0]);
        }
    }

    /** The library gives an array of bytes as one or as a list. */
    private static byte[] bytes(Object value) {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        if (value instanceof List<?> list) {
            byte[] bytes = new byte[list.size()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = list.get(i) instanceof Number number ? number.byteValue() : 0;
            }
            return bytes;
        }
        return new byte[0];
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        try {
            for (int at = 0; at < bytes.length; at += piece) {
                byte[] part = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece));
                writes.WriteValue(part, Map.of("type", new Variant<>("command")));
            }
        } catch (DBusExecutionException gone) {
            throw new IOException("the Bluetooth device is gone: " + gone.getMessage(), gone);
        }
    }

    @Override
    public byte[] read(Duration atMost) throws IOException {
        try {
            byte[] bytes = received.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
            if (bytes != null && bytes.length == 0) {
                throw new IOException("the Bluetooth device hung up");
            }
            return bytes == null ? new byte[0] : bytes;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the gateway ends", e);
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the gateway ends", e);
        }
    }

    @Override
    public void close() {
        try {
            bluez.object(device, Interfaces.Device1.class).Disconnect();
        } catch (IOException | DBusExecutionException gone) {
            // it hung up itself
        } finally {
            bluez.close();
        }
    }
}
