package dev.updraft.server.hawkbit.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import java.net.http.HttpRequest;
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

/** Who gets what of a rollout with groups, as hawkBit's do. */
class RolloutGroupsTest {
    private Fixture fixture;
    private long set;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
        fixture.put("/rest/v1/system/configs/authentication.targettoken.enabled", Map.of("value", true));
        long module = first(
                fixture.post("/rest/v1/softwaremodules", List.of(Map.of("name", "os", "version", "1", "type", "os"))));
        set = first(fixture.post(
                "/rest/v1/distributionsets",
                List.of(Map.of("name", "s", "version", "1", "type", "os", "modules", List.of(Map.of("id", module))))));
        List<Map<String, String>> targets = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            // One token for the whole fleet: it is the id that tells them apart.
            targets.add(Map.of("controllerId", "t" + i, "securityToken", "shared"));
        }
        targets.add(Map.of("controllerId", "gerät-1@host(42)", "securityToken", "shared"));
        assertThat(fixture.post("/rest/v1/targets", targets).status()).isEqualTo(201);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private static long first(Fixture.Answer answer) {
        return answer.json().path(0).path("id").asLong();
    }

    private Fixture.Answer create(Map<String, Object> more) {
        Map<String, Object> body =
                new HashMap<>(Map.of("name", "r", "targetFilterQuery", "id==t*", "distributionSetId", set));
        body.putAll(more);
        return fixture.post("/rest/v1/rollouts", body);
    }

    private String poll(String id) {
        return fixture.send(fixture.request("/default/controller/v1/" + id, null)
                        .header("Authorization", "TargetToken shared")
                        .GET())
                .text();
    }

    private List<String> offered() {
        List<String> offered = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            if (poll("t" + i).contains("deploymentBase")) {
                offered.add("t" + i);
            }
        }
        return offered;
    }

    private void closes(String id) {
        JsonNode base = Fixture.JSON.readTree(poll(id));
        String link = base.path("_links").path("deploymentBase").path("href").asString();
        String path = link.substring(link.indexOf("/default"), link.indexOf('?'));
        fixture.send(fixture.request(path + "/feedback", null)
                .header("Authorization", "TargetToken shared")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"status\":{\"execution\":\"closed\",\"result\":{\"finished\":\"success\"}}}")));
    }

    private void start(long rollout) {
        assertThat(fixture.post("/rest/v1/rollouts/" + rollout + "/start", Map.of())
                        .status())
                .isBetween(200, 204);
    }

    @Test
    void eachGroupTakesItsShareOfWhatIsLeftAndTheNextWaitsForIt() {
        Fixture.Answer made = create(Map.of(
                "groups",
                List.of(
                        Map.of("name", "canary", "targetFilterQuery", "id==t3", "targetPercentage", 100),
                        Map.of("name", "half", "targetPercentage", 50.0),
                        Map.of("name", "rest", "targetPercentage", 100))));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        long rollout = made.json().path("id").asLong();
        assertThat(offered()).isEmpty();
        start(rollout);
        assertThat(offered()).containsExactly("t3");
        closes("t3");
        // Half of nine, rounded: five more.
        Await.until(() -> offered().size() == 5);
        assertThat(offered()).doesNotContain("t3");
        offered().forEach(this::closes);
        Await.until(() -> offered().size() == 4);
    }

    @Test
    void aRolloutThatIsNotDynamicTakesNobodyWhoComesLater() {
        long rollout = create(Map.of("amountGroups", 1)).json().path("id").asLong();
        start(rollout);
        fixture.post("/rest/v1/targets", List.of(Map.of("controllerId", "tlate", "securityToken", "shared")));
        assertThat(poll("tlate")).doesNotContain("deploymentBase");
        assertThat(offered()).hasSize(10);
    }

    @Test
    void whatIsNotImplementedAndSaysWhoGetsWhatIsRefused() {
        for (Map<String, Object> odd : List.<Map<String, Object>>of(
                Map.of("dynamicGroupTemplate", Map.of("nameSuffix", "x")),
                Map.of("successAction", Map.of("action", "PAUSE")),
                Map.of("groups", List.of(Map.of("name", "g", "targetLimit", 5))))) {
            assertThat(create(odd).status()).isEqualTo(501);
        }
        assertThat(create(Map.of("groups", List.of(Map.of("targetPercentage", 0))))
                        .status())
                .isEqualTo(400);
        assertThat(fixture.get("/rest/v1/rollouts").json().path("total").asInt())
                .isZero();
    }

    @Test
    void anOfflineAssignmentIsWrittenDownAndStartsNothing() {
        Fixture.Answer offline = fixture.post("/rest/v1/targets/t1/assignedDS?offline=true", Map.of("id", set));
        assertThat(offline.json().path("assigned").asInt()).isEqualTo(1);
        assertThat(poll("t1")).doesNotContain("deploymentBase");
        assertThat(fixture.get("/rest/v1/targets/t1/installedDS")
                        .json()
                        .path("id")
                        .asLong())
                .isEqualTo(set);
        assertThat(fixture.get("/rest/v1/targets/t1")
                        .json()
                        .path("updateStatus")
                        .asString())
                .isEqualTo("in_sync");
    }

    @Test
    void targetsAreMadeAllOrNoneAndKnowTheirOwnTokenOnly() {
        assertThat(fixture.post(
                                "/rest/v1/targets",
                                List.of(Map.of("controllerId", "new"), Map.of("controllerId", "t1")))
                        .status())
                .isEqualTo(409);
        assertThat(fixture.get("/rest/v1/targets/new").status()).isEqualTo(404);
        assertThat(poll("ger%C3%A4t-1%40host(42)")).contains("polling");
        for (String id : List.of("..", ".", "a b", "a/b", "a%b")) {
            assertThat(fixture.post("/rest/v1/targets", List.of(Map.of("controllerId", id)))
                            .status())
                    .as(id)
                    .isEqualTo(400);
        }
    }

    @Test
    void listsAreSortedAndFilteredByFieldsThatThereAre() {
        JsonNode page = fixture.get("/rest/v1/targets?limit=1&sort=name:DESC").json();
        assertThat(page.path("content").path(0).path("controllerId").asString()).isEqualTo("t9");
        assertThat(page.path("total").asInt()).isEqualTo(11);
        assertThat(fixture.get("/rest/v1/targets?sort=foo:ASC").status()).isEqualTo(400);
        assertThat(fixture.get("/rest/v1/targets?q=foo==1").status()).isEqualTo(400);
        assertThat(fixture.get("/rest/v1/targets?q=updatestatus==registered,id==t1")
                        .json()
                        .path("total")
                        .asInt())
                .isEqualTo(1);
    }
}
