package dev.updraft.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.SimulatedDevice;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks of docs/design/attacks.md that no other test makes. */
class AttacksTest {
    private static final String SECRET = "nobody may read this";

    private Fixture fixture;
    private SimulatedDevice device;

    @BeforeEach
    void start(@TempDir Path data) throws IOException {
        fixture = new Fixture(data);
        device = fixture.device("d1");
        Files.writeString(data.resolve("secret"), SECRET);
        Files.writeString(data.resolve("artifacts").resolve("secret"), SECRET);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /** Bytes that no HTTP client would send; returns the answer. */
    private String raw(String request) throws IOException {
        try (Socket socket = fixture.connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException reset) {
            return "";
        }
    }

    @Test
    void noPathInAnArtifactsNameLeavesTheDirectory() throws IOException {
        for (String name : List.of(
                "../secret",
                "..%2fsecret",
                "%2e%2e/secret",
                "..%2f..%2fsecret",
                "secret",
                "%00",
                "....//secret",
                "..%5csecret",
                "%252e%252e%252fsecret",
                "00/../../secret",
                "A".repeat(64),
                "0".repeat(63) + "g",
                "0".repeat(62) + "%2f")) {
            String answer = raw("GET /device/v1/artifacts/" + name
                    + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + device.token
                    + "\r\n\r\n");
            assertThat(answer).as(name).matches("(?s)HTTP/1.1 40[04] .*").doesNotContain(SECRET);
        }
    }

    @Test
    void noHeaderThatAProxyMightSetMakesADeviceOfAnybody() {
        for (String header : List.of(
                "X-Helidon-CN",
                "X-Forwarded-Client-Cert",
                "X-SSL-Client-CN",
                "X-Ssl-Issuer-Hash-1",
                "X-Client-Cert",
                "SSL_CLIENT_S_DN",
                "X-Forwarded-User",
                "X-Remote-User")) {
            HttpRequest.Builder request = fixture.request("/device/v1/d1/check-in", null)
                    .header(header, "d1")
                    .header("X-Forwarded-For", "127.0.0.1")
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(Fixture.JSON.writeValueAsBytes(device.facts())));
            assertThat(fixture.send(request).status()).as(header).isEqualTo(401);
        }
    }

    @Test
    void aForgedHostDoesNotChangeWhereADeviceFetchesFrom() {
        fixture.publish(Images.image("stm32f407", 1, 1, 0, 100));
        HttpRequest.Builder request = fixture.request("/device/v1/d1/check-in", device.token)
                .header("X-Forwarded-Host", "evil.example")
                .header("X-Forwarded-Proto", "http")
                .header("Forwarded", "host=evil.example;proto=http")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Fixture.JSON.writeValueAsBytes(device.facts())));
        String url = fixture.send(request).json().path("url").asString();
        assertThat(url).startsWith("/device/v1/artifacts/");
    }

    @Test
    void tokensCannotBeGuessedAndGuessingIsCheapToRefuse() {
        Set<String> tokens = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            String token = fixture.device("g" + i).token;
            // 192 random bits.
            assertThat(token).matches("[A-Za-z0-9_-]{32}");
            tokens.add(token);
        }
        assertThat(tokens).hasSize(50);
        for (int i = 0; i < 32; i++) {
            char other = device.token.charAt(i) == 'A' ? 'B' : 'A';
            String near = device.token.substring(0, i) + other + device.token.substring(i + 1);
            assertThat(new SimulatedDevice(fixture, "d1", near).checkIn().status())
                    .isEqualTo(401);
        }
        assertThat(device.checkIn().status()).isEqualTo(204);
    }

    @Test
    void noTokenIsStoredAsItIs(@TempDir Path data) throws IOException {
        try (Fixture own = new Fixture(data)) {
            String token = own.device("d1").token;
            own.server().close();
            try (var files = Files.list(data)) {
                for (Path file : files.filter(f -> f.getFileName().toString().startsWith("updraft.db"))
                        .toList()) {
                    assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                            .doesNotContain(token);
                }
            }
        }
    }

    @Test
    void aRequestOfTwoLengthsIsNotSmuggled() throws IOException {
        String hidden = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
        String both = raw("POST /device/v1/d1/check-in HTTP/1.1\r\nHost: x\r\nContent-Length: " + hidden.length()
                + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden);
        assertThat(both).startsWith("HTTP/1.1 400 ").doesNotContain("\"up\"");
        String twice = raw("POST /device/v1/d1/check-in HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: "
                + hidden.length() + "\r\n\r\n" + hidden);
        assertThat(twice).doesNotContain("\"up\"");
        String hosts = raw("GET /health/live HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n");
        assertThat(hosts).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void headersAndPathsWithoutEndAreCutOff() throws IOException {
        assertThat(raw("GET /health/live HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(1 << 20) + "\r\n\r\n"))
                .doesNotContain(" 200 ");
        assertThat(raw("GET /health/live HTTP/1.1\r\nHost: x\r\n" + "X-Many: y\r\n".repeat(100_000) + "\r\n"))
                .doesNotContain(" 200 ");
        assertThat(raw("GET /health/live?" + "a".repeat(1 << 20) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .doesNotContain(" 200 ");
        assertThat(device.checkIn().status()).isEqualTo(204);
    }

    private int cbor(int... bytes) {
        byte[] body = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            body[i] = (byte) bytes[i];
        }
        return device.cbor("check-in", body).status();
    }

    @Test
    void nestedAndBoastingBodiesAreRefused() {
        byte[] nested = new byte[30_000];
        Arrays.fill(nested, (byte) 0x81); // an array of one array of one array …
        assertThat(device.cbor("check-in", nested).status()).isEqualTo(400);
        Arrays.fill(nested, (byte) 0xa1);
        assertThat(device.cbor("check-in", nested).status()).isEqualTo(400);
        // A map of 2^63 entries, a text and a byte string of as many bytes, none of which come.
        assertThat(cbor(0xbb, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1))
                .isEqualTo(400);
        assertThat(cbor(0xa1, 2, 0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1))
                .isEqualTo(400);
        assertThat(cbor(0xa1, 1, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1))
                .isEqualTo(400);
        assertThat(cbor(0xa1, 1, 0x5a, 0x7f, 0xff, 0xff, 0xff, 1)).isEqualTo(400);
        HttpRequest.Builder deep = fixture.request("/api/v1/devices", fixture.admin())
                .POST(HttpRequest.BodyPublishers.ofString("[".repeat(500_000)));
        assertThat(fixture.send(deep).status()).isEqualTo(400);
    }

    @Test
    void aPackedBodyIsNotUnpacked() {
        HttpRequest.Builder packed = fixture.request("/api/v1/devices", fixture.admin())
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0}));
        assertThat(fixture.send(packed).status()).isBetween(400, 415);
    }

    @Test
    void aWithdrawnReleaseIsNotAWayBackToAnOlderOne() {
        fixture.publish(Images.image("stm32f407", 1, 1, 0, 100));
        byte[] newer = Images.image("stm32f407", 1, 2, 0, 100);
        long withdrawn = fixture.publish(newer);
        device.boot(Fixture.hex(Images.digest(newer)), "1.2.0");
        device.trial = false;
        assertThat(device.checkIn().status()).isEqualTo(204);
        fixture.post("/api/v1/releases/" + withdrawn + "/withdraw", Map.of());
        // 1.1.0 is still out, and it is older than what the device runs.
        assertThat(device.checkIn().status()).isEqualTo(204);
        assertThat(fixture.post("/api/v1/releases/" + withdrawn + "/publish", Map.of())
                        .status())
                .isEqualTo(409);
    }

    @Test
    void aRecordedReportThatIsPlayedAgainChangesNothing() {
        byte[] image = Images.image("stm32f407", 1, 1, 0, 100);
        String digest = Fixture.hex(Images.digest(image));
        fixture.publish(image);
        device.checkIn();
        Map<String, Object> confirmed = Map.of("seq", 2, "event", "confirmed", "digest", digest);
        Map<String, Object> refused = Map.of("seq", 1, "event", "refused", "digest", digest);
        assertThat(device.json("reports", refused).status()).isEqualTo(204);
        assertThat(device.json("reports", confirmed).status()).isEqualTo(204);
        assertThat(device.json("reports", refused).status()).isEqualTo(204);
        assertThat(fixture.get("/api/v1/devices/d1").json().path("history")).hasSize(2);
        assertThat(fixture.get("/api/v1/rollouts/1")
                        .json()
                        .path("progress")
                        .path("failures")
                        .asInt())
                .isZero();
    }
}
