package dev.updraft.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.gateway.course.Foreign;
import dev.updraft.gateway.link.Place;
import dev.updraft.gateway.link.Places;
import dev.updraft.gateway.smp.Patience;
import dev.updraft.gateway.smp.Pipe;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayTest {
    private static final byte[] FILE = file(20_000);
    private static final byte[] DIGEST = Arrays.copyOf(FILE, 32);

    private static final Patience FAST = Patience.USUAL.shorter(20);

    @TempDir
    private Path data;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Place> places = new ArrayList<>();
    private final List<Foreign> foreign = new ArrayList<>();
    private ScriptedServer server;

    private static byte[] file(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(7).nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer(FILE);
    }

    @AfterEach
    void stop() {
        server.close();
        http.close();
    }

    private ScriptedDevice ours(String id) {
        return at(new ScriptedDevice(id, true, 1));
    }

    private ScriptedDevice ofAnotherMake(String id) {
        foreign.add(new Foreign(id, id, "stm32f407"));
        return at(new ScriptedDevice(id, false, 4));
    }

    private ScriptedDevice at(ScriptedDevice device) {
        places.add(new Place.Inside(device.id, device::open, true));
        return device;
    }

    private Gateway gateway(String token) throws IOException {
        return Gateway.start(
                new Gateway.Config(server.address(), token, data, new Places(places, false), foreign, FAST),
                http,
                (place, progress) -> {});
    }

    private static void await(BooleanSupplier condition, Object about) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s", about).isLessThan(end);
            Thread.sleep(20);
        }
    }

    @Test
    void aDeviceOfUpdraftsIsUpdatedAndItsOutcomeDeliveredOnce() throws Exception {
        ScriptedDevice device = ours("d1");
        try (Gateway gateway = gateway(ScriptedServer.TOKEN)) {
            await(() -> device.acknowledged == 1, server.reports);
            assertThat(device.runs(DIGEST)).isTrue();
            assertThat(device.installed).isEqualTo(1);
            assertThat(device.bytesTaken).isEqualTo(FILE.length);
            assertThat(server.of("d1")).containsExactly("downloading", "downloaded", "installing", "confirmed", "seq1");
            assertThat(gateway.fetches()).isEqualTo(1);
        }
    }

    @Test
    void aDeviceOfAnotherMakeIsUpdatedConfirmedAndReported() throws Exception {
        ScriptedDevice device = ofAnotherMake("z1");
        try (Gateway _ = gateway(ScriptedServer.TOKEN)) {
            await(() -> server.of("z1").contains("confirmed"), server.reports);
        }
        assertThat(device.runs(DIGEST)).isTrue();
        assertThat(device.installed).isEqualTo(1);
        assertThat(server.of("z1")).containsExactly("downloading", "downloaded", "installing", "trial", "confirmed");
    }

    @Test
    void whatDoesNotPassItsTrialIsReportedAndNotTriedAgain() throws Exception {
        ScriptedDevice device = ofAnotherMake("z1");
        device.isBad();
        ScriptedDevice other = ours("d1");
        other.isBad();
        try (Gateway _ = gateway(ScriptedServer.TOKEN)) {
            await(
                    () -> server.of("z1").contains("rolled-back not-confirmed")
                            && server.of("d1").contains("rolled-back"),
                    server.reports);
            int checkIns = server.checkIns.get();
            await(() -> server.checkIns.get() >= checkIns + 4, server.reports);
        }
        assertThat(device.installed).isEqualTo(1);
        assertThat(other.installed).isEqualTo(1);
    }

    @Test
    void theDevicesOwnReasonReachesTheServer() throws Exception {
        ScriptedDevice device = ours("d1");
        device.refusesWith = "board";
        try (Gateway _ = gateway(ScriptedServer.TOKEN)) {
            await(() -> server.of("d1").contains("refused board"), server.reports);
        }
        assertThat(device.installed).isZero();
    }

    @Test
    void withoutACredentialNothingIsChanged() throws Exception {
        ScriptedDevice device = ours("d1");
        try (Gateway _ = gateway("withdrawn")) {
            await(() -> status().contains("This token is not known here."), server.reports);
        }
        assertThat(device.bytesTaken).isZero();
        assertThat(status()).contains("\"id\" : \"d1\"").contains("\"state\" : \"waiting\"");
    }

    private String status() {
        try {
            return Files.readString(data.resolve("status.json"));
        } catch (IOException none) {
            return "";
        }
    }

    @Test
    void twoGatewaysDoNotShareAFolder() throws IOException {
        try (Gateway _ = gateway(ScriptedServer.TOKEN)) {
            assertThatThrownBy(() -> gateway(ScriptedServer.TOKEN)).hasMessageContaining("another gateway works in");
        }
    }

    @Test
    void aHundredDevicesTakeOneFetch() throws Exception {
        List<ScriptedDevice> devices = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            devices.add(ours("d" + i));
        }
        try (Gateway _ = gateway(ScriptedServer.TOKEN)) {
            await(() -> devices.stream().allMatch(device -> device.acknowledged == 1), server.reports);
        }
        assertThat(server.fetches).hasValue(1);
        assertThat(devices).allMatch(device -> device.installed == 1);
    }

    @Test
    void aDeviceOnTwoWaysIsUpdatedOnOne() throws Exception {
        ScriptedDevice device = ours("d1");
        places.add(new Place.Inside("the same over Bluetooth", device::open, true));
        try (Gateway _ = gateway(ScriptedServer.TOKEN)) {
            await(() -> device.acknowledged == 1, server.reports);
        }
        assertThat(device.installed).isEqualTo(1);
        assertThat(device.bytesTaken).isEqualTo(FILE.length);
    }

    /** What comes when whoever answers means harm, or another protocol is on the line. */
    private static final List<String> NONSENSE = List.of(
            "bf", // a map without an end
            "bf6161bf6161bf6161bf6161bf6161bf6161bf6161bf6161bf6161bf", // depth
            "9f9f9f", // arrays
            "a1636f66661bffffffffffffffff", // a large number
            "a1636f666620", // a negative one
            "a166696d616765739b7fffffffffffffff", // an array of very many
            "a1666275665f73697a6501", // no text
            "5b7fffffffffffffff", // bytes of very many
            "a1627263626869", // rc as text
            "a1636572721801", // err as number
            "a26862756e636f756e741b0000ffffffffffff6862756e636f756e7400",
            "",
            "00",
            "a16269646162");

    @Test
    void whoeverAnswersNonsenseHarmsNobodyElse() throws Exception {
        for (String each : NONSENSE) {
            byte[] content = HexFormat.of().parseHex(each);
            String name = "hostile " + each;
            places.add(new Place.Inside(name, () -> new Nonsense(content), true));
            foreign.add(new Foreign(name, "h" + each.hashCode(), "stm32f407"));
        }
        ScriptedDevice device = ours("d1");
        try (Gateway _ = gateway(ScriptedServer.TOKEN)) {
            await(() -> device.acknowledged == 1, server.reports);
            await(
                    () -> NONSENSE.stream().allMatch(each -> status().contains("hostile " + each + "\"")),
                    server.reports);
        }
        assertThat(server.reports.keySet()).containsExactly("d1");
    }

    private static final class Nonsense implements Pipe {
        private final byte[] content;
        private final LinkedBlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();

        Nonsense(byte[] content) {
            this.content = content;
        }

        @Override
        public void write(byte[] bytes) {
            byte[] answer = Arrays.copyOf(bytes, 8 + content.length);
            answer[0]++;
            answer[2] = 0;
            answer[3] = (byte) content.length;
            System.arraycopy(content, 0, answer, 8, content.length);
            answers.add(answer);
        }

        @Override
        public byte[] read(Duration atMost) throws IOException {
            try {
                byte[] bytes = answers.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
                return bytes == null ? new byte[0] : bytes;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }

        @Override
        public void close() {}
    }

    /**
     * One life: whatever a line, a device's reset, an absent server and a gateway that ends do to it, it ends updated, once.
     *
     * @param makes true for a device of another make
     */
    private void live(long seed, boolean makes) throws Exception {
        SplittableRandom chance = new SplittableRandom(seed);
        places.clear();
        foreign.clear();
        server.reports.clear();
        ScriptedDevice device = makes ? ofAnotherMake("z" + seed) : ours("d" + seed);
        device.faults(
                new ScriptedDevice.Faults(
                        chance.nextDouble() * 0.05,
                        chance.nextDouble() * 0.1,
                        chance.nextDouble() * 0.03,
                        chance.nextDouble() * 0.02,
                        makes ? 0 : chance.nextDouble() * 0.01),
                seed);
        boolean ended = false;
        for (int lives = 0; !ended; lives++) {
            if (lives == 4) {
                device.faults(ScriptedDevice.Faults.NONE, seed); // calm: it must come to its end now
            }
            server.away = lives < 4 && chance.nextInt(4) == 0;
            try (Gateway _ = gateway(ScriptedServer.TOKEN)) {
                long end = System.nanoTime()
                        + TimeUnit.MILLISECONDS.toNanos(lives < 4 ? 20 + chance.nextInt(400) : 60_000);
                while (!ended && System.nanoTime() < end) {
                    Thread.sleep(5);
                    ended = makes ? server.of(device.id).contains("confirmed") : device.acknowledged > 0;
                }
                assertThat(ended || lives < 4)
                        .as("seed %d: %s %s", seed, server.reports, status())
                        .isTrue();
            }
        }
        assertThat(device.runs(DIGEST)).as("seed %d", seed).isTrue();
        assertThat(device.installed).as("seed %d: %s", seed, server.reports).isEqualTo(1);
    }

    @Test
    void whateverHappensOnTheWayItEndsUpdatedOnce() throws Exception {
        long first = Long.getLong("updraft.seed", 1);
        int lives = Integer.getInteger("updraft.lives", 6);
        for (long seed = first; seed < first + lives; seed++) {
            live(seed, seed % 3 == 0);
        }
    }

    @Test
    void theServerComesBackAndSoDoesTheGateway() throws Exception {
        ScriptedDevice device = ours("d1");
        server.away = true;
        try (Gateway _ = gateway(ScriptedServer.TOKEN)) {
            await(() -> status().contains("the server answers 503"), server.reports);
        }
        server.away = false;
        try (Gateway _ = gateway(ScriptedServer.TOKEN)) {
            await(() -> device.acknowledged == 1, server.reports);
        }
        assertThat(device.installed).isEqualTo(1);
    }

    @Test
    void placesAreReadOrRefusedInWords() {
        assertThat(Place.of("serial:/dev/ttyUSB0@921600")).isEqualTo(new Place.Serial("/dev/ttyUSB0", 921_600, false));
        assertThat(Place.of("raw:COM3")).isEqualTo(new Place.Serial("COM3", 115_200, true));
        assertThat(Place.of("udp:10.0.0.5")).hasToString("udp:10.0.0.5:1337");
        assertThatThrownBy(() -> Place.of("/dev/ttyUSB0")).hasMessageContaining("is no place of a device");
        assertThatThrownBy(() -> Place.of("serial:/dev/x@fast")).hasMessageContaining("is no baud rate");
    }
}
