package dev.updraft.server.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.image.Sha256;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.SimulatedDevice;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class DeviceProtocolTest {
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

    @Test
    void aDeviceWithNothingToDoGetsNoBodyAndTheTimeToComeAgain() {
        Fixture.Answer answer = fixture.device("d1").checkIn();
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.header("Content-Length")).isEqualTo("0");
        assertThat(Integer.parseInt(String.valueOf(answer.header("Next-Check-In"))))
                .isBetween(54, 66);
    }

    @Test
    void aPublishedReleaseIsOfferedDownloadedAndConfirmed() {
        byte[] image = Images.image("stm32f407", 1, 1, 0, 10_000);
        String digest = Fixture.hex(Images.digest(image));
        fixture.publish(image);
        SimulatedDevice device = fixture.device("d1");

        JsonNode offer = device.checkIn().json();
        assertThat(offer.path("digest").asString()).isEqualTo(digest);
        assertThat(offer.path("version").asString()).isEqualTo("1.1.0");
        assertThat(offer.path("size").asLong()).isEqualTo(image.length);
        assertThat(offer.path("sha256").asString()).isEqualTo(Fixture.hex(Sha256.of(image)));
        assertThat(offer.path("kind").asString()).isEqualTo("image");

        Fixture.Answer bytes = fixture.send(
                fixture.request(offer.path("url").asString(), device.token).GET());
        assertThat(bytes.body()).isEqualTo(image);

        for (String event : new String[] {"downloading", "downloaded", "installing"}) {
            assertThat(device.report(event, digest).status()).isEqualTo(204);
        }
        device.boot(digest, "1.1.0");
        assertThat(device.checkIn().status()).isEqualTo(204);
        device.trial = false;
        assertThat(device.report("confirmed", digest).status()).isEqualTo(204);
        assertThat(device.checkIn().status()).isEqualTo(204);

        JsonNode seen = fixture.get("/api/v1/devices/d1").json();
        assertThat(seen.path("version").asString()).isEqualTo("1.1.0");
        assertThat(seen.path("history").findValuesAsString("event"))
                .containsExactly("confirmed", "installing", "downloaded", "downloading");
    }

    @Test
    void aDeviceThatSaysSomethingElseOfItselfEachTimeIsToldToWaitAndOneThatDoesNotIsNot() {
        SimulatedDevice restless = fixture.device("restless");
        SimulatedDevice steady = fixture.device("steady");
        int taken = 0;
        Fixture.Answer answer = restless.checkIn();
        while (answer.status() == 204 && taken < 1_000) {
            taken++;
            restless.boot("%064x".formatted(taken), "1.0.0");
            answer = restless.checkIn();
            assertThat(steady.checkIn().status()).isEqualTo(204);
        }

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After")).isNotNull();
        assertThat(taken).isBetween(119, 200); // more than 120 where the machine is slow
    }

    @Test
    void onlyAHigherVersionForTheDevicesOwnBoardIsOffered() {
        fixture.publish(Images.image("stm32f407", 0, 9, 0, 100));
        fixture.publish(Images.image("stm32l476", 2, 0, 0, 100));
        SimulatedDevice device = fixture.device("d1");
        assertThat(device.checkIn().status()).isEqualTo(204);
        fixture.publish(Images.image("stm32f407", 1, 0, 1, 100));
        fixture.publish(Images.image("stm32f407", 1, 2, 0, 100));
        assertThat(device.checkIn().json().path("version").asString()).isEqualTo("1.2.0");
    }

    @Test
    void anImageThatTheDeviceTurnedDownIsNotOfferedToItAgain() {
        byte[] image = Images.image("stm32f407", 1, 1, 0, 100);
        fixture.publish(image);
        SimulatedDevice refuses = fixture.device("d1");
        SimulatedDevice other = fixture.device("d2");
        assertThat(refuses.checkIn().status()).isEqualTo(200);
        refuses.report("refused", Fixture.hex(Images.digest(image)));
        assertThat(refuses.checkIn().status()).isEqualTo(204);
        assertThat(other.checkIn().status()).isEqualTo(200);
        fixture.restart();
        assertThat(refuses.checkIn().status()).isEqualTo(204);
        fixture.publish(Images.image("stm32f407", 1, 1, 1, 100));
        assertThat(refuses.checkIn().json().path("version").asString()).isEqualTo("1.1.1");
    }

    @Test
    void aDeviceOnTrialThatRunsItsOldImageAgainHasGoneBackEvenIfItsReportGotLost() {
        byte[] image = Images.image("stm32f407", 1, 1, 0, 100);
        fixture.publish(image);
        SimulatedDevice device = fixture.device("d1");
        String old = device.digest;
        device.checkIn();
        device.boot(Fixture.hex(Images.digest(image)), "1.1.0");
        device.checkIn();
        device.boot(old, "1.0.0");
        device.trial = false;
        assertThat(device.checkIn().status()).isEqualTo(204);
        assertThat(device.checkIn().status()).isEqualTo(204);
    }

    @Test
    void aWithdrawnReleaseIsNotOfferedAnyMore() {
        long release = fixture.publish(Images.image("stm32f407", 1, 1, 0, 100));
        SimulatedDevice device = fixture.device("d1");
        assertThat(device.checkIn().status()).isEqualTo(200);
        fixture.post("/api/v1/releases/" + release + "/withdraw", Map.of());
        assertThat(device.checkIn().status()).isEqualTo(204);
    }

    @Test
    void anImageThatNeedsMoreRoomThanStagingHasIsNotOffered() {
        fixture.publish(Images.image("stm32f407", 1, 1, 0, 5_000));
        SimulatedDevice device = fixture.device("d1");
        Map<String, Object> facts = device.facts();
        facts.put("staging_size", 4_000);
        assertThat(device.checkIn(facts).status()).isEqualTo(204);
    }

    @Test
    void cborIsAnsweredWithCborOfDefiniteLengths() {
        byte[] image = Images.image("stm32f407", 1, 1, 0, 100);
        fixture.publish(image);
        SimulatedDevice device = fixture.device("d1");
        // {1: h'00…', 2: "1.0.0", 3: "stm32f407", 4: 65536, 5: 1}
        byte[] checkIn = HexFormat.of()
                .parseHex("a5" + "015820" + "00".repeat(32) + "0265" + "312e302e30" + "0369" + "73746d333266343037"
                        + "041a00010000" + "0501");
        Fixture.Answer answer = device.cbor("check-in", checkIn);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/cbor");
        String url = "/device/v1/artifacts/" + Fixture.hex(Sha256.of(image));
        assertThat(Fixture.hex(answer.body()))
                .isEqualTo("a6" + "015820" + Fixture.hex(Images.digest(image)) + "0265" + "312e312e30" + "037855"
                        + HexFormat.of().formatHex(url.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        + "0419" + String.format("%04x", image.length) + "055820"
                        + Fixture.hex(Sha256.of(image)) + "0600");
    }

    @Test
    void aReportWithTheSameNumberIsRecordedOnce() {
        SimulatedDevice device = fixture.device("d1");
        Map<String, Object> report = Map.of("seq", 7, "event", "downloaded", "digest", "11".repeat(32));
        assertThat(device.json("reports", report).status()).isEqualTo(204);
        assertThat(device.json("reports", report).status()).isEqualTo(204);
        assertThat(fixture.get("/api/v1/devices/d1").json().path("history")).hasSize(1);
    }

    @Test
    void reportsAndFactsSurviveARestart() {
        SimulatedDevice device = fixture.device("d1");
        device.checkIn();
        device.report("downloading", "11".repeat(32));
        fixture.restart();
        JsonNode seen = fixture.get("/api/v1/devices/d1").json();
        assertThat(seen.path("version").asString()).isEqualTo("1.0.0");
        assertThat(seen.path("history").findValuesAsString("event")).containsExactly("downloading");
        assertThat(seen.path("lastSeen").asLong()).isPositive();
    }

    @Test
    void artifactsAreServedByRange() {
        byte[] image = Images.image("stm32f407", 1, 1, 0, 200_000);
        fixture.publish(image);
        SimulatedDevice device = fixture.device("d1");
        String sha256 = Fixture.hex(Sha256.of(image));
        String url = "/device/v1/artifacts/" + sha256;

        Fixture.Answer part = fixture.send(fixture.request(url, device.token).header("Range", "bytes=100-4195"));
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.header("Content-Range")).isEqualTo("bytes 100-4195/" + image.length);
        assertThat(part.header("ETag")).isEqualTo('"' + sha256 + '"');
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(image, 100, 4196));

        Fixture.Answer end = fixture.send(fixture.request(url, device.token).header("Range", "bytes=-10"));
        assertThat(end.body()).isEqualTo(Arrays.copyOfRange(image, image.length - 10, image.length));

        Fixture.Answer past =
                fixture.send(fixture.request(url, device.token).header("Range", "bytes=" + image.length + "-"));
        assertThat(past.status()).isEqualTo(416);
        assertThat(past.header("Content-Range")).isEqualTo("bytes */" + image.length);

        Fixture.Answer stale = fixture.send(fixture.request(url, device.token)
                .header("Range", "bytes=0-9")
                .header("If-Range", "\"something else\""));
        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.body()).isEqualTo(image);

        Fixture.Answer head =
                fixture.send(fixture.request(url, device.token).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(image.length));
        assertThat(head.body()).isEmpty();

        Fixture.Answer known =
                fixture.send(fixture.request(url, device.token).header("If-None-Match", '"' + sha256 + '"'));
        assertThat(known.status()).isEqualTo(304);
    }

    @Test
    void aWrongTokenOpensNothing() {
        SimulatedDevice one = fixture.device("d1");
        fixture.device("d2");
        SimulatedDevice thief = new SimulatedDevice(fixture, "d2", one.token);
        assertThat(thief.checkIn().status()).isEqualTo(401);
        assertThat(thief.report("confirmed", "11".repeat(32)).status()).isEqualTo(401);
        assertThat(new SimulatedDevice(fixture, "d1", "nonsense").checkIn().status())
                .isEqualTo(401);
        assertThat(fixture.send(fixture.request("/api/v1/devices", one.token)).status())
                .isEqualTo(401);
        assertThat(fixture.send(fixture.request("/api/v1/devices", null)).status())
                .isEqualTo(401);
        assertThat(fixture.send(fixture.request("/device/v1/artifacts/" + "00".repeat(32), null))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void whatIsMalformedIsToldInOneSentence() {
        SimulatedDevice device = fixture.device("d1");
        assertThat(device.json("check-in", Map.of("digest", "00")).text())
                .isEqualTo("'digest' must have 32 bytes in hex.");
        assertThat(device.cbor("check-in", new byte[] {(byte) 0xbf, 1}).status())
                .isEqualTo(400);
        assertThat(device.cbor("check-in", new byte[0]).status()).isEqualTo(400);
        assertThat(device.cbor("check-in", new byte[40_000]).status()).isEqualTo(413);
        Fixture.Answer text = fixture.send(fixture.request("/device/v1/d1/check-in", device.token)
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("hello")));
        assertThat(text.status()).isEqualTo(415);
    }
}
