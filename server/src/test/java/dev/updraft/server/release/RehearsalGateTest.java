package dev.updraft.server.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.RehearsalReport;
import dev.updraft.server.testing.SimulatedDevice;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A rollout can demand that its release was rehearsed. */
class RehearsalGateTest {

    private final byte[] f407 = Images.image("stm32f407", 1, 1, 0, 100);
    private final byte[] l476 = Images.image("stm32l476", 1, 1, 0, 100);
    private Fixture fixture;
    private long release;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
        release = fixture.upload("/api/v1/releases", f407).json().path("id").asLong();
        fixture.upload("/api/v1/releases", l476);
        assertThat(fixture.post("/api/v1/releases/" + release + "/publish?to=nobody", Map.of())
                        .status())
                .isEqualTo(200);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private static Map<String, Object> report(String board, byte[] image, int failed) {
        return RehearsalReport.of(board, image, 5_000, 300, 200, failed);
    }

    private Fixture.Answer rehearsed(Object report) {
        return fixture.post("/api/v1/releases/" + release + "/rehearsals", report);
    }

    private long rollout(Map<String, Object> options) {
        Fixture.Answer made = fixture.post("/api/v1/rollouts", Map.of("release", release, "options", options));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json().path("id").asLong();
    }

    private JsonNode rollout(long id) {
        return fixture.get("/api/v1/rollouts/" + id).json().path("rollout");
    }

    private String state(long id) {
        return rollout(id).path("state").asString();
    }

    private int act(long id, String action) {
        return fixture.post("/api/v1/rollouts/" + id + "/" + action, Map.of()).status();
    }

    @Test
    void aRolloutWaitsUntilEveryImageOfItsReleaseHasPassed() {
        SimulatedDevice device = fixture.device("d1");
        long id = rollout(Map.of("requireRehearsal", true));
        assertThat(state(id)).isEqualTo("waiting");
        assertThat(rollout(id).path("reason").asString()).isEqualTo("Version 1.1.0 was not rehearsed on stm32f407.");
        assertThat(device.checkIn().status()).isEqualTo(204);

        assertThat(rehearsed(report("stm32f407", f407, 0)).status()).isEqualTo(201);
        assertThat(state(id)).isEqualTo("waiting");
        assertThat(rollout(id).path("reason").asString()).contains("stm32l476");
        fixture.restart();
        assertThat(device.checkIn().status()).isEqualTo(204);

        assertThat(rehearsed(report("stm32l476", l476, 0)).status()).isEqualTo(201);
        assertThat(state(id)).isEqualTo("running");
        assertThat(rollout(id).has("reason")).isFalse();
        assertThat(device.checkIn().status()).isEqualTo(200);
        // What was rehearsed before need not wait.
        assertThat(state(rollout(Map.of("requireRehearsal", true)))).isEqualTo("running");

        JsonNode kept = fixture.get("/api/v1/releases/" + release + "/rehearsals")
                .json()
                .path("rehearsals");
        assertThat(kept).hasSize(2);
        assertThat(kept.path(0).path("board").asString()).isEqualTo("stm32l476");
        String whole = "/api/v1/releases/" + release + "/rehearsals/"
                + kept.path(0).path("id").asLong();
        assertThat(fixture.get(whole).json().path("parts")).hasSize(2);
        assertThat(fixture.get("/api/v1/releases/" + release + "/rehearsals/99").status())
                .isEqualTo(404);
    }

    @Test
    void aRehearsalThatFailsStopsWhatIsUnderWayUntilOneOverTheSameImagePasses() {
        rehearsed(report("stm32f407", f407, 0));
        rehearsed(report("stm32l476", l476, 0));
        long id = rollout(Map.of("requireRehearsal", true));
        long careless = rollout(Map.of());
        assertThat(rehearsed(report("stm32f407", f407, 3)).status()).isEqualTo(201);
        assertThat(state(id)).isEqualTo("paused");
        assertThat(rollout(id).path("reason").asString()).contains("stm32f407 over 0a0a0a0a0a0a", "3 of 600");
        assertThat(state(careless)).isEqualTo("running");
        assertThat(act(id, "resume")).isEqualTo(409);
        // Over another image says nothing about this one.
        Map<String, Object> other = report("stm32f407", f407, 0);
        other.put("oldDigest", "0b".repeat(32));
        rehearsed(other);
        assertThat(act(id, "resume")).isEqualTo(409);
        rehearsed(report("stm32f407", f407, 0));
        assertThat(state(id)).isEqualTo("paused");
        assertThat(act(id, "resume")).isEqualTo(200);
    }

    @Test
    void anApproverCannotLetStartWhatWasNotRehearsed() {
        String token = fixture.post("/api/v1/tokens", Map.of("name", "eve", "role", "approver"))
                .json()
                .path("token")
                .asString();
        long id = rollout(Map.of("requireRehearsal", true, "approval", true));
        HttpRequest.Builder approve =
                fixture.request("/api/v1/rollouts/" + id + "/approve", token).POST(HttpRequest.BodyPublishers.noBody());
        Fixture.Answer early = fixture.send(approve);
        assertThat(early.status()).isEqualTo(409);
        assertThat(early.text()).contains("was not rehearsed");
        rehearsed(report("stm32f407", f407, 0));
        rehearsed(report("stm32l476", l476, 0));
        assertThat(state(id)).isEqualTo("waiting");
        assertThat(fixture.send(approve).status()).isEqualTo(200);
        assertThat(state(id)).isEqualTo("running");
    }

    @Test
    void aReportThatIsNoneOrAboutSomethingElseIsRefused() {
        assertThat(rehearsed(report("stm32f407", l476, 0)).text()).contains("none of version 1.1.0");
        assertThat(rehearsed(report("stm32h743", f407, 0)).status()).isEqualTo(400);
        Map<String, Object> boast = report("stm32f407", f407, 3);
        boast.put("passed", true);
        assertThat(rehearsed(boast).text()).contains("contradict");
        Map<String, Object> nothing = report("stm32f407", f407, 0);
        nothing.put("cutPoints", 0);
        assertThat(rehearsed(nothing).status()).isEqualTo(400);
        for (String member : List.of(
                "board",
                "newDigest",
                "oldDigest",
                "bootloader",
                "passed",
                "failed",
                "cutPoints",
                "sequences",
                "parts")) {
            Map<String, Object> without = report("stm32f407", f407, 0);
            without.remove(member);
            assertThat(rehearsed(without).status()).as(member).isEqualTo(400);
        }
        assertThat(rehearsed(List.of()).status()).isEqualTo(400);
        Map<String, Object> half = report("stm32f407", f407, 0);
        half.put("parts", List.of(RehearsalReport.part("update", 5_000, 300)));
        assertThat(rehearsed(half).text()).contains("roll-back is missing");
        assertThat(fixture.get("/api/v1/releases/" + release + "/rehearsals")
                        .json()
                        .path("rehearsals"))
                .isEmpty();
    }

    @Test
    void whoPublishesDoesNotSayThatItWasRehearsedUnlessItMay() {
        String path = "/api/v1/releases/" + release + "/rehearsals";
        for (String scope : List.of("releases", "rehearsals")) {
            String token = fixture.post(
                            "/api/v1/tokens", Map.of("name", scope, "role", "operator", "scopes", List.of(scope)))
                    .json()
                    .path("token")
                    .asString();
            byte[] body = Fixture.JSON.writeValueAsBytes(report("stm32f407", f407, 0));
            assertThat(fixture.send(fixture.request(path, token).POST(HttpRequest.BodyPublishers.ofByteArray(body)))
                            .status())
                    .isEqualTo(scope.equals("rehearsals") ? 201 : 403);
            assertThat(fixture.send(fixture.request("/api/v1/releases", token)).status())
                    .isEqualTo(scope.equals("rehearsals") ? 403 : 200);
        }
    }

    @Test
    void aReportThatIsSentAgainDoesNotOutdoAnotherThatCameSince() {
        Map<String, Object> passed = report("stm32f407", f407, 0);
        assertThat(rehearsed(passed).status()).isEqualTo(201);
        assertThat(rehearsed(report("stm32f407", f407, 1)).status()).isEqualTo(201);
        Fixture.Answer again = rehearsed(passed);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text()).contains("there already");
    }
}
