package dev.updraft.server.patch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.delta.Firmware;
import dev.updraft.delta.Patch;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.SimulatedDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class PatchesTest {
    private static final long TEN_SECONDS = 10_000_000_000L;

    private Fixture fixture;
    private byte[] old;
    private byte[] target;
    private int devices;

    @BeforeEach
    void twoReleases(@TempDir Path data) {
        fixture = new Fixture(data);
        byte[] payload = new byte[20_000];
        new Random(3).nextBytes(payload);
        old = Images.image("stm32f407", 1, 0, 0, payload);
        payload[9_000]++;
        target = Images.image("stm32f407", 1, 1, 0, payload);
        fixture.publish(old);
        fixture.publish(target);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void theFirstDeviceHasThePatchMadeAndThoseAfterItGetIt() throws Exception {
        SimulatedDevice first = device();
        assertThat(checkIn(first, "delta", "delta-8").path("kind").asString()).isEqualTo("image");

        SimulatedDevice next = device();
        JsonNode offer = patchFor(next, "delta", "delta-8");
        assertThat(offer.path("digest").asString()).isEqualTo(Fixture.hex(Images.digest(target)));
        assertThat(offer.path("version").asString()).isEqualTo("1.1.0");
        assertThat(offer.path("size").asInt()).isLessThan(400);
        byte[] patch = fixture.send(fixture.request(offer.path("url").asString(), next.token)
                        .GET())
                .body();
        assertThat(patch).hasSize(offer.path("size").asInt());
        assertThat(Patch.apply(Firmware.of(old), patch)).isEqualTo(target);

        // What was begun whole stays whole.
        assertThat(checkIn(first, "delta", "delta-8").path("kind").asString()).isEqualTo("image");
    }

    @Test
    void whoCannotTakeItOrRunsSomethingElseGetsTheImage() {
        patchFor(device(), "delta");

        assertThat(checkIn(device(), "heatshrink").path("kind").asString()).isEqualTo("image");
        SimulatedDevice stranger = fixture.device("stranger");
        assertThat(checkIn(stranger, "delta").path("kind").asString()).isEqualTo("image");
        SimulatedDevice failed = device();
        assertThat(checkIn(failed, "delta").path("kind").asString()).isEqualTo("delta");
        assertThat(checkIn(failed).path("kind").asString()).isEqualTo("image");
    }

    @Test
    void aPatchOutlivesTheProcessAndGoesWithItsRelease() {
        SimulatedDevice device = device();
        String url = patchFor(device, "delta").path("url").asString();
        fixture.restart();

        assertThat(fixture.send(fixture.request(url, device.token).GET()).status())
                .isEqualTo(200);
        assertThat(patchFor(device(), "delta").path("url").asString()).isEqualTo(url);
        assertThat(fixture.send(fixture.request("/device/v1/artifacts/" + "ab".repeat(32), device.token)
                                .GET())
                        .status())
                .isEqualTo(404);
    }

    private SimulatedDevice device() {
        SimulatedDevice device = fixture.device("d" + devices++);
        device.boot(Fixture.hex(Images.digest(old)), "1.0.0");
        device.trial = false;
        return device;
    }

    private JsonNode checkIn(SimulatedDevice device, String... capabilities) {
        Map<String, Object> facts = device.facts();
        facts.put("capabilities", List.of(capabilities));
        return device.checkIn(facts).json();
    }

    /** What {@code device} is offered once the patch is made, which other devices ask for until then. */
    private JsonNode patchFor(SimulatedDevice device, String... capabilities) {
        long until = System.nanoTime() + TEN_SECONDS;
        while (!checkIn(device(), capabilities).path("kind").asString().equals("delta")) {
            assertThat(System.nanoTime()).as("no patch was made").isLessThan(until);
        }
        return checkIn(device, capabilities);
    }
}
