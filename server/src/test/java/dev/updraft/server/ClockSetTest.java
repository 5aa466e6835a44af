package dev.updraft.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.updraft.image.Sha256;
import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Endpoint;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.ServerProcess;
import dev.updraft.server.testing.SimulatedDevice;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Somebody sets the clock of a running server, a year forward and then an hour back. What goes by the time of day goes by the new one; nothing
 * is lost, or stopped until the year is over. Debian's libfaketime lies to the server about the time, and not about how much has passed; Java
 * starts slowly under it, and so {@code bench/server/faults} runs this.
 */
class ClockSetTest {
    private static final Path LIBRARIES = Path.of("/usr/lib");

    private final byte[] image = Images.image("stm32f407", 1, 1, 0, 100);
    private final String digest = Fixture.hex(Images.digest(image));

    /** More than what the sockets take. */
    private final byte[] large = Images.image("stm32h743", 1, 3, 0, 8 << 20);

    private final String artifact = "/device/v1/artifacts/" + Fixture.hex(Sha256.of(large));
    private final AtomicBoolean refuses = new AtomicBoolean();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();
    private Path clock;
    private HttpServer receiver;
    private ServerProcess process;
    private Endpoint server;

    /**
     * Asks once more when its connection was closed, as devices do: Helidon measures by the time of day how long one has been idle, so that
     * those between two requests are closed when the clock is set forward.
     */
    private record Persistent(Endpoint server) implements Endpoint {
        @Override
        public HttpRequest.Builder request(String path, @Nullable String bearer) {
            return server.request(path, bearer);
        }

        @Override
        public String admin() {
            return server.admin();
        }

        @Override
        public Fixture.Answer send(HttpRequest.Builder request) {
            try {
                return server.send(request);
            } catch (UncheckedIOException closed) {
                return server.send(request);
            }
        }
    }

    @BeforeEach
    void start(@TempDir Path data, @TempDir Path folder) throws IOException {
        Assumptions.assumeTrue(Boolean.getBoolean("updraft.clock"), "bench/server/faults runs it");
        Path library = libfaketime();
        Assumptions.assumeTrue(library != null, "not installed: apt-get install libfaketime");
        clock = folder.resolve("clock");
        set("+0");
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            (refuses.get() ? refused : taken).incrementAndGet();
            exchange.sendResponseHeaders(refuses.get() ? 500 : 204, -1);
            exchange.close();
        });
        receiver.start();
        process = new ServerProcess(
                data,
                null,
                Map.of(
                        "LD_PRELOAD",
                        String.valueOf(library),
                        "FAKETIME_TIMESTAMP_FILE",
                        clock.toString(),
                        "FAKETIME_CACHE_DURATION",
                        "1",
                        "FAKETIME_DONT_FAKE_MONOTONIC",
                        "1"));
        server = new Persistent(process);
    }

    private static @Nullable Path libfaketime() throws IOException {
        if (!Files.isDirectory(LIBRARIES)) {
            return null;
        }
        try (Stream<Path> architectures = Files.list(LIBRARIES)) {
            return architectures
                    .map(folder -> folder.resolve("faketime/libfaketimeMT.so.1"))
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .orElse(null);
        }
    }

    @AfterEach
    void stop() {
        if (process != null) {
            process.close();
            receiver.stop(0);
        }
    }

    /** @param offset from the real time, as {@code +365d}; what does not replace the file whole is read half written */
    private void set(String offset) throws IOException {
        Path next = Files.writeString(clock.resolveSibling("next"), offset + "\n");
        Files.move(next, clock, StandardCopyOption.ATOMIC_MOVE);
    }

    private long rollout(byte[] file, Map<String, Object> options) {
        Fixture.Answer uploaded = server.upload("/api/v1/releases", file);
        assertThat(uploaded.status()).as(uploaded.text()).isEqualTo(201);
        long release = uploaded.json().path("id").asLong();
        assertThat(server.post("/api/v1/releases/" + release + "/publish?to=nobody", Map.of())
                        .status())
                .isEqualTo(200);
        Fixture.Answer made = server.post("/api/v1/rollouts", Map.of("release", release, "options", options));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json().path("id").asLong();
    }

    private int with(String token) {
        return server.send(server.request("/api/v1/devices", token)).status();
    }

    /** One that has reported in the future is told to wait for a second once. */
    private static void reports(SimulatedDevice device, String event, String about) {
        Await.until("a report is taken", () -> {
            Fixture.Answer answer = device.report(event, about);
            assertThat(answer.status()).isIn(204, 429);
            assertThat(answer.header("Retry-After")).isIn(null, "1");
            return answer.status() == 204;
        });
    }

    private void isServed(SimulatedDevice device) {
        assertThat(device.checkIn().status()).isEqualTo(204);
        reports(device, "failed", "11".repeat(32));
        Fixture.Answer part = server.send(server.request(artifact, device.token).header("Range", "bytes=4096-8191"));
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(large, 4096, 8192));
        assertThat(server.send(server.request("/health/ready", null)).status()).isEqualTo(200);
    }

    private Instant lastSeen(String id) {
        return Instant.ofEpochMilli(
                server.get("/api/v1/devices/" + id).json().path("lastSeen").asLong());
    }

    @Test
    void aYearForwardAndAnHourBackLoseAndStopNothing() throws Exception {
        LocalTime now = LocalTime.now(ZoneOffset.UTC);
        Map<String, Object> window = Map.of(
                "from", now.plusHours(3).withNano(0).toString(),
                "to", now.plusHours(4).withNano(0).toString());
        rollout(Images.image("stm32l476", 1, 2, 0, 100), Map.of("window", window));
        long id = rollout(image, Map.of("retries", 1, "retryAfterSeconds", 600, "acceptableFailures", 0.9));
        assertThat(server.upload("/api/v1/releases", large).status()).isEqualTo(201);
        SimulatedDevice idle = server.device("idle");
        idle.board = "none";
        SimulatedDevice updated = server.device("updated");
        SimulatedDevice back = server.device("back");
        SimulatedDevice windowed = server.device("windowed");
        windowed.board = "stm32l476";
        String forAnHour = server.post(
                        "/api/v1/tokens",
                        Map.of(
                                "name",
                                "hour",
                                "role",
                                "viewer",
                                "expires",
                                Instant.now().plus(1, ChronoUnit.HOURS).toEpochMilli()))
                .json()
                .path("token")
                .asString();
        isServed(idle);
        assertThat(updated.checkIn().status()).isEqualTo(200);
        assertThat(back.checkIn().status()).isEqualTo(200);
        assertThat(windowed.checkIn().status()).isEqualTo(204);
        assertThat(with(forAnHour)).isEqualTo(200);
        refuses.set(true);
        assertThat(server.post(
                                "/api/v1/webhooks",
                                Map.of(
                                        "name",
                                        "ops",
                                        "url",
                                        "http://127.0.0.1:"
                                                + receiver.getAddress().getPort() + "/",
                                        "types",
                                        List.of("device.registered")))
                        .status())
                .isEqualTo(201);

        try (InputStream begun = Endpoint.HTTP
                .send(server.request(artifact, updated.token).build(), HttpResponse.BodyHandlers.ofInputStream())
                .body()) {
            assertThat(begun.readNBytes(1_000)).isEqualTo(Arrays.copyOf(large, 1_000));
            set("+365d");
            Await.until("the token has expired", () -> with(forAnHour) == 401);
            isServed(idle);
            assertThat(begun.readAllBytes()).isEqualTo(Arrays.copyOfRange(large, 1_000, large.length));
        }
        assertThat(updated.checkIn().status()).isEqualTo(200);
        assertThat(back.report("rolled-back", digest).status()).isEqualTo(204);
        assertThat(back.checkIn().status()).isEqualTo(204);
        server.device("registered-then");
        Await.until("the webhook fails", () -> refused.get() > 1);
        assertThat(windowed.checkIn().status()).isEqualTo(204);
        // Into the maintenance window: 365 days and three and a half hours.
        set("+31548600");
        Await.until("the maintenance window is open", () -> windowed.checkIn().status() == 200);

        set("-3600");
        Await.until("the token holds again", () -> with(forAnHour) == 200);
        isServed(idle);
        Await.until("the maintenance window is shut", () -> windowed.checkIn().status() == 204);
        Await.until(
                "the failure that lies in the future holds nothing up",
                () -> back.checkIn().status() == 200);
        refuses.set(false);
        Await.until("the webhook is served", () -> taken.get() > 0);
        Await.until(
                "it was last seen now",
                () -> idle.checkIn().status() == 204 && lastSeen("idle").isBefore(Instant.now()));
        for (SimulatedDevice device : List.of(updated, back)) {
            device.boot(digest, "1.1.0");
            device.trial = false;
            reports(device, "confirmed", digest);
            assertThat(device.checkIn().status()).isEqualTo(204);
        }
        Await.until("the rollout goes on to its end", () -> {
            JsonNode rollout = server.get("/api/v1/rollouts/" + id).json().path("rollout");
            return rollout.path("state").asString().equals("finished");
        });
    }
}
