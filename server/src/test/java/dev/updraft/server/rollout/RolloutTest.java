package dev.updraft.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.SimulatedDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class RolloutTest {
    private final byte[] image = Images.image("stm32f407", 1, 1, 0, 100);
    private final String digest = Fixture.hex(Images.digest(image));
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

    private long release(byte[] file, String from) {
        String query = "?from=" + java.net.URLEncoder.encode(from, java.nio.charset.StandardCharsets.UTF_8);
        long id = fixture.upload("/api/v1/releases" + query, file)
                .json()
                .path("id")
                .asLong();
        assertThat(fixture.post("/api/v1/releases/" + id + "/publish?to=nobody", Map.of())
                        .status())
                .isEqualTo(200);
        return id;
    }

    private long rollout(long release, Map<String, Object> options) {
        Fixture.Answer answer = fixture.post("/api/v1/rollouts", Map.of("release", release, "options", options));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().path("id").asLong();
    }

    private JsonNode rollout(long id) {
        return fixture.get("/api/v1/rollouts/" + id).json();
    }

    private String state(long id) {
        return rollout(id).path("rollout").path("state").asString();
    }

    private List<SimulatedDevice> devices(int count) {
        List<SimulatedDevice> devices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SimulatedDevice device = fixture.device("d" + i);
            assertThat(device.checkIn().status()).isEqualTo(204);
            devices.add(device);
        }
        return devices;
    }

    private static Set<SimulatedDevice> offered(List<SimulatedDevice> devices) {
        Set<SimulatedDevice> offered = new HashSet<>();
        for (SimulatedDevice device : devices) {
            if (device.checkIn().status() == 200) {
                offered.add(device);
            }
        }
        return offered;
    }

    private void confirm(SimulatedDevice device) {
        device.boot(digest, "1.1.0");
        device.trial = false;
        device.report("confirmed", digest);
        device.checkIn();
    }

    @Test
    void publishingToNobodyOffersNothingUntilThereIsARollout() {
        long release = release(image, "");
        SimulatedDevice device = fixture.device("d1");
        assertThat(device.checkIn().status()).isEqualTo(204);
        rollout(release, Map.of());
        assertThat(device.checkIn().status()).isEqualTo(200);
    }

    @Test
    void aFilterPicksTheDevices() {
        SimulatedDevice beta = fixture.device("d1");
        SimulatedDevice other = fixture.device("d2");
        fixture.send(fixture.request("/api/v1/devices/d1", fixture.server().adminToken())
                .method("PATCH", java.net.http.HttpRequest.BodyPublishers.ofString("{\"tags\":[\"beta\"]}")));
        rollout(release(image, ""), Map.of("filter", "tag==beta"));
        assertThat(beta.checkIn().status()).isEqualTo(200);
        assertThat(other.checkIn().status()).isEqualTo(204);
        assertThat(fixture.get("/api/v1/devices?filter=tag==beta")
                        .json()
                        .path("total")
                        .asLong())
                .isEqualTo(1);
    }

    @Test
    void stagesGrowWithoutMovingAnybodyOutAndTheNextOneWaitsForSuccess() {
        List<SimulatedDevice> devices = devices(40);
        long id = rollout(
                release(image, ""),
                Map.of("stages", List.of(Map.of("percent", 25, "success", 1.0), Map.of("percent", 100))));
        Set<SimulatedDevice> first = offered(devices);
        assertThat(first.size()).isBetween(3, 20);
        assertThat(offered(devices)).isEqualTo(first);
        fixture.restart();
        assertThat(offered(devices)).isEqualTo(first);

        first.forEach(this::confirm);
        Await.until(() -> rollout(id).path("rollout").path("stage").asInt() == 1);
        assertThat(offered(devices)).hasSize(40 - first.size());
        devices.forEach(this::confirm);
        Await.until(() -> state(id).equals("finished"));
        assertThat(rollout(id).path("progress").path("confirmed").asLong()).isEqualTo(40);
    }

    @Test
    void aReleaseThatDevicesGoBackFromIsPausedByItself() {
        List<SimulatedDevice> devices = devices(10);
        long id = rollout(release(image, ""), Map.of());
        for (SimulatedDevice device : devices.subList(0, 2)) {
            assertThat(device.checkIn().status()).isEqualTo(200);
            device.report("trial", digest);
            device.report("rolled-back", digest);
        }
        assertThat(state(id)).isEqualTo("paused");
        assertThat(rollout(id).path("rollout").path("reason").asString()).contains("went back or refused");
        assertThat(offered(devices)).isEmpty();

        String which = "/api/v1/rollouts/" + id + "/devices";
        JsonNode back = fixture.get(which + "?state=rolled-back&limit=1").json();
        assertThat(back.path("total").asLong()).isEqualTo(2);
        assertThat(back.path("devices")).hasSize(1);
        assertThat(back.path("devices").path(0).path("device").asString()).isEqualTo(devices.getFirst().id);
        assertThat(fixture.get(which + "?state=trial").json().path("total").asLong())
                .isZero();
        assertThat(fixture.get(which + "?state=lost").text()).contains("'state' is one of");
    }

    @Test
    void pausedMeansNoOffersResumedMeansOffersAbortedMeansForGood() {
        SimulatedDevice device = fixture.device("d1");
        long id = rollout(release(image, ""), Map.of());
        fixture.post("/api/v1/rollouts/" + id + "/pause", Map.of());
        assertThat(device.checkIn().status()).isEqualTo(204);
        fixture.post("/api/v1/rollouts/" + id + "/resume", Map.of());
        assertThat(device.checkIn().status()).isEqualTo(200);
        fixture.post("/api/v1/rollouts/" + id + "/abort", Map.of());
        assertThat(device.checkIn().status()).isEqualTo(204);
        assertThat(fixture.post("/api/v1/rollouts/" + id + "/resume", Map.of()).status())
                .isEqualTo(409);
    }

    @Test
    void aDeviceFarBehindIsWalkedAlongTheShortestAllowedPath() {
        byte[] middle = Images.image("stm32f407", 2, 0, 0, 100);
        byte[] detour = Images.image("stm32f407", 1, 5, 0, 100);
        byte[] goal = Images.image("stm32f407", 3, 0, 0, 100);
        release(detour, "");
        release(middle, ">=1.0.0");
        rollout(release(goal, ">=2.0.0"), Map.of());
        SimulatedDevice device = fixture.device("d1");
        assertThat(device.checkIn().json().path("version").asString()).isEqualTo("2.0.0");
        device.boot(Fixture.hex(Images.digest(middle)), "2.0.0");
        device.trial = false;
        assertThat(device.checkIn().json().path("version").asString()).isEqualTo("3.0.0");
    }

    @Test
    void aDeviceThatWentBackIsOfferedTheImageAgainByRuleOnly() {
        SimulatedDevice device = fixture.device("d1");
        rollout(release(image, ""), Map.of("retries", 1, "retryAfterSeconds", 0, "acceptableFailures", 0.5));
        assertThat(device.checkIn().status()).isEqualTo(200);
        device.report("rolled-back", digest);
        assertThat(device.checkIn().status()).isEqualTo(200);
        device.report("rolled-back", digest);
        assertThat(device.checkIn().status()).isEqualTo(204);
    }

    @Test
    void anOperatorHasADeviceTryAgainWhatItGaveUpAndTheOfferSaysSo() {
        SimulatedDevice device = fixture.device("d1");
        rollout(release(image, ""), Map.of("acceptableFailures", 0.9));
        assertThat(fixture.post("/api/v1/devices/d1/retry", Map.of()).status()).isEqualTo(409);
        assertThat(device.checkIn().json().has("again")).isFalse();
        device.report("failed", digest);
        assertThat(fixture.post("/api/v1/devices/d1/retry", Map.of()).status()).isEqualTo(409);
        device.report("refused", digest);
        assertThat(device.checkIn().status()).isEqualTo(204);
        Fixture.Answer answer = fixture.post("/api/v1/devices/d1/retry", Map.of());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("attempts").asLong()).isEqualTo(2);
        assertThat(device.checkIn().json().path("again").asBoolean()).isTrue();
        device.report("downloading", digest);
        assertThat(device.checkIn().json().path("again").asBoolean()).isTrue();
        device.report("refused", digest);
        assertThat(device.checkIn().status()).isEqualTo(204);
    }

    @Test
    void theMoreImportantRolloutWinsAndOnlyOneThatSaysSoGoesBackInVersion() {
        SimulatedDevice device = fixture.device("d1");
        device.version = "1.2.0";
        rollout(release(image, ""), Map.of("priority", 1));
        assertThat(device.checkIn().status()).isEqualTo(204);
        rollout(release(Images.image("stm32f407", 1, 3, 0, 100), ""), Map.of());
        assertThat(device.checkIn().json().path("version").asString()).isEqualTo("1.3.0");
        long first = fixture.get("/api/v1/releases")
                .json()
                .path("releases")
                .path(0)
                .path("id")
                .asLong();
        rollout(first, Map.of("priority", 2, "downgrade", true));
        assertThat(device.checkIn().json().path("version").asString()).isEqualTo("1.1.0");
    }

    @Test
    void aRolloutThatNeedsApprovalWaitsForSomebodyElse() {
        SimulatedDevice device = fixture.device("d1");
        long id = rollout(release(image, ""), Map.of("approval", true));
        assertThat(state(id)).isEqualTo("waiting");
        assertThat(device.checkIn().status()).isEqualTo(204);
        assertThat(fixture.post("/api/v1/rollouts/" + id + "/approve", Map.of()).status())
                .isEqualTo(403);
    }

    @Test
    void aPreviewSaysWhoWouldGetItAndChangesNothing() {
        List<SimulatedDevice> devices = devices(5);
        long release = release(image, "");
        JsonNode preview = fixture.post("/api/v1/rollouts/preview", Map.of("release", release, "options", Map.of()))
                .json();
        assertThat(preview.path("devices").asLong()).isEqualTo(5);
        assertThat(preview.path("versions").path("1.0.0").asLong()).isEqualTo(5);
        assertThat(offered(devices)).isEmpty();
    }

    @Test
    void outsideTheMaintenanceWindowNothingIsOffered() {
        SimulatedDevice device = fixture.device("d1");
        java.time.LocalTime now = java.time.LocalTime.now(java.time.ZoneOffset.UTC);
        String later = now.plusHours(3).withNano(0).toString();
        String end = now.plusHours(4).withNano(0).toString();
        long id = rollout(release(image, ""), Map.of("window", Map.of("from", later, "to", end)));
        assertThat(device.checkIn().status()).isEqualTo(204);
        Map<String, Object> facts = device.facts();
        facts.put("attributes", Map.of("zone", "+03:30"));
        assertThat(device.checkIn(facts).status()).isEqualTo(200);
        assertThat(state(id)).isEqualTo("running");
    }

    @Test
    void nothingIsOfferedBeforeTheStart() {
        SimulatedDevice device = fixture.device("d1");
        long release = release(image, "");
        rollout(release, Map.of("startAt", System.currentTimeMillis() + 3_600_000));
        assertThat(device.checkIn().status()).isEqualTo(204);
        long soon = System.currentTimeMillis() + 1_000;
        rollout(release, Map.of("startAt", soon));
        Await.until(() -> device.checkIn().status() == 200);
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(soon);
    }

    @Test
    void theDeadlineEndsTheWaitForTheMaintenanceWindow() {
        SimulatedDevice device = fixture.device("d1");
        long release = release(image, "");
        java.time.LocalTime now = java.time.LocalTime.now(java.time.ZoneOffset.UTC);
        Map<String, Object> window = Map.of(
                "from", now.plusHours(3).withNano(0).toString(),
                "to", now.plusHours(4).withNano(0).toString());
        rollout(release, Map.of("window", window, "deadline", System.currentTimeMillis() + 3_600_000));
        assertThat(device.checkIn().status()).isEqualTo(204);
        long soon = System.currentTimeMillis() + 1_000;
        rollout(release, Map.of("window", window, "deadline", soon));
        Await.until(() -> device.checkIn().status() == 200);
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(soon);
    }

    @Test
    void aReleaseThatIsWithdrawnIsOfferedNeverAgain() {
        SimulatedDevice device = fixture.device("d1");
        long release = release(image, "");
        rollout(release, Map.of());
        assertThat(device.checkIn().status()).isEqualTo(200);
        fixture.post("/api/v1/releases/" + release + "/withdraw", Map.of());
        assertThat(device.checkIn().status()).isEqualTo(204);
        assertThat(fixture.post("/api/v1/releases/" + release + "/publish", Map.of())
                        .status())
                .isEqualTo(409);
        fixture.restart();
        assertThat(device.checkIn().status()).isEqualTo(204);
    }

    @Test
    void eachProcessorOfABoardGetsItsOwnImageOfOneRelease() {
        byte[] radio = Images.image("radio-mcu", 1, 1, 0, 100);
        fixture.upload("/api/v1/releases", radio);
        rollout(release(image, ""), Map.of());
        SimulatedDevice main = fixture.device("pump-7");
        SimulatedDevice second = fixture.device("pump-7.radio");
        second.board = "radio-mcu";
        assertThat(main.checkIn().json().path("digest").asString()).isEqualTo(digest);
        assertThat(second.checkIn().json().path("digest").asString()).isEqualTo(Fixture.hex(Images.digest(radio)));
    }

    @Test
    void anUpdateThatNeedsConsentWaitsForSomebodyAtTheDevice() {
        SimulatedDevice first = fixture.device("d1");
        SimulatedDevice second = fixture.device("d2");
        rollout(release(image, ""), Map.of("mode", Map.of("consent", true)));
        for (SimulatedDevice device : List.of(first, second)) {
            Fixture.Answer waits = device.checkIn();
            assertThat(waits.status()).isEqualTo(204);
            assertThat(waits.header("Awaits-Consent")).isEqualTo("1.1.0");
        }
        // One agrees at the device, the other in an application that speaks for it.
        assertThat(first.json("consent", Map.of()).status()).isEqualTo(204);
        assertThat(fixture.post("/api/v1/devices/d2/consent", Map.of()).status())
                .isEqualTo(204);
        assertThat(first.checkIn().status()).isEqualTo(200);
        assertThat(second.checkIn().status()).isEqualTo(200);
        assertThat(first.json("consent", Map.of()).status()).isEqualTo(409);
    }

    @Test
    void retriesWaitLongerEachTime() {
        SimulatedDevice device = fixture.device("d1");
        rollout(release(image, ""), Map.of("retries", 2, "retryAfterSeconds", 1, "acceptableFailures", 0.9));
        assertThat(device.checkIn().status()).isEqualTo(200);
        for (int seconds = 1; seconds <= 2; seconds++) {
            long back = System.currentTimeMillis();
            device.report("rolled-back", digest);
            Await.until(() -> device.checkIn().status() == 200);
            assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(back + seconds * 1_000L);
        }
        device.report("rolled-back", digest);
        assertThat(device.checkIn().status()).isEqualTo(204);
    }

    @Test
    void termsThatDoNotFitTogetherAreToldInOneSentence() {
        long release = release(image, "");
        for (Map<String, Object> options : List.<Map<String, Object>>of(
                Map.of("filter", "colour==red"),
                Map.of("stages", List.of(Map.of("percent", 50), Map.of("percent", 20))),
                Map.of("acceptableFailures", 1.5),
                Map.of("window", Map.of("from", "26:00", "to", "03:00")),
                Map.of("speed", 3))) {
            Fixture.Answer answer = fixture.post("/api/v1/rollouts", Map.of("release", release, "options", options));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().path("error").asString()).endsWith(".");
        }
    }
}
