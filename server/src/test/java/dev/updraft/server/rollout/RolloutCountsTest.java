package dev.updraft.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.SimulatedDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Whom a rollout counts, whom it keeps, and what stops it. */
class RolloutCountsTest {
    private static final String OLD = "11".repeat(32);

    private final byte[] image = Images.image("stm32f407", 2, 0, 0, 100);
    private final String digest = Fixture.hex(Images.digest(image));
    private Fixture fixture;
    private long release;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
        release = release(image, "");
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private long release(byte[] file, String from) {
        long id = fixture.upload(
                        "/api/v1/releases?from="
                                + java.net.URLEncoder.encode(from, java.nio.charset.StandardCharsets.UTF_8),
                        file)
                .json()
                .path("id")
                .asLong();
        fixture.post("/api/v1/releases/" + id + "/publish?to=nobody", Map.of());
        return id;
    }

    private long rollout(long of, Map<String, Object> options) {
        Fixture.Answer answer = fixture.post("/api/v1/rollouts", Map.of("release", of, "options", options));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().path("id").asLong();
    }

    private void act(long rollout, String action) {
        Fixture.Answer answer = fixture.post("/api/v1/rollouts/" + rollout + "/" + action, Map.of());
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private JsonNode view(long rollout) {
        return fixture.get("/api/v1/rollouts/" + rollout).json();
    }

    private String state(long rollout) {
        return view(rollout).path("rollout").path("state").asString();
    }

    private Map<String, Long> updates(long rollout) {
        Map<String, Long> all = new HashMap<>();
        view(rollout)
                .path("progress")
                .path("updates")
                .properties()
                .forEach(one -> all.put(one.getKey(), one.getValue().asLong()));
        return all;
    }

    private List<SimulatedDevice> devices(String prefix, int count) {
        List<SimulatedDevice> devices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SimulatedDevice device = fixture.device(prefix + i);
            runs(device, OLD, "1.0.0");
            devices.add(device);
        }
        return devices;
    }

    private static int runs(SimulatedDevice device, String what, String version) {
        device.boot(what, version);
        device.trial = false;
        return device.checkIn().status();
    }

    private void fails(SimulatedDevice device) {
        assertThat(device.checkIn().status()).isEqualTo(200);
        device.report("rolled-back", digest);
    }

    @Test
    void oneDeviceThatConfirmsAndGoesBackAllTheTimeCountsOnceAndAsAFailure() {
        SimulatedDevice flapping = devices("a", 1).getFirst();
        List<SimulatedDevice> others = devices("b", 12);
        long rollout = rollout(release, Map.of());
        for (int i = 0; i < 30; i++) {
            flapping.checkIn();
            runs(flapping, digest, "2.0.0");
            runs(flapping, OLD, "1.0.0");
        }
        assertThat(updates(rollout)).isEqualTo(Map.of("rolled-back", 1L));
        int offered = 0;
        for (SimulatedDevice device : others) {
            if (device.checkIn().status() == 200) {
                offered++;
                device.report("rolled-back", digest);
            }
        }
        assertThat(offered).isLessThan(4);
        assertThat(state(rollout)).isEqualTo("paused");
        Map<String, Long> before = updates(rollout);
        fixture.restart();
        assertThat(updates(rollout)).isEqualTo(before);
    }

    @Test
    void aLateReportWithALowerNumberIsHistoryOnly() {
        SimulatedDevice device = devices("a", 1).getFirst();
        long rollout = rollout(release, Map.of());
        device.checkIn();
        device.json("reports", Map.of("seq", 9, "event", "rolled-back", "digest", digest));
        device.json("reports", Map.of("seq", 3, "event", "downloading", "digest", digest));
        assertThat(updates(rollout)).isEqualTo(Map.of("rolled-back", 1L));
        assertThat(device.checkIn().status()).isEqualTo(204);
        assertThat(fixture.get("/api/v1/devices/a0").json().path("history")).hasSize(2);
    }

    @Test
    void removedDevicesAreNotCounted() {
        List<SimulatedDevice> devices = devices("a", 4);
        long rollout = rollout(release, Map.of("acceptableFailures", 0.9));
        fails(devices.get(0));
        fails(devices.get(1));
        for (int i = 2; i < 4; i++) {
            devices.get(i).checkIn();
            runs(devices.get(i), digest, "2.0.0");
        }
        assertThat(updates(rollout)).isEqualTo(Map.of("rolled-back", 2L, "confirmed", 2L));
        for (String id : List.of("a0", "a2", "a3")) {
            fixture.send(
                    fixture.request("/api/v1/devices/" + id, fixture.admin()).DELETE());
        }
        assertThat(updates(rollout)).isEqualTo(Map.of("rolled-back", 1L));
        fixture.restart();
        assertThat(updates(rollout)).isEqualTo(Map.of("rolled-back", 1L));
    }

    @Test
    void aSecondRolloutOfAReleaseHasItsOwnCounts() {
        List<SimulatedDevice> devices = devices("a", 3);
        long first = rollout(release, Map.of("acceptableFailures", 0.9));
        fails(devices.get(0));
        fails(devices.get(1));
        devices.get(2).checkIn();
        runs(devices.get(2), digest, "2.0.0");
        act(first, "abort");
        long second = rollout(release, Map.of("retries", 3, "retryAfterSeconds", 0));
        devices.forEach(SimulatedDevice::checkIn);
        assertThat(updates(first)).isEqualTo(Map.of("rolled-back", 2L, "confirmed", 1L));
        assertThat(updates(second)).isEqualTo(Map.of("offered", 2L));
        assertThat(fixture.get("/api/v1/rollouts/" + first + "/devices")
                        .json()
                        .path("total")
                        .asInt())
                .isEqualTo(3);
        fixture.restart();
        assertThat(updates(first)).isEqualTo(Map.of("rolled-back", 2L, "confirmed", 1L));
        assertThat(updates(second)).isEqualTo(Map.of("offered", 2L));
    }

    @Test
    void devicesThatBeganToInstallAndFellSilentStopARollout() {
        List<SimulatedDevice> devices = devices("a", 6);
        long rollout = rollout(release, Map.of("lostAfterSeconds", 1));
        for (SimulatedDevice device : devices) {
            device.checkIn();
            device.report("installing", digest);
        }
        Await.until(() -> state(rollout).equals("paused"));
        assertThat(view(rollout).path("rollout").path("reason").asString()).contains("silent");
    }

    @Test
    void aFilterThatNamesTheVersionKeepsWhomItHasUpdated() {
        List<SimulatedDevice> devices = devices("a", 10);
        long rollout = rollout(
                release,
                Map.of("filter", "version=lt=2.0.0", "stages", List.of(Map.of("percent", 50), Map.of("percent", 100))));
        int first = 0;
        for (SimulatedDevice device : devices) {
            if (device.checkIn().status() == 200) {
                first++;
                runs(device, digest, "2.0.0");
            }
        }
        assertThat(first).isEqualTo(5);
        fixture.restart();
        Await.until(() -> view(rollout).path("rollout").path("stage").asInt() == 1);
        devices.forEach(device -> {
            if (device.checkIn().status() == 200) {
                runs(device, digest, "2.0.0");
            }
        });
        Await.until(() -> state(rollout).equals("finished"));
        assertThat(updates(rollout)).isEqualTo(Map.of("confirmed", 10L));
    }

    @Test
    void stagesAreExactInASmallFleetAndTheDryRunNamesThem() {
        List<SimulatedDevice> devices = devices("a", 5);
        Map<String, Object> options = Map.of(
                "stages",
                List.of(Map.of("percent", 1), Map.of("percent", 10), Map.of("percent", 40), Map.of("percent", 100)));
        JsonNode preview = fixture.post("/api/v1/rollouts/preview", Map.of("release", release, "options", options))
                .json();
        assertThat(preview.path("inStage").asInt()).isEqualTo(1);
        long rollout = rollout(release, options);
        List<String> offered = devices.stream()
                .filter(device -> device.checkIn().status() == 200)
                .map(device -> device.id)
                .toList();
        assertThat(offered).containsExactly(preview.path("examples").path(0).asString());
        assertThat(state(rollout)).isEqualTo("running");
        assertThat(view(rollout).path("rollout").path("stage").asInt()).isZero();
        runs(
                devices.stream()
                        .filter(device -> device.id.equals(offered.getFirst()))
                        .findFirst()
                        .orElseThrow(),
                digest,
                "2.0.0");
        // 10 % of five is the one that is in already.
        Await.until(() -> view(rollout).path("rollout").path("stage").asInt() == 2);
        assertThat(devices.stream().filter(device -> device.checkIn().status() == 200))
                .hasSize(1);
    }

    @Test
    void aFinishedRolloutOffersNothingUntilItIsOpenedAgain() {
        SimulatedDevice device = devices("a", 1).getFirst();
        long rollout = rollout(release, Map.of());
        device.checkIn();
        runs(device, digest, "2.0.0");
        Await.until(() -> state(rollout).equals("finished"));
        SimulatedDevice late = devices("late", 1).getFirst();
        assertThat(late.checkIn().status()).isEqualTo(204);
        act(rollout, "reopen");
        assertThat(late.checkIn().status()).isEqualTo(200);
    }

    @Test
    void aPathNeverLeadsOverAReleaseThatWasStopped() {
        long last = release(Images.image("stm32f407", 3, 0, 0, 100), ">=2.0.0");
        List<SimulatedDevice> devices = devices("a", 2);
        long onTheWay = rollout(release, Map.of("filter", "id==nobody"));
        rollout(last, Map.of());
        assertThat(devices.get(0).checkIn().status()).isEqualTo(200);
        act(onTheWay, "pause");
        assertThat(devices.get(1).checkIn().status()).isEqualTo(204);
    }

    @Test
    void whatIsNoVersionPassesNoGateAndIsNotTakenDown() {
        long gated = release(Images.image("stm32f407", 3, 0, 0, 100), ">=2.0.0");
        rollout(gated, Map.of());
        SimulatedDevice device = fixture.device("odd");
        for (String version : List.of("1.0.0-rc1", "1.0", "v1.0.0", "")) {
            assertThat(runs(device, OLD, version)).as(version).isEqualTo(204);
        }
        rollout(release, Map.of());
        assertThat(runs(device, OLD, "9.0.0-rc1")).isEqualTo(204);
        assertThat(runs(device, OLD, "1.0.0-rc1")).isEqualTo(200);
    }

    @Test
    void withdrawingAndAbortingStopsWhoHasBegun() {
        SimulatedDevice device = devices("a", 1).getFirst();
        long rollout = rollout(release, Map.of());
        String url = device.checkIn().json().path("url").asString();
        assertThat(fetch(device, url)).isEqualTo(206);
        act(rollout, "abort");
        assertThat(fetch(device, url)).isEqualTo(410);
        rollout(release, Map.of());
        assertThat(fetch(device, url)).isEqualTo(206);
        fixture.post("/api/v1/releases/" + release + "/withdraw", Map.of());
        assertThat(fetch(device, url)).isEqualTo(410);
        byte[] draft = Images.image("stm32f407", 7, 0, 0, 100);
        String sha256 = fixture.upload("/api/v1/releases", draft)
                .json()
                .path("images")
                .path(0)
                .path("sha256")
                .asString();
        assertThat(fetch(device, "/device/v1/artifacts/" + sha256)).isEqualTo(404);
    }

    private int fetch(SimulatedDevice device, String url) {
        return fixture.send(fixture.request(url, device.token).header("Range", "bytes=0-9"))
                .status();
    }

    @Test
    void consentEndsWithItsRollout() {
        SimulatedDevice device = devices("a", 1).getFirst();
        long rollout = rollout(release, Map.of("mode", Map.of("consent", true)));
        assertThat(device.checkIn().header("Awaits-Consent")).isEqualTo("2.0.0");
        act(rollout, "abort");
        assertThat(device.checkIn().header("Awaits-Consent")).isNull();
        assertThat(device.json("consent", Map.of()).status()).isEqualTo(409);
    }

    @Test
    void aRolloutWhoseFilterCannotBeUsedIsHeldAloneAndSaysSo() {
        List<SimulatedDevice> devices = devices("a", 2);
        fixture.put("/api/v1/groups/lab", Map.of("filter", "id==a0"));
        long held = rollout(release, Map.of("filter", "group!=lab"));
        fixture.send(fixture.request("/api/v1/groups/lab", fixture.admin()).DELETE());
        Await.until(() -> state(held).equals("paused"));
        assertThat(view(held).path("rollout").path("reason").asString()).contains("There is no group 'lab'");
        assertThat(devices.get(0).checkIn().status()).isEqualTo(204);
        assertThat(devices.get(1).checkIn().status()).isEqualTo(204);
        rollout(release, Map.of("filter", "id==a1"));
        assertThat(devices.get(1).checkIn().status()).isEqualTo(200);
    }
}
