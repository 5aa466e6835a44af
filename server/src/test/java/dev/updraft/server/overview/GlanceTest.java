package dev.updraft.server.overview;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.FleetStory;
import dev.updraft.server.testing.SimulatedDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the API tells at a glance, and part by part, is what the fleet is. */
class GlanceTest {
    private Fixture fixture;
    private FleetStory story;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = fixture(data);
        story = new FleetStory(fixture);
    }

    Fixture fixture(Path data) {
        return new Fixture(data);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private JsonNode get(String path) {
        Fixture.Answer answer = fixture.get("/api/v1" + path);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private static List<String> texts(JsonNode list, String member) {
        return list.valueStream().map(one -> one.path(member).asString()).toList();
    }

    @Test
    void theOverviewCountsWhatRunsAndWhyUpdatesFailed() {
        story.release("1.0.0", "", "");
        long next = story.release("1.1.0", "", "");
        for (int i = 0; i < 5; i++) {
            story.device("d" + i, "1.0.0");
        }
        fixture.device("never");
        story.rollout(next, Map.of("acceptableFailures", 0.9));
        story.update(story.devices.get(0), "1.1.0", "confirmed", "");
        story.update(story.devices.get(1), "1.1.0", "rolled-back", "self-test");
        story.update(story.devices.get(2), "1.1.0", "rolled-back", "self-test");
        story.update(story.devices.get(3), "1.1.0", "refused", "board");
        story.update(story.devices.get(4), "1.1.0", "trial", "");
        JsonNode overview = get("/overview");
        assertThat(overview.path("devices").asLong()).isEqualTo(6);
        assertThat(overview.path("versions").path("1.0.0").asLong()).isEqualTo(3);
        assertThat(overview.path("versions").path("1.1.0").asLong()).isEqualTo(2);
        assertThat(overview.path("trial").asLong()).isEqualTo(1);
        assertThat(overview.path("seen").path("hour").asLong()).isEqualTo(5);
        assertThat(overview.path("seen").path("never").asLong()).isEqualTo(1);
        assertThat(overview.path("ended").path("confirmed").asLong()).isEqualTo(1);
        assertThat(texts(overview.path("failures"), "reason")).containsExactly("self-test", "board");
        assertThat(overview.path("failures").path(0).path("devices").asLong()).isEqualTo(2);
        JsonNode samples = get("/overview/history?days=1").path("samples");
        assertThat(samples.path(samples.size() - 1)
                        .path("versions")
                        .path("1.1.0")
                        .asLong())
                .isEqualTo(2);
        assertThat(fixture.get("/api/v1/overview/history?days=0").status()).isEqualTo(400);

        JsonNode reasons = get("/rollouts/1/reasons").path("reasons");
        assertThat(texts(reasons, "state")).containsExactly("rolled-back", "refused");
        assertThat(texts(
                        get("/rollouts/1/devices?state=rolled-back&reason=self-test")
                                .path("devices"),
                        "device"))
                .containsExactlyInAnyOrder("d1", "d2");
        JsonNode progress = get("/rollouts/1").path("progress");
        assertThat(progress.path("alarm").path("failuresToStop").asLong()).isPositive();
    }

    @Test
    void aFleetOfAnotherTenantIsNotInIt() {
        story.device("mine", "1.0.0");
        String other = fixture.post("/api/v1/tenants", Map.of("name", "second"))
                .json()
                .path("token")
                .asString();
        JsonNode theirs =
                fixture.send(fixture.request("/api/v1/overview", other).GET()).json();
        assertThat(theirs.path("devices").asLong()).isZero();
        assertThat(theirs.path("versions").isEmpty()).isTrue();
        assertThat(fixture.send(fixture.request("/api/v1/tenants", other).GET()).status())
                .isEqualTo(403);
        assertThat(fixture.send(fixture.request("/api/v1/devices/mine/why?release=1", other)
                                .GET())
                        .status())
                .isEqualTo(404);
    }

    @Test
    void listsByKeyGiveEachDeviceOnce() {
        for (int i = 0; i < 25; i++) {
            story.device("d%02d".formatted(i), "1.0.0", i % 5 == 0 ? "fifth" : "other");
        }
        List<String> all = new ArrayList<>();
        String after = "";
        do {
            JsonNode part = get("/devices?limit=7&after=" + after);
            assertThat(part.has("total")).isFalse();
            all.addAll(texts(part.path("devices"), "id"));
            after = part.path("next").asString("");
        } while (!after.isEmpty());
        assertThat(all).hasSize(25).isSorted().doesNotHaveDuplicates();
        assertThat(texts(
                        get("/devices?after=d07&limit=10&filter=tag%3D%3Dfifth").path("devices"), "id"))
                .containsExactly("d10", "d15", "d20");
        fixture.send(fixture.request("/api/v1/devices/d10", fixture.admin()).DELETE());
        assertThat(texts(get("/devices?after=d09&limit=1").path("devices"), "id"))
                .containsExactly("d11");

        long release = story.release("1.1.0", "", "");
        story.rollout(release, Map.of());
        story.devices.forEach(SimulatedDevice::checkIn);
        all.clear();
        after = "";
        do {
            JsonNode part = get("/rollouts/1/devices?limit=5&after=" + after);
            all.addAll(texts(part.path("devices"), "device"));
            after = part.path("next").asString("");
        } while (!after.isEmpty());
        assertThat(all).hasSize(24).doesNotHaveDuplicates();
        assertThat(fixture.get("/api/v1/rollouts/1/devices?after=x").status()).isEqualTo(400);
    }

    @Test
    void theNextStageIsBegunByHandAndNotBehindTheLast() {
        for (int i = 0; i < 10; i++) {
            story.device("d" + i, "1.0.0");
        }
        long release = story.release("1.1.0", "", "");
        story.rollout(release, Map.of("stages", List.of(Map.of("percent", 20), Map.of("percent", 100))));
        assertThat(offered()).isEqualTo(2);
        assertThat(fixture.post("/api/v1/rollouts/1/advance", Map.of()).status())
                .isEqualTo(200);
        assertThat(offered()).isEqualTo(10);
        assertThat(fixture.post("/api/v1/rollouts/1/advance", Map.of()).text()).contains("last stage");
        fixture.post("/api/v1/rollouts/1/pause", Map.of());
        assertThat(fixture.post("/api/v1/rollouts/1/advance", Map.of()).status())
                .isEqualTo(409);
    }

    private long offered() {
        return story.devices.stream()
                .filter(device -> device.checkIn().status() == 200)
                .count();
    }

    private String why(String device, long release) {
        return get("/devices/" + device + "/why?release=" + release)
                .path("answer")
                .asString();
    }

    @Test
    void whyIsAnsweredForEveryTurn() {
        story.release("1.0.0", "", ">=0.9.5");
        long next = story.release("1.1.0", "", ">=1.0.0");
        SimulatedDevice device = story.device("d", "1.0.0");
        fixture.device("never");
        SimulatedDevice alien = story.device("alien", "0.0.1");
        alien.board = "stm32h743";
        alien.checkIn();
        SimulatedDevice old = story.device("old", "0.9.0");
        SimulatedDevice newer = story.device("newer", "2.0.0");
        assertThat(why("never", next)).contains("never checked in");
        assertThat(why("alien", next)).contains("no image for the board 'stm32h743'");
        assertThat(why("d", next)).contains("No rollout gives this release out");
        long rollout = story.rollout(next, Map.of("startAt", System.currentTimeMillis() + 3_600_000));
        assertThat(why("d", next)).contains("It begins, or its window opens");
        fixture.post("/api/v1/rollouts/" + rollout + "/abort", Map.of());
        assertThat(why("d", next)).contains("It was aborted");
        long second = story.rollout(next, Map.of());
        assertThat(why("d", next)).contains("it gets it at its next check-in");
        assertThat(why("newer", next)).contains("not lower");
        SimulatedDevice before = story.device("before", "0.9.6");
        assertThat(why("before", next)).isEqualTo("It is offered 1.0.0 first, by rollout " + second + ".");
        assertThat(before.checkIn().json().path("version").asString()).isEqualTo("1.0.0");
        assertThat(why("old", next)).contains("No version path leads from 0.9.0");
        device.checkIn();
        assertThat(why("d", next)).contains("has been told");
        fixture.post("/api/v1/rollouts/" + second + "/pause", Map.of());
        assertThat(why("d", next)).contains("paused");
        fixture.post("/api/v1/rollouts/" + second + "/resume", Map.of());
        story.update(device, "1.1.0", "confirmed", "");
        assertThat(why("d", next)).contains("runs it already");
        fixture.post("/api/v1/releases/" + next + "/withdraw", Map.of());
        assertThat(why("old", next)).contains("withdrawn");
        assertThat(old.checkIn().status()).isEqualTo(204);
        assertThat(newer.checkIn().status()).isEqualTo(204);
    }

    @Test
    void anImageIsExplained() {
        long release = story.release("1.0.0", "", "");
        JsonNode image = get("/releases/" + release + "/images/" + story.digest("1.0.0"));
        assertThat(image.path("board").asString()).isEqualTo("stm32f407");
        assertThat(texts(image.path("tlvs"), "name")).contains("BOARD", "SHA256", "ECDSA_SIG");
        assertThat(image.path("tlvs").path(0).path("covered").asBoolean()).isTrue();
        assertThat(fixture.get("/api/v1/releases/" + release + "/images/" + "00".repeat(32))
                        .status())
                .isEqualTo(404);
        story.release("1.1.0", "", ">=1.0.0");
        long last = story.release("2.0.0", "", ">=1.1.0");
        JsonNode paths = get("/releases/" + last + "/paths?from=1.0.0,0.1.0,odd");
        assertThat(paths.path("ways").path("1.0.0").toString()).isEqualTo("[\"1.0.0\",\"1.1.0\",\"2.0.0\"]");
        assertThat(paths.path("ways").has("odd")).isFalse();
    }
}
