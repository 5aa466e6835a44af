package dev.updraft.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.gateway.link.Place;
import dev.updraft.gateway.link.Places;
import dev.updraft.gateway.smp.Framing;
import dev.updraft.gateway.smp.Patience;
import dev.updraft.gateway.smp.Pipe;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.freedesktop.dbus.exceptions.DBusException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates over real ports of this computer: pseudo-terminals, and UDP. */
class LinesTest {
    private static final Duration A_MOMENT = Duration.ofMillis(20);
    private static final byte[] FILE = new byte[30_000];

    static {
        new SplittableRandom(3).nextBytes(FILE);
    }

    @TempDir
    private Path folder;

    private void updates(Place place, ScriptedDevice device) throws Exception {
        try (ScriptedServer server = new ScriptedServer(FILE);
                HttpClient http = HttpClient.newHttpClient();
                Gateway _ = Gateway.start(
                        new Gateway.Config(
                                server.address(),
                                ScriptedServer.TOKEN,
                                folder.resolve("data"),
                                new Places(List.of(place), false),
                                List.of(),
                                Patience.USUAL.shorter(4)),
                        http,
                        (where, progress) -> {})) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (device.acknowledged == 0) {
                assertThat(System.nanoTime()).as("%s", server.reports).isLessThan(end);
                Thread.sleep(20);
            }
        }
        assertThat(device.runs(Arrays.copyOf(FILE, 32))).isTrue();
        assertThat(device.installed).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"serial:", "raw:"})
    void aSerialPortCarriesAnUpdate(String kind) throws Exception {
        Path near = folder.resolve("near");
        Path far = folder.resolve("far");
        Process socat =
                new ProcessBuilder("socat", "pty,raw,echo=0,link=" + near, "pty,raw,echo=0,link=" + far).start();
        try {
            while (!Files.exists(near) || !Files.exists(far)) {
                assertThat(socat.isAlive()).isTrue();
                Thread.sleep(5);
            }
            ScriptedDevice device = new ScriptedDevice("d1", true, 1);
            Place there = Place.of(kind + far);
            try (Pipe wire = there.open();
                    Pipe line = device.open()) {
                Thread.ofVirtual().start(() -> serve(wire, there.framing(), line));
                updates(Place.of(kind + near), device);
            }
        } finally {
            socat.destroy();
        }
    }

    /** The device's end, until the line goes. */
    private static void serve(Pipe wire, Framing framing, Pipe line) {
        try {
            for (; ; ) {
                framing.take(wire.read(A_MOMENT), packet -> {
                    try {
                        line.write(packet);
                        for (byte[] answer = line.read(A_MOMENT); answer.length > 0; answer = line.read(A_MOMENT)) {
                            wire.write(framing.wrap(answer));
                        }
                    } catch (IOException gone) {
                        throw new IllegalStateException(gone);
                    }
                });
            }
        } catch (IOException | IllegalStateException ended) {
            // the test is over
        }
    }

    @Test
    void datagramsCarryAnUpdate() throws Exception {
        ScriptedDevice device = new ScriptedDevice("d1", true, 4);
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                Pipe line = device.open()) {
            Thread.ofVirtual().start(() -> serve(socket, line));
            updates(Place.of("udp:127.0.0.1:" + socket.getLocalPort()), device);
        }
    }

    private static void serve(DatagramSocket socket, Pipe line) {
        byte[] bytes = new byte[2048];
        try {
            for (; ; ) {
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                socket.receive(packet);
                line.write(Arrays.copyOf(bytes, packet.getLength()));
                byte[] answer = line.read(A_MOMENT);
                if (answer.length > 0) {
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException ended) {
            // the test is over
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {23, 247, 517})
    void bluetoothCarriesAnUpdate(int mtu) throws Exception {
        ScriptedDevice device = new ScriptedDevice("d1", true, 3);
        try (FakeBluez bluez = new FakeBluez(device, mtu)) {
            updates(new Place.Bluetooth(FakeBluez.ADDRESS, bluez.address()), device);
            assertThat(bluez.longestWrite).isBetween(Math.min(mtu - 3, 340), mtu - 3);
        }
    }

    @Test
    void aBluetoothDeviceThatGoesAwayIsConnectedAgain() throws Exception {
        ScriptedDevice device = new ScriptedDevice("d1", true, 1);
        try (FakeBluez bluez = new FakeBluez(device, 247)) {
            Thread.ofVirtual().start(() -> {
                try {
                    while (device.bytesTaken < 10_000) {
                        Thread.sleep(2);
                    }
                    bluez.hangUp();
                } catch (InterruptedException | DBusException e) {
                    Thread.currentThread().interrupt();
                }
            });
            updates(new Place.Bluetooth(FakeBluez.ADDRESS, bluez.address()), device);
            assertThat(bluez.connections.get()).isGreaterThan(1);
            assertThat(device.bytesTaken).isEqualTo(FILE.length);
        }
    }

    @Test
    void aPortThatIsNotThereIsSaidInWords() {
        assertThatThrownBy(() -> Place.of("serial:/dev/none-such").open()).hasMessageContaining("/dev/none-such");
        assertThatThrownBy(() -> Place.of("udp:none.invalid").open()).hasMessageContaining("there is no host");
    }
}
