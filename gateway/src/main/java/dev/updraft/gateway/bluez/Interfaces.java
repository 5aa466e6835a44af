package dev.updraft.gateway.bluez;

import java.util.Map;
import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.types.Variant;

/** What is used of BlueZ's own interfaces (its documentation: org.bluez.Adapter, org.bluez.Device, org.bluez.GattCharacteristic). */
public final class Interfaces {
    private Interfaces() {}

    /** A controller of this computer. */
    @DBusInterfaceName("org.bluez.Adapter1")
    public interface Adapter1 extends DBusInterface {
        void SetDiscoveryFilter(Map<String, Variant<?>> filter);

        void StartDiscovery();

        void StopDiscovery();
    }

    /** A device that was seen. */
    @DBusInterfaceName("org.bluez.Device1")
    public interface Device1 extends DBusInterface {
        void Connect();

        void Disconnect();
    }

    /** What is written to, and notifies. */
    @DBusInterfaceName("org.bluez.GattCharacteristic1")
    public interface GattCharacteristic1 extends DBusInterface {
        void WriteValue(byte[] value, Map<String, Variant<?>> options);

        void StartNotify();

        void StopNotify();
    }
}
