package dev.updraft.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Endpoint;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.SimulatedDevice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Server-sent events, and webhooks to a real receiver. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class EventsTest {
    private Fixture fixture;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = fixture(data);
    }

    Fixture fixture(Path data) {
        return new Fixture(data);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private BufferedReader listen(String lastEventId) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = Endpoint.HTTP.send(
                fixture.request("/api/v1/events", fixture.admin())
                        .header("Last-Event-ID", lastEventId)
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    private record Heard(String id, String type, JsonNode data) {}

    private static Heard next(BufferedReader stream) throws IOException {
        String id = "";
        String type = "";
        for (String line = stream.readLine(); line != null; line = stream.readLine()) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("event: ")) {
                type = line.substring(7);
            } else if (line.startsWith("data: ")) {
                return new Heard(id, type, Fixture.JSON.readTree(line.substring(6)));
            }
        }
        throw new IOException("the stream ended");
    }

    @Test
    void eventsArriveInOrderAndResumeBehindTheLastOne() throws Exception {
        byte[] image = Images.image("stm32f407", 1, 1, 0, 100);
        Heard registered;
        try (BufferedReader stream = listen("0-0")) {
            SimulatedDevice device = fixture.device("d1");
            registered = next(stream);
            assertThat(registered.type()).isEqualTo("device.registered");
            assertThat(registered.data().path("device").asString()).isEqualTo("d1");
            fixture.publish(image);
            assertThat(device.checkIn().status()).isEqualTo(200);
            device.report("rolled-back", Fixture.hex(Images.digest(image)));
            assertThat(next(stream).type()).isEqualTo("release.published");
            assertThat(next(stream).type()).isEqualTo("rollout.created");
            Heard back = next(stream);
            assertThat(back.type()).isEqualTo("update.rolled-back");
            assertThat(back.data().path("device").asString()).isEqualTo("d1");
        }
        fixture.restart();
        try (BufferedReader again = listen(registered.id())) {
            assertThat(next(again).type()).isEqualTo("release.published");
        }
        assertThat(fixture.get("/api/v1/events?after=yesterday").status()).isEqualTo(400);
    }

    @SuppressWarnings("ArrayRecordComponent") // bytes of a test, never compared
    private record Delivery(String signature, byte[] body) {}

    @Test
    void webhooksAreSignedComeInOrderAndAgainUntilTheyAreTaken() throws Exception {
        BlockingQueue<Delivery> taken = new LinkedBlockingQueue<>();
        AtomicInteger refusals = new AtomicInteger(2);
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/hook", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            boolean refuse = refusals.getAndDecrement() > 0;
            if (!refuse) {
                taken.add(new Delivery(exchange.getRequestHeaders().getFirst("Updraft-Signature"), body));
            }
            exchange.sendResponseHeaders(refuse ? 500 : 204, -1);
            exchange.close();
        });
        receiver.start();
        try {
            JsonNode made = fixture.post(
                            "/api/v1/webhooks",
                            Map.of(
                                    "name",
                                    "ops",
                                    "url",
                                    "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook",
                                    "types",
                                    List.of("device.registered")))
                    .json();
            String secret = made.path("secret").asString();
            for (int i = 0; i < 3; i++) {
                fixture.device("d" + i);
            }
            fixture.post("/api/v1/releases/1/publish", Map.of());
            // Restarted while the receiver refuses: the queue is in the database.
            fixture.restart();
            List<String> devices = new ArrayList<>();
            while (devices.size() < 3) {
                Delivery delivery = taken.take();
                verify(secret, delivery);
                for (JsonNode event : Fixture.JSON.readTree(delivery.body()).path("events")) {
                    assertThat(event.path("type").asString()).isEqualTo("device.registered");
                    devices.add(event.path("data").path("device").asString());
                }
            }
            assertThat(devices).containsExactly("d0", "d1", "d2");
            JsonNode listed = listed();
            assertThat(listed.has("secret")).isFalse();
            Await.until(() -> listed().path("failures").asInt() == 0);
        } finally {
            receiver.stop(0);
        }
    }

    private JsonNode listed() {
        return fixture.get("/api/v1/webhooks").json().path("webhooks").path(0);
    }

    private static void verify(String secret, Delivery delivery) throws Exception {
        String[] parts = delivery.signature().split(",");
        String time = parts[0].substring(2);
        assertThat(Math.abs(System.currentTimeMillis() / 1_000 - Long.parseLong(time)))
                .isLessThan(600);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
        assertThat(parts[1].substring(3)).isEqualTo(HexFormat.of().formatHex(mac.doFinal(delivery.body())));
    }

    @Test
    void aWebhookThatMakesNoSenseIsToldInOneSentence() {
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("name", "x", "url", "ftp://x"),
                Map.of("name", "x", "url", "no url"),
                Map.of("name", "", "url", "http://x"),
                Map.of("name", "x", "url", "http://x", "types", List.of("weather")))) {
            Fixture.Answer answer = fixture.post("/api/v1/webhooks", wrong);
            assertThat(answer.status()).as(wrong.toString()).isEqualTo(400);
            assertThat(answer.json().path("error").asString()).endsWith(".");
        }
    }
}
