package dev.updraft.server.hawkbit.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitDevice;
import dev.updraft.server.testing.HawkbitTools;
import java.nio.charset.StandardCharsets;
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

/** hawkBit's Management API beyond what rauc-hawkbit-updater's suite asks of it. */
class ManagementApiTest {
    private final byte[] file = "bytes".getBytes(StandardCharsets.UTF_8);
    private Fixture fixture;
    private HawkbitTools tools;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = fixture(data);
        tools = new HawkbitTools(fixture);
    }

    Fixture fixture(Path data) {
        return new Fixture(data);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private List<HawkbitDevice> targets(int count) {
        List<HawkbitDevice> devices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            devices.add(tools.target("d" + i, "token-" + i));
        }
        return devices;
    }

    private List<String> ids(String query) {
        return HawkbitTools.ok(tools.get("targets" + query)).path("content").findValuesAsString("controllerId");
    }

    @Test
    void onlyAnOperatorIsLetIn() {
        assertThat(fixture.send(fixture.request("/rest/v1/targets", null)).status())
                .isEqualTo(401);
        assertThat(fixture.send(fixture.request("/rest/v1/targets", null)
                                .header("Authorization", "Basic YWRtaW46YWRtaW4="))
                        .status())
                .isEqualTo(401);
        assertThat(fixture.send(fixture.request("/rest/v1/targets", null).header("Authorization", "Basic ???"))
                        .status())
                .isEqualTo(401);
        String viewer = fixture.post("/api/v1/tokens", Map.of("name", "v", "role", "viewer"))
                .json()
                .path("token")
                .asString();
        assertThat(fixture.send(fixture.request("/rest/v1/targets", viewer)).status())
                .isEqualTo(200);
        assertThat(fixture.send(fixture.request("/rest/v1/targets/d1", viewer).DELETE())
                        .status())
                .isEqualTo(403);
        assertThat(fixture.send(fixture.request("/rest/v1/system/configs", viewer))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void targetsComeInPagesAndByFilter() {
        targets(7).get(3).attributes(Map.of("site", "hamburg"));
        JsonNode page = HawkbitTools.ok(tools.get("targets?offset=2&limit=3"));
        assertThat(page.path("total").asInt()).isEqualTo(7);
        assertThat(page.path("size").asInt()).isEqualTo(3);
        assertThat(page.path("content").findValuesAsString("controllerId")).containsExactly("d2", "d3", "d4");
        assertThat(ids("?q=controllerId==d5")).containsExactly("d5");
        assertThat(ids("?q=attribute.site==hamburg")).containsExactly("d3");
        assertThat(ids("?q=updatestatus==registered%20and%20name==d*")).containsExactly("d3");
        assertThat(ids("?sort=controllerId:DESC&limit=2")).containsExactly("d6", "d5");
        assertThat(tools.get("targets?q=((").status()).isEqualTo(400);
        assertThat(tools.get("targets?limit=x").status()).isEqualTo(400);
    }

    @Test
    void aTargetIsDescribedAndGivenAnotherToken() {
        HawkbitDevice device = targets(1).getFirst();
        HawkbitTools.ok(
                tools.call("PUT", "targets/d0", Map.of("name", "Gate 7", "description", "at", "securityToken", "new")));
        JsonNode target = HawkbitTools.ok(tools.get("targets/d0"));
        assertThat(target.path("name").asString()).isEqualTo("Gate 7");
        assertThat(target.path("securityToken").asString()).isEqualTo("new");
        assertThat(device.get("").status()).isEqualTo(401);
        assertThat(new HawkbitDevice(fixture, "d0", "TargetToken new").get("").status())
                .isEqualTo(200);
        assertThat(tools.call("POST", "targets", List.of(Map.of("controllerId", "d0")))
                        .status())
                .isEqualTo(409);
        assertThat(tools.call("POST", "targets", List.of(Map.of("controllerId", "d9", "securityToken", "new")))
                        .status())
                .isEqualTo(201);
        assertThat(tools.call("POST", "targets", List.of(Map.of("name", "x"))).status())
                .isEqualTo(400);
    }

    @Test
    void aDeviceThatUpdraftKnowsIsATarget() {
        fixture.device("native-1");
        assertThat(ids("")).containsExactly("native-1");
        assertThat(HawkbitTools.ok(tools.get("targets/native-1")).has("securityToken"))
                .isFalse();
    }

    @Test
    void uploadsAreCheckedAndKeptByTheirName() {
        long module = tools.module("os", "m", "1");
        String path = "softwaremodules/" + module + "/artifacts";
        assertThat(tools.upload(path + "?sha256sum=" + "00".repeat(32), "a.bin", file)
                        .status())
                .isEqualTo(400);
        JsonNode artifact = HawkbitTools.ok(
                tools.upload(path + "?filename=b.bin&md5sum=4b3a6218bb3e3a7303e8a171a60fcf92", "a.bin", file));
        assertThat(artifact.path("providedFilename").asString()).isEqualTo("b.bin");
        assertThat(artifact.path("hashes").path("md5").asString()).isEqualTo("4b3a6218bb3e3a7303e8a171a60fcf92");
        assertThat(tools.get(path + "/" + artifact.path("id").asLong() + "/download")
                        .body())
                .isEqualTo(file);
        for (String wrong : List.of("../a", "a/b", "..", "")) {
            assertThat(tools.upload(module, wrong, file).status()).as(wrong).isEqualTo(400);
        }
        assertThat(tools.call("POST", path, Map.of()).status()).isEqualTo(415);
        assertThat(tools.call(
                                "POST",
                                "softwaremodules",
                                List.of(Map.of("type", "firmware", "name", "n", "version", "1")))
                        .status())
                .isEqualTo(404);
        assertThat(tools.call("POST", "softwaremodules", List.of(Map.of("type", "os", "name", "m", "version", "1")))
                        .status())
                .isEqualTo(409);
    }

    @Test
    void aDistributionSetCanChangeUntilItIsAssigned() {
        targets(1);
        long module = tools.module("os", "m", "1");
        long set = tools.distributionOf("os_app", "s", "1", module);
        long other = tools.module("application", "n", "1");
        HawkbitTools.ok(tools.call("POST", "distributionsets/" + set + "/assignedSM", List.of(Map.of("id", other))));
        assertThat(HawkbitTools.ok(tools.get("distributionsets/" + set + "/assignedSM"))
                        .path("total")
                        .asInt())
                .isEqualTo(2);
        tools.assign(set, "d0", Map.of());
        assertThat(tools.delete("distributionsets/" + set + "/assignedSM/" + other)
                        .status())
                .isEqualTo(423);
        JsonNode again = tools.post("targets/d0/assignedDS", Map.of("id", set));
        assertThat(again.path("alreadyAssigned").asInt()).isEqualTo(1);
        assertThat(HawkbitTools.ok(tools.get("targets/d0/assignedDS"))
                        .path("id")
                        .asLong())
                .isEqualTo(set);
        assertThat(tools.get("targets/d0/installedDS").status()).isEqualTo(204);
        assertThat(HawkbitTools.ok(tools.get("distributionsets/" + set + "/assignedTargets"))
                        .path("total")
                        .asInt())
                .isEqualTo(1);
        // What is deleted is offered to nobody.
        HawkbitTools.ok(tools.delete("distributionsets/" + set));
        assertThat(new HawkbitDevice(fixture, "d0", "TargetToken token-0").link("deploymentBase"))
                .isNull();
        assertThat(fixture.get("/api/v1/releases")
                        .json()
                        .path("releases")
                        .path(0)
                        .path("state")
                        .asString())
                .isEqualTo("withdrawn");
    }

    @Test
    void whatWasAssignedAndDeletedIsShownAsDeletedAndCanBeDeletedAgain() {
        tools.target("d1", "token");
        long used = tools.module("os", "used", "1");
        long unused = tools.module("os", "unused", "1");
        HawkbitTools.ok(tools.upload(used, "f", new byte[10]));
        long set = tools.distribution("set", "1", used);
        tools.assign(set, "d1", Map.of());
        for (String path : List.of("distributionsets/" + set, "softwaremodules/" + used)) {
            // rauc-hawkbit-updater's suite deletes a module once for each of its files.
            HawkbitTools.ok(tools.delete(path));
            HawkbitTools.ok(tools.delete(path));
            assertThat(HawkbitTools.ok(tools.get(path)).path("deleted").asBoolean())
                    .as(path)
                    .isTrue();
        }
        assertThat(tools.upload(used, "g", new byte[10]).status()).isEqualTo(404);
        assertThat(HawkbitTools.ok(tools.get("softwaremodules")).path("total").asInt())
                .isEqualTo(1);
        HawkbitTools.ok(tools.delete("softwaremodules/" + unused));
        assertThat(tools.delete("softwaremodules/" + unused).status()).isEqualTo(404);
    }

    @Test
    void tagsAreThoseOfUpdraft() {
        targets(3);
        long tag = tools.post("targettags", List.of(Map.of("name", "beta", "colour", "red")))
                .get(0)
                .path("id")
                .asLong();
        HawkbitTools.ok(tools.call("POST", "targettags/" + tag + "/assigned/d1", Map.of()));
        tools.post("targettags/" + tag + "/assigned", List.of("d2"));
        assertThat(ids("?q=tag==beta")).containsExactly("d1", "d2");
        assertThat(fixture.get("/api/v1/devices?filter=tag==beta")
                        .json()
                        .path("total")
                        .asInt())
                .isEqualTo(2);
        HawkbitTools.ok(tools.delete("targettags/" + tag + "/assigned/d1"));
        assertThat(HawkbitTools.ok(tools.get("targettags/" + tag + "/assigned"))
                        .path("content")
                        .findValuesAsString("controllerId"))
                .containsExactly("d2");
        HawkbitTools.ok(tools.delete("targettags/" + tag));
        assertThat(ids("?q=tag==beta")).isEmpty();
    }

    @Test
    void aRolloutGoesByGroupsToWhomItsFilterPicks() {
        List<HawkbitDevice> devices = targets(12);
        devices.forEach(HawkbitDevice::poll);
        long set = tools.bundle("s", "2", "s.swu", file);
        JsonNode rollout = tools.post(
                "rollouts",
                Map.of(
                        "name",
                        "all",
                        "distributionSetId",
                        set,
                        "targetFilterQuery",
                        "controllerId==d*",
                        "amountGroups",
                        2,
                        "successCondition",
                        Map.of("condition", "THRESHOLD", "expression", "100")));
        String path = "rollouts/" + rollout.path("id").asLong();
        assertThat(rollout.path("status").asString()).isEqualTo("ready");
        assertThat(devices).allMatch(device -> device.link("deploymentBase") == null);
        HawkbitTools.ok(tools.call("POST", path + "/start", Map.of()));
        List<HawkbitDevice> first = devices.stream()
                .filter(device -> device.link("deploymentBase") != null)
                .toList();
        assertThat(first.size()).isBetween(1, 11);
        HawkbitTools.ok(tools.call("POST", path + "/pause", Map.of()));
        HawkbitTools.ok(tools.call("POST", path + "/resume", Map.of()));
        for (HawkbitDevice device : first) {
            confirm(device);
        }
        Await.until(() -> devices.stream()
                .filter(device -> !first.contains(device))
                .allMatch(device -> device.link("deploymentBase") != null));
        devices.stream().filter(device -> !first.contains(device)).forEach(this::confirm);
        Await.until(
                () -> HawkbitTools.ok(tools.get(path)).path("status").asString().equals("finished"));
        JsonNode done = HawkbitTools.ok(tools.get(path));
        assertThat(done.path("totalTargetsPerStatus").path("finished").asInt()).isEqualTo(12);
        assertThat(HawkbitTools.ok(tools.get(path + "/deploygroups"))
                        .path("total")
                        .asInt())
                .isEqualTo(2);
        assertThat(HawkbitTools.ok(tools.get("actions?limit=5")).path("total").asInt())
                .isEqualTo(12);
    }

    private void confirm(HawkbitDevice device) {
        String link = String.valueOf(device.link("deploymentBase"));
        device.feedback(HawkbitTools.ok(device.follow(link)).path("id").asLong(), "closed", "success");
    }

    @Test
    void aRolloutGoesByNamesWhileTheyAreIds() {
        tools.target("gate-1", "one");
        tools.target("door-1", "two");
        long set = tools.bundle("s", "3", "s.swu", file);
        Map<String, Object> wanted = Map.of(
                "name", "by name", "distributionSetId", set, "targetFilterQuery", "name==gate*", "amountGroups", 1);
        HawkbitTools.ok(tools.call(
                "POST", "rollouts/" + tools.post("rollouts", wanted).path("id").asLong() + "/start", Map.of()));
        assertThat(new HawkbitDevice(fixture, "gate-1", "TargetToken one").link("deploymentBase"))
                .isNotNull();
        assertThat(new HawkbitDevice(fixture, "door-1", "TargetToken two").link("deploymentBase"))
                .isNull();

        HawkbitTools.ok(tools.call("PUT", "targets/gate-1", Map.of("name", "the gate")));
        // Who is chosen now is chosen by the names as they are; only later ones could not be.
        Map<String, Object> byNewName = new HashMap<>(wanted);
        byNewName.putAll(Map.of("name", "by new name", "targetFilterQuery", "name=='the gate'"));
        assertThat(tools.post("rollouts", byNewName).path("totalTargets").asInt())
                .isEqualTo(1);
        byNewName.putAll(Map.of("name", "dynamic", "dynamic", true));
        Fixture.Answer refused = tools.call("POST", "rollouts", byNewName);
        assertThat(refused.status()).isEqualTo(501);
        assertThat(refused.text()).contains("cannot go by 'name'");
    }

    @Test
    void everyLinkOfAModuleAndASetLeadsSomewhere() {
        long module = tools.module("application", "m", "1");
        long set = tools.distribution("s", "1", module);
        for (String path : List.of("softwaremodules/" + module, "distributionsets/" + set)) {
            HawkbitTools.ok(tools.get(path)).path("_links").properties().forEach(link -> {
                String href = link.getValue().path("href").asString();
                String to = href.substring(href.indexOf("/rest/v1/") + "/rest/v1/".length());
                assertThat(tools.get(to).status()).as(href).isEqualTo(200);
            });
        }
        assertThat(HawkbitTools.ok(tools.get("softwaremoduletypes/1"))
                        .path("key")
                        .asString())
                .isEqualTo("application");
        assertThat(tools.get("softwaremoduletypes/3").status()).isEqualTo(404);
    }

    @Test
    void noBodyWhateverMakesTheServerFail() {
        targets(1);
        tools.distribution("s", "1", tools.module("os", "m", "1"));
        List<Object> bodies = List.of(
                List.of(),
                Map.of(),
                List.of(1),
                List.of(Map.of()),
                List.of(List.of()),
                "text",
                Map.of("id", "x", "name", List.of(), "modules", 7),
                List.of(Map.of("id", "d0", "type", "sometimes")),
                List.of(Map.of("id", "d0", "type", "timeforced")),
                List.of(Map.of("id", "d0", "maintenanceWindow", Map.of("schedule", "x"))),
                List.of(Map.of(
                        "id",
                        "d0",
                        "maintenanceWindow",
                        Map.of("schedule", "* * *", "duration", "x", "timezone", "y"))),
                Map.of("value", Map.of()),
                Map.of("name", "r", "distributionSetId", 1, "targetFilterQuery", "((", "amountGroups", -1),
                Map.of("controllerId", "", "name", "y".repeat(600)));
        List<String> paths = List.of(
                "targets",
                "targets/d0/assignedDS",
                "targettags",
                "targettags/1/assigned",
                "softwaremodules",
                "softwaremodules/1/artifacts",
                "distributionsets",
                "distributionsets/1/assignedTargets",
                "distributionsets/1/assignedSM",
                "rollouts",
                "rollouts/1/start",
                "system/configs/pollingTime");
        for (String path : paths) {
            for (Object body : bodies) {
                for (String method : List.of("POST", "PUT")) {
                    assertThat(tools.call(method, path, body).status())
                            .as(method + " " + path + " " + body)
                            .matches(status -> status < 500 || status == 501);
                }
            }
        }
    }
}
