package dev.updraft.gateway.link;

import dev.updraft.gateway.bluez.BluetoothPipe;
import dev.updraft.gateway.smp.ConsoleFraming;
import dev.updraft.gateway.smp.Framing;
import dev.updraft.gateway.smp.Pipe;
import dev.updraft.gateway.smp.RawFraming;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a device is. */
public sealed interface Place {
    int SMP_PORT = 1337;
    int BAUD = 115_200;

    Pipe open() throws IOException;

    Framing framing();

    /** The place of a text such as {@code serial:/dev/ttyUSB0@115200}, {@code raw:/dev/ttyS1@921600} or {@code udp:10.0.0.5:1337}. */
    static Place of(String text) {
        int colon = text.indexOf(':');
        String rest = text.substring(colon + 1);
        return switch (colon < 0 ? "" : text.substring(0, colon)) {
            case "serial" -> serial(rest, false);
            case "raw" -> serial(rest, true);
            case "udp" -> udp(rest);
            case "ble" -> bluetooth(rest);
            default ->
                throw new IllegalArgumentException(
                        "'" + text
                                + "' is no place of a device; write serial:PORT@BAUD, raw:PORT@BAUD (SMP without console framing), udp:HOST:PORT or ble:ADDRESS");
        };
    }

    private static Place serial(String rest, boolean raw) {
        int at = rest.lastIndexOf('@');
        String port = at < 0 ? rest : rest.substring(0, at);
        int baud = at < 0 ? BAUD : number(rest.substring(at + 1), 300, 12_000_000, "baud rate");
        if (port.isEmpty()) {
            throw new IllegalArgumentException("name the serial port, as in serial:/dev/ttyUSB0@115200");
        }
        return new Serial(port, baud, raw);
    }

    private static Place udp(String rest) {
        int colon = rest.lastIndexOf(':');
        String host = colon < 0 ? rest : rest.substring(0, colon);
        int port = colon < 0 ? SMP_PORT : number(rest.substring(colon + 1), 1, 65_535, "port");
        if (host.isEmpty()) {
            throw new IllegalArgumentException("name the host, as in udp:10.0.0.5:1337");
        }
        return new Udp(host, port);
    }

    private static Place bluetooth(String rest) {
        if (!rest.matches("([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")) {
            throw new IllegalArgumentException("'" + rest + "' is no Bluetooth address; write ble:AA:BB:CC:DD:EE:FF");
        }
        return new Bluetooth(rest.toUpperCase(Locale.ROOT), null);
    }

    private static int number(String text, int least, int most, String what) {
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // the sentence below says all
        }
        throw new IllegalArgumentException("'" + text + "' is no " + what + "; it takes " + least + " to " + most);
    }

    /**
     * A serial line.
     *
     * @param raw packets alone on the line; else in lines of a console
     */
    record Serial(String port, int baud, boolean raw) implements Place {
        @Override
        public Pipe open() throws IOException {
            return new SerialPipe(port, baud);
        }

        @Override
        public Framing framing() {
            return raw ? new RawFraming() : new ConsoleFraming();
        }

        @Override
        public String toString() {
            return (raw ? "raw:" : "serial:") + port + "@" + baud;
        }
    }

    /** A datagram for each packet. */
    record Udp(String host, int port) implements Place {
        @Override
        public Pipe open() throws IOException {
            return new UdpPipe(host, port);
        }

        @Override
        public Framing framing() {
            return new RawFraming();
        }

        @Override
        public String toString() {
            return "udp:" + host + ":" + port;
        }
    }

    /**
     * Bluetooth Low Energy, by BlueZ.
     *
     * @param bus of D-Bus where BlueZ is; null = the system's
     */
    record Bluetooth(String address, @Nullable String bus) implements Place {
        @Override
        public Pipe open() throws IOException {
            return new BluetoothPipe(address, bus);
        }

        @Override
        public Framing framing() {
            return new RawFraming();
        }

        @Override
        public String toString() {
            return "ble:" + address;
        }
    }

    /** A device in the same process, such as an emulated board. */
    record Inside(String name, Opener opener, boolean raw) implements Place {
        @Override
        public Pipe open() throws IOException {
            return opener.open();
        }

        @Override
        public Framing framing() {
            return raw ? new RawFraming() : new ConsoleFraming();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** How the pipe to a device in the same process begins. */
    interface Opener {
        Pipe open() throws IOException;
    }
}
