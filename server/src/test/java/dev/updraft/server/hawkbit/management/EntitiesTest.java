package dev.updraft.server.hawkbit.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitDevice;
import dev.updraft.server.testing.HawkbitTools;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What hawkBit's API keeps beside targets, sets and rollouts does something. */
class EntitiesTest {
    private static final long PATIENCE_MILLIS = 20_000;

    private Fixture fixture;
    private HawkbitTools tools;
    private final byte[] file = new byte[100];

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

    private HawkbitDevice device(String id) {
        return tools.target(id, "token of " + id);
    }

    private static void await(BooleanSupplier what) {
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (!what.getAsBoolean()) {
            assertThat(System.currentTimeMillis()).isLessThan(end);
        }
    }

    private int status(String method, String path, Object body) {
        return tools.call(method, path, body).status();
    }

    private long filter(String query) {
        return tools.post("targetfilters", Map.of("name", query, "query", query))
                .path("id")
                .asLong();
    }

    private int total(String path) {
        return HawkbitTools.ok(tools.get(path)).path("total").asInt(-1);
    }

    @Test
    void aFilterAssignsItsSetToWhoFitsOnceAndToWhoComesLater() {
        HawkbitDevice first = device("door-1");
        HawkbitDevice other = device("gate-1");
        long set = tools.bundle("s", "1", "a.bin", file);
        long filter = filter("name==door-*");
        tools.post("targetfilters/" + filter + "/autoAssignDS", Map.of("id", set, "type", "soft"));
        await(() -> first.link("deploymentBase") != null);
        assertThat(other.link("deploymentBase")).isNull();
        JsonNode action = HawkbitTools.ok(tools.get("targets/door-1/actions"))
                .path("content")
                .path(0);
        assertThat(action.path("forceType").asString()).isEqualTo("soft");
        first.feedback(action.path("id").asLong(), "closed", "failure");

        HawkbitDevice later = device("door-2");
        await(() -> later.link("deploymentBase") != null);
        // It had it, and is not given it again by itself.
        assertThat(first.link("deploymentBase")).isNull();
        assertThat(total("targets/door-1/actions")).isEqualTo(1);

        HawkbitTools.ok(tools.delete("targetfilters/" + filter));
        HawkbitDevice last = device("door-3");
        assertThat(total("autoassignments")).isZero();
        assertThat(last.link("deploymentBase")).isNull();
        fixture.restart();
        assertThat(last.link("deploymentBase")).isNull();
    }

    @Test
    void anAutomaticAssignmentOfItsOwnRunsOnceItIsStartedAndCanBePaused() {
        HawkbitDevice one = device("d1");
        long set = tools.bundle("s", "1", "a.bin", file);
        long made = tools.post(
                        "autoassignments",
                        Map.of("name", "all", "targetFilterQuery", "id==d*", "distributionSetId", set))
                .path("id")
                .asLong();
        String path = "autoassignments/" + made;
        assertThat(HawkbitTools.ok(tools.get(path)).path("status").asString()).isEqualTo("ready");
        assertThat(status("POST", path + "/pause", Map.of())).isEqualTo(409);
        HawkbitTools.ok(tools.call("POST", path + "/start", Map.of()));
        await(() -> one.link("deploymentBase") != null);
        HawkbitTools.ok(tools.call("POST", path + "/pause", Map.of()));
        HawkbitDevice two = device("d2");
        assertThat(HawkbitTools.ok(tools.get(path)).path("status").asString()).isEqualTo("paused");
        HawkbitTools.ok(tools.call("POST", path + "/resume", Map.of()));
        await(() -> two.link("deploymentBase") != null);
        assertThat(status(
                        "POST",
                        "autoassignments",
                        Map.of("name", "x", "targetFilterQuery", "id==*", "distributionSetId", set, "limit", 3)))
                .isEqualTo(501);
    }

    @Test
    void aDeviceIsToldTheMetadataOfAModuleThatIsVisible() {
        HawkbitDevice device = device("d1");
        long module = tools.module("os", "m", "1");
        HawkbitTools.ok(tools.upload(module, "a.bin", file));
        String path = "softwaremodules/" + module + "/metadata";
        HawkbitTools.ok(tools.call(
                "POST",
                path,
                List.of(
                        Map.of("key", "slot", "value", "b", "targetVisible", true),
                        Map.of("key", "price", "value", "3"))));
        tools.assign(tools.distribution("s", "1", module), "d1", Map.of());
        JsonNode chunk = HawkbitTools.ok(device.follow(String.valueOf(device.link("deploymentBase"))))
                .path("deployment")
                .path("chunks")
                .path(0);
        assertThat(chunk.path("metadata").toString()).isEqualTo("[{\"key\":\"slot\",\"value\":\"b\"}]");
        HawkbitTools.ok(tools.call("PUT", path + "/price", Map.of("value", "4")));
        assertThat(HawkbitTools.ok(tools.get(path + "/price"))
                        .path("targetVisible")
                        .asBoolean(true))
                .isFalse();
        HawkbitTools.ok(tools.delete(path + "/price"));
        assertThat(tools.get(path + "/price").status()).isEqualTo(404);
        assertThat(tools.delete(path + "/price").status()).isEqualTo(404);
        assertThat(status("POST", path, List.of(Map.of("key", "k".repeat(129), "value", "v"))))
                .isEqualTo(400);
        assertThat(total("softwaremodules?q=metadata.slot==b")).isEqualTo(1);
        assertThat(total("softwaremodules?q=metadata.slot!=b")).isZero();

        HawkbitTools.ok(tools.call("POST", "targets/d1/metadata", List.of(Map.of("key", "k", "value", "v"))));
        assertThat(total("targets?q=metadata.k==v")).isEqualTo(1);
        HawkbitTools.ok(tools.delete("targets/d1"));
        device("d1");
        assertThat(total("targets/d1/metadata")).isZero();
    }

    @Test
    void theTypesOfTargetsAndSetsSayWhatGoesWhere() {
        HawkbitDevice device = device("d1");
        long set = tools.bundle("s", "1", "a.bin", file);
        long type = tools.post(
                        "targettypes",
                        List.of(Map.of("name", "Gateway", "compatibledistributionsettypes", List.of(Map.of("id", 2)))))
                .path(0)
                .path("id")
                .asLong();
        HawkbitTools.ok(tools.call("POST", "targets/d1/targettype", Map.of("id", type)));
        assertThat(HawkbitTools.ok(tools.get("targets/d1"))
                        .path("targetTypeName")
                        .asString())
                .isEqualTo("Gateway");
        Fixture.Answer refused = tools.call("POST", "targets/d1/assignedDS", Map.of("id", set));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("errorCode").asString())
                .isEqualTo("hawkbit.server.error.target.type.incompatible");
        assertThat(device.link("deploymentBase")).isNull();
        assertThat(tools.delete("targettypes/" + type).status()).isEqualTo(409);
        assertThat(total("targets?q=targettype.name==gateway")).isEqualTo(1);
        HawkbitTools.ok(tools.call(
                "POST", "targettypes/" + type + "/compatibledistributionsettypes", List.of(Map.of("id", 1))));
        tools.post("targets/d1/assignedDS", Map.of("id", set));
        assertThat(device.link("deploymentBase")).isNotNull();

        // Of one that there may be one of, the newer takes the place; what a type demands must be there.
        long wide = tools.distributionOf("os_app", "w", "1");
        assertThat(status("POST", "distributionsets/" + wide + "/assignedTargets", List.of(Map.of("id", "d1"))))
                .isEqualTo(400);
        for (String version : List.of("1", "2")) {
            long module = tools.module("os", "kernel", version);
            HawkbitTools.ok(
                    tools.call("POST", "distributionsets/" + wide + "/assignedSM", List.of(Map.of("id", module))));
        }
        JsonNode modules =
                HawkbitTools.ok(tools.get("distributionsets/" + wide)).path("modules");
        assertThat(modules.size()).isEqualTo(1);
        assertThat(modules.path(0).path("version").asString()).isEqualTo("2");
        assertThat(total("distributionsets?q=complete==true")).isEqualTo(2);

        long strict = tools.post(
                        "softwaremoduletypes",
                        List.of(Map.of("key", "fw", "name", "Firmware", "maxAssignments", 1, "minArtifacts", 1)))
                .path(0)
                .path("id")
                .asLong();
        tools.post(
                "distributionsettypes",
                List.of(Map.of("key", "fws", "name", "Fws", "mandatorymodules", List.of(Map.of("id", strict)))));
        long firmware = tools.module("fw", "fw", "1");
        long bare = tools.distributionOf("fws", "bare", "1", firmware);
        assertThat(HawkbitTools.ok(tools.get("distributionsets/" + bare))
                        .path("complete")
                        .asBoolean(true))
                .isFalse();
        HawkbitTools.ok(tools.upload(firmware, "a.bin", file));
        assertThat(HawkbitTools.ok(tools.get("distributionsets/" + bare))
                        .path("complete")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void aSoftActionBecomesForcedAndAnOperatorConfirms() {
        HawkbitDevice device = device("d1");
        long set = tools.bundle("s", "1", "a.bin", file);
        long action = tools.assign(set, "d1", Map.of("type", "soft", "confirmationRequired", true, "weight", 7));
        String path = "targets/d1/actions/" + action;
        assertThat(device.link("deploymentBase")).isNull();
        assertThat(device.link("confirmationBase")).isNotNull();
        HawkbitTools.ok(tools.call("PUT", path + "/confirmation", Map.of("confirmation", "denied")));
        assertThat(device.link("confirmationBase")).isNotNull();
        HawkbitTools.ok(tools.call(
                "PUT",
                path + "/confirmation",
                Map.of("confirmation", "confirmed", "details", List.of("by telephone"))));
        assertThat(status("PUT", path + "/confirmation", Map.of("confirmation", "confirmed")))
                .isEqualTo(409);
        String before = String.valueOf(device.link("deploymentBase"));
        assertThat(HawkbitTools.ok(device.follow(before))
                        .at("/deployment/update")
                        .asString())
                .isEqualTo("attempt");
        assertThat(tools.status("d1", action).toString()).contains("by telephone");

        JsonNode forced = HawkbitTools.ok(tools.call("PUT", path, Map.of("forceType", "forced")));
        assertThat(forced.path("forceType").asString()).isEqualTo("forced");
        assertThat(forced.path("weight").asInt()).isEqualTo(7);
        String after = String.valueOf(device.link("deploymentBase"));
        assertThat(after).isNotEqualTo(before);
        assertThat(HawkbitTools.ok(device.follow(after))
                        .at("/deployment/update")
                        .asString())
                .isEqualTo("forced");
        fixture.restart();
        assertThat(HawkbitTools.ok(tools.get("actions/" + action))
                        .path("forceType")
                        .asString())
                .isEqualTo("forced");
        assertThat(status("PUT", path, Map.of("forceType", "soft"))).isEqualTo(400);
        assertThat(total("actions?q=active==true;target.id==d1;distributionset.name==s"))
                .isEqualTo(1);
        assertThat(total("actions?q=status==finished")).isZero();
        assertThat(total("actions?sort=weight:DESC,lastStatusCode:ASC")).isEqualTo(1);
        assertThat(tools.get("actions?q=colour==red").status()).isEqualTo(400);
        assertThat(tools.get("actions?sort=target.name:UP").status()).isEqualTo(400);
    }

    private long rollout(long set, Map<String, Object> more) {
        Map<String, Object> body = new HashMap<>(
                Map.of("name", "r", "targetFilterQuery", "id==d*", "distributionSetId", set, "amountGroups", 2));
        body.putAll(more);
        return tools.post("rollouts", body).path("id").asLong();
    }

    private JsonNode rollout(long key) {
        return HawkbitTools.ok(tools.get("rollouts/" + key));
    }

    @Test
    void aGroupIsNotOverBeforeItsTargetsHaveComeAndTheNextCanBeTriggered() {
        HawkbitDevice one = device("d1");
        HawkbitDevice two = device("d2");
        long key = rollout(tools.bundle("s", "1", "a.bin", file), Map.of());
        String path = "rollouts/" + key;
        assertThat(rollout(key).path("totalTargets").asInt()).isEqualTo(2);
        assertThat(status("POST", path + "/triggerNextGroup", Map.of())).isEqualTo(400);
        HawkbitTools.ok(tools.call("POST", path + "/start", Map.of()));
        long first = HawkbitTools.ok(tools.get(path + "/deploygroups"))
                .at("/content/0/id")
                .asLong();
        assertThat(HawkbitTools.ok(tools.get(path + "/deploygroups/" + first + "/targets"))
                        .at("/content/0/controllerId")
                        .asString())
                .isEqualTo("d1");
        // Nobody of either group has ever come: that is no success.
        assertThat(two.link("deploymentBase")).isNull();
        assertThat(rollout(key).at("/totalTargetsPerStatus/scheduled").asInt()).isEqualTo(1);
        assertThat(one.link("deploymentBase")).isNotNull();
        HawkbitTools.ok(tools.call("POST", path + "/triggerNextGroup", Map.of()));
        await(() -> two.link("deploymentBase") != null);
        assertThat(status("POST", path + "/triggerNextGroup", Map.of())).isEqualTo(400);
        assertThat(status("POST", path + "/retry", Map.of())).isEqualTo(400);
        HawkbitTools.ok(tools.call("PUT", path, Map.of("name", "renamed", "description", "better")));
        assertThat(rollout(key).path("name").asString()).isEqualTo("renamed");
        assertThat(rollout(key).path("status").asString()).isEqualTo("running");
        assertThat(status("PUT", path, Map.of("targetFilterQuery", "id==x"))).isEqualTo(501);
        HawkbitTools.ok(tools.delete(path));
        assertThat(total("rollouts")).isZero();
        assertThat(two.link("deploymentBase")).isNull();
    }

    @Test
    void aRolloutIsTriedAgainForThoseThatFailed() {
        HawkbitDevice good = device("d1");
        HawkbitDevice bad = device("d2");
        long set = tools.bundle("s", "1", "a.bin", file);
        long key = rollout(
                set,
                Map.of(
                        "amountGroups",
                        1,
                        "successCondition",
                        Map.of("condition", "THRESHOLD", "expression", "50"),
                        "errorCondition",
                        Map.of("condition", "THRESHOLD", "expression", "99")));
        HawkbitTools.ok(tools.call("POST", "rollouts/" + key + "/start", Map.of()));
        bad.feedback(action(bad), "closed", "failure");
        assertThat(bad.link("deploymentBase")).isNull();
        good.feedback(action(good), "closed", "success");
        await(() -> rollout(key).path("status").asString().equals("finished"));
        JsonNode again = tools.post("rollouts/" + key + "/retry", Map.of());
        assertThat(again.path("name").asString()).isEqualTo("r_retry");
        assertThat(again.path("totalTargets").asInt()).isEqualTo(1);
        assertThat(status("POST", "rollouts/" + key + "/retry", Map.of())).isEqualTo(409);
        HawkbitTools.ok(tools.call("POST", "rollouts/" + again.path("id").asLong() + "/start", Map.of()));
        assertThat(good.link("deploymentBase")).isNull();
        long second = action(bad);
        bad.feedback(second, "closed", "failure");
        // Tried again once, and not for ever.
        assertThat(bad.link("deploymentBase")).isNull();
    }

    private static long action(HawkbitDevice device) {
        return HawkbitTools.ok(device.follow(String.valueOf(device.link("deploymentBase"))))
                .path("id")
                .asLong();
    }

    @Test
    void aRolloutThatWantsApprovalIsDeniedOrWaitsAndOneWithATimeStartsByItself() {
        HawkbitDevice one = device("d1");
        device("d2");
        long set = tools.bundle("s", "1", "a.bin", file);
        long timed =
                rollout(set, Map.of("name", "timed", "startAt", System.currentTimeMillis() + 500, "amountGroups", 1));
        assertThat(rollout(timed).path("status").asString()).isEqualTo("ready");
        await(() -> rollout(timed).path("status").asString().equals("running"));
        assertThat(one.link("deploymentBase")).isNotNull();
        HawkbitTools.ok(tools.call("POST", "rollouts/" + timed + "/stop", Map.of()));
        assertThat(status("POST", "rollouts/" + timed + "/stop", Map.of())).isEqualTo(400);

        tools.set("rollout.approval.enabled", true);
        long key = rollout(set, Map.of("name", "asked"));
        assertThat(rollout(key).path("status").asString()).isEqualTo("waiting_for_approval");
        assertThat(status("POST", "rollouts/" + key + "/start", Map.of())).isEqualTo(403);
        HawkbitTools.ok(tools.call("POST", "rollouts/" + key + "/deny?remark=no", Map.of()));
        assertThat(rollout(key).path("status").asString()).isEqualTo("approval_denied");
        assertThat(rollout(key).path("approvalRemark").asString()).isEqualTo("no");
        assertThat(status("POST", "rollouts/" + key + "/approve", Map.of())).isEqualTo(400);
    }

    @Test
    void whatIsInvalidatedIsStoppedAndNeverAssignedAgain() {
        HawkbitDevice device = device("d1");
        device("d2");
        long set = tools.bundle("s", "1", "a.bin", file);
        tools.assign(set, "d1", Map.of());
        long rollout = rollout(set, Map.of("targetFilterQuery", "id==d2", "amountGroups", 1));
        HawkbitTools.ok(tools.call("POST", "rollouts/" + rollout + "/start", Map.of()));
        tools.post("targetfilters/" + filter("id==d9") + "/autoAssignDS", Map.of("id", set));
        JsonNode statistics = HawkbitTools.ok(tools.get("distributionsets/" + set + "/statistics"));
        assertThat(statistics.at("/actions/RUNNING").asInt()).isEqualTo(1);
        assertThat(statistics.at("/rollouts/total").asInt()).isEqualTo(1);
        assertThat(statistics.path("totalAutoAssignments").asInt()).isEqualTo(1);
        assertThat(status("POST", "distributionsets/" + set + "/invalidate", Map.of("actionCancelationType", "maybe")))
                .isEqualTo(400);
        HawkbitTools.ok(
                tools.call("POST", "distributionsets/" + set + "/invalidate", Map.of("actionCancelationType", "soft")));
        assertThat(device.link("deploymentBase")).isNull();
        assertThat(device.link("cancelAction")).isNotNull();
        assertThat(rollout(rollout).path("status").asString()).isEqualTo("stopped");
        assertThat(HawkbitTools.ok(tools.get("distributionsets/" + set))
                        .path("valid")
                        .asBoolean(true))
                .isFalse();
        assertThat(status("POST", "distributionsets/" + set + "/assignedTargets", List.of(Map.of("id", "d2"))))
                .isEqualTo(400);
        assertThat(total("autoassignments")).isZero();
    }

    @Test
    void groupsTagsAndAddressesOfTargetsAreKeptAndFoundAgain() {
        HawkbitDevice device = device("d1");
        device("d2");
        HawkbitTools.ok(tools.call("PUT", "targetgroups/Europe/assigned", List.of("d1")));
        HawkbitTools.ok(tools.call("PUT", "targetgroups/assigned?group=Europe/East", List.of("d2")));
        assertThat(HawkbitTools.ok(tools.get("targetgroups")).toString()).isEqualTo("[\"Europe\",\"Europe/East\"]");
        assertThat(total("targetgroups/Europe/assigned")).isEqualTo(1);
        assertThat(total("targetgroups/assigned?group=Europe&subgroups=true")).isEqualTo(2);
        HawkbitTools.ok(tools.call("DELETE", "targetgroups/assigned", List.of("d2")));
        assertThat(total("targets?q=group=is=null")).isEqualTo(1);

        long tag = tools.post("targettags", List.of(Map.of("name", "blue")))
                .path(0)
                .path("id")
                .asLong();
        HawkbitTools.ok(tools.call("POST", "targettags/" + tag + "/assigned", List.of("d1", "d2")));
        HawkbitTools.ok(tools.call("PUT", "targettags/" + tag, Map.of("name", "green", "colour", "#0f0")));
        assertThat(fixture.get("/api/v1/devices/d1").json().path("tags").toString())
                .isEqualTo("[\"green\"]");
        assertThat(status("POST", "targettags/" + tag + "/assigned", List.of("d1", "nobody")))
                .isEqualTo(404);
        HawkbitTools.ok(tools.call("DELETE", "targettags/" + tag + "/assigned", List.of("d2")));
        assertThat(total("targets?q=tag==green")).isEqualTo(1);

        assertThat(device.link("configData")).isNotNull();
        fixture.restart();
        assertThat(HawkbitTools.ok(tools.get("targets/d1")).path("ipAddress").asString())
                .isEqualTo("127.0.0.1");
        assertThat(total("targets?q=ipaddress==127.0.0.1")).isEqualTo(1);

        long set = tools.bundle("s", "1", "a.bin", file);
        long stable = tools.post("distributionsettags", List.of(Map.of("name", "stable")))
                .path(0)
                .path("id")
                .asLong();
        HawkbitTools.ok(tools.call("POST", "distributionsettags/" + stable + "/assigned/" + set, Map.of()));
        assertThat(total("distributionsets?q=tag==stable")).isEqualTo(1);
        assertThat(total("distributionsettags/" + stable + "/assigned")).isEqualTo(1);
        HawkbitTools.ok(tools.delete("distributionsettags/" + stable));
        assertThat(total("distributionsets?q=tag==stable")).isZero();
    }

    @Test
    void everyListPagesAndSortsAndKnowsItsFields() {
        for (int i = 0; i < 7; i++) {
            device("d" + i);
            tools.bundle("s" + i, "1", "a.bin", file);
            filter("id==d" + i);
            tools.post("targettags", List.of(Map.of("name", "t" + i)));
            tools.post("distributionsettags", List.of(Map.of("name", "t" + i)));
            tools.post("targettypes", List.of(Map.of("name", "y" + i)));
            rollout(i + 1, Map.of("name", "r" + i, "targetFilterQuery", "id==d" + i, "amountGroups", 1));
            tools.assign(i + 1, "d" + i, Map.of());
        }
        for (String list : List.of(
                "targets",
                "softwaremodules",
                "distributionsets",
                "targetfilters",
                "targettags",
                "distributionsettags",
                "targettypes",
                "rollouts",
                "actions")) {
            JsonNode page = HawkbitTools.ok(tools.get(list + "?offset=2&limit=3&sort=id:DESC"));
            assertThat(page.path("total").asInt()).as(list).isEqualTo(7);
            assertThat(page.path("size").asInt()).as(list).isEqualTo(3);
            JsonNode all = HawkbitTools.ok(tools.get(list + "?sort=id:ASC"));
            String member = list.equals("targets") ? "controllerId" : "id";
            assertThat(page.at("/content/0/" + member)).as(list).isEqualTo(all.at("/content/4/" + member));
            for (String wrong :
                    List.of("sort=nothing:ASC", "sort=id", "sort=id:UP", "q=nothing==1", "q=((", "limit=x")) {
                Fixture.Answer refused = tools.get(list + "?" + wrong.replace("(", "%28"));
                assertThat(refused.status()).as(list + " " + wrong).isEqualTo(400);
                assertThat(refused.json().path("errorCode").asString()).startsWith("hawkbit.server.error.rest.");
            }
            assertThat(total(list + "?q=id=in=(99999,88888)")).as(list).isZero();
        }
    }

    @Test
    void aSettingActsIsTakenBackAndABatchIsAllOrNothing() {
        HawkbitDevice device = device("d1");
        long first = tools.bundle("s", "1", "a.bin", file);
        long second = tools.bundle("s", "2", "a.bin", new byte[101]);
        tools.set("repository.actions.autoclose.enabled", true);
        long action = tools.assign(first, "d1", Map.of());
        tools.assign(second, "d1", Map.of());
        assertThat(tools.action("d1", action).path("status").asString()).isEqualTo("canceled");
        assertThat(device.link("cancelAction")).isNull();
        assertThat(device.link("deploymentBase")).isNotNull();

        Map<String, Object> batch = Map.of("pollingTime", "00:02:00", "pollingOverdueTime", "no time");
        assertThat(status("PUT", "system/configs", batch)).isEqualTo(400);
        assertThat(HawkbitTools.ok(tools.get("system/configs/pollingTime"))
                        .path("global")
                        .asBoolean())
                .isTrue();
        HawkbitTools.ok(tools.call("PUT", "system/configs", Map.of("pollingTime", "PT2M")));
        HawkbitTools.ok(tools.delete("system/configs/pollingTime"));
        assertThat(HawkbitTools.ok(tools.get("system/configs/pollingTime"))
                        .path("global")
                        .asBoolean())
                .isTrue();
        assertThat(status("PUT", "system/configs/implicit.lock.enabled", Map.of("value", false)))
                .isEqualTo(501);
    }
}
