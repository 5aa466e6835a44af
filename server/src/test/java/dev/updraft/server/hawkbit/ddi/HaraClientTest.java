package dev.updraft.server.hawkbit.ddi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HaraClient;
import dev.updraft.server.testing.HawkbitTools;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What Hara's integration tests ask of a server: their data set, their calls of hawkBit's Management API as the user {@code test} with
 * the password {@code test}, and the lines that they look for in each action, all of them and no other.
 */
class HaraClientTest {
    private static final String GATEWAY = "GatewayToken 66076ab945a127dd80b15e9011995109";
    private static final String TARGET = "TargetToken r2m3ixxc86a2v4q81wntpyhr78zy08we";
    private static final String RETRIEVED =
            "retrieved [Update Server: Target retrieved update action and should start now the download.]";
    private static final String ASSIGNED = "running [Assignment initiated by user 'test']";

    private Fixture fixture;
    private HawkbitTools tools;
    private long osWithApps;
    private long os;
    private long app;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = fixture(data);
        fixture.post("/api/v1/users", Map.of("name", "test", "role", "admin"));
        fixture.put("/api/v1/users/test/password", Map.of("password", "test", "weak", true));
        tools = new HawkbitTools(fixture, "test", "test");
        tools.set("authentication.gatewaytoken.key", GATEWAY.substring(GATEWAY.indexOf(' ') + 1));
        tools.set("authentication.gatewaytoken.enabled", true);
        tools.set("authentication.targettoken.enabled", true);
        tools.set("pollingTime", "00:00:05");
        long appModule = module("application", "app", "test_1");
        long apps = module("application", "apps", "test_2", "test_3");
        long osModule = module("os", "os", "test_4");
        osWithApps = tools.distribution("osWithApps", "1", appModule, apps, osModule);
        os = tools.distribution("os", "1", osModule);
        app = tools.distribution("app", "1", appModule);
    }

    private long module(String type, String name, String... files) {
        long module = tools.module(type, name, "1");
        for (String file : files) {
            HawkbitTools.ok(tools.upload(module, file, content(file)));
        }
        return module;
    }

    private static byte[] content(String file) {
        return (file + "\n").getBytes(StandardCharsets.UTF_8);
    }

    Fixture fixture(Path data) {
        return new Fixture(data);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /** As its tests begin: whatever was there of the target is removed. */
    private HaraClient recreated(String id, boolean mayDownload, boolean mayUpdate) {
        tools.delete("targets/" + id);
        tools.post("targets", List.of(Map.of("name", id, "controllerId", id, "securityToken", "")));
        return new HaraClient(fixture, id, List.of(GATEWAY), mayDownload, mayUpdate);
    }

    private long assign(String target, long set, String type, long forceTime) {
        JsonNode answer = tools.post(
                "targets/" + target + "/assignedDS", Map.of("id", set, "type", type, "forcetime", forceTime));
        assertThat(answer.path("alreadyAssigned").asInt(-1)).isZero();
        assertThat(answer.path("assigned").asInt(-1)).isEqualTo(1);
        return answer.path("assignedActions").path(0).path("id").asLong();
    }

    private void assertLines(String target, long action, List<String> expected) {
        assertThat(tools.action(target, action).path("status").asString()).isIn("finished", "canceled");
        List<String> lines = new ArrayList<>();
        HawkbitTools.ok(tools.get("targets/" + target + "/actions/" + action + "/status"))
                .path("content")
                .forEach(line -> lines.add(line.path("type").asString() + " "
                        + line.path("messages")
                                .valueStream()
                                .map(JsonNode::asString)
                                .toList()));
        assertThat(lines).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static String running(String message) {
        return "running [" + message + "]";
    }

    private static List<String> downloads(String target, String... paths) {
        List<String> lines =
                new ArrayList<>(List.of(RETRIEVED, ASSIGNED, running("Start downloading " + paths.length + " files")));
        for (String path : paths) {
            String file = path.substring(path.lastIndexOf('/') + 1);
            lines.add("download [Update Server: Target downloads /DEFAULT/controller/v1/" + target + "/softwaremodules/"
                    + path + "]");
            lines.add(running("Successfully downloaded file with md5 " + HaraClient.md5(content(file))));
        }
        lines.add(running("Successfully downloaded all files"));
        lines.add(running("Applying the update..."));
        lines.add(running("Update applied"));
        lines.add("finished [Details:]");
        return lines;
    }

    private static List<String> and(List<String> lines, String... more) {
        List<String> all = new ArrayList<>(lines);
        for (String message : more) {
            all.add(running(message));
        }
        return all;
    }

    @Test
    void aNewAssignmentCancelsTheOneUnderWay() {
        HaraClient client = recreated("CancelActionTest", true, true);
        long first = assign("CancelActionTest", os, "forced", 0);
        long second = assign("CancelActionTest", app, "forced", 0);
        assertThat(second).isEqualTo(first + 1);
        assertThat(client.ping()).isEqualTo(HaraClient.Seen.CANCEL);
        assertLines(
                "CancelActionTest",
                first,
                List.of(
                        "canceled [Update Server: Cancellation confirmed.,"
                                + " Update Server: Cancellation completion is finished sucessfully.]",
                        "retrieved [Update Server: Target retrieved cancel action and should start now the"
                                + " cancellation.]",
                        "canceling [Update Server: cancel obsolete action due to new update]",
                        ASSIGNED));
        assertLines("CancelActionTest", second, downloads("CancelActionTest", "1/artifacts/test_1"));
        assertThat(client.ping()).isIn(HaraClient.Seen.IDLE, HaraClient.Seen.NOTHING_NEW);
    }

    @Test
    void aForcedUpdateOfSeveralModulesIsTakenAtOnce() {
        HaraClient client = recreated("OsWithAppsForcedUpdateTest", true, true);
        long action = assign("OsWithAppsForcedUpdateTest", osWithApps, "forced", 0);
        assertThat(client.ping()).isEqualTo(HaraClient.Seen.DEPLOYMENT);
        assertLines("OsWithAppsForcedUpdateTest", action, allFour("OsWithAppsForcedUpdateTest"));
        assertThat(client.files).containsOnlyKeys("test_1", "test_2", "test_3", "test_4");
        client.files.forEach((name, bytes) -> assertThat(bytes).isEqualTo(content(name)));
    }

    private static List<String> allFour(String target) {
        return downloads(
                target, "1/artifacts/test_1", "2/artifacts/test_2", "2/artifacts/test_3", "3/artifacts/test_4");
    }

    @Test
    void aSoftUpdateIsAskedForTwice() {
        HaraClient client = recreated("OsWithAppsSoftUpdateTest", true, true);
        long action = assign("OsWithAppsSoftUpdateTest", osWithApps, "soft", 0);
        assertThat(client.ping()).isEqualTo(HaraClient.Seen.DEPLOYMENT);
        assertLines(
                "OsWithAppsSoftUpdateTest",
                action,
                and(
                        allFour("OsWithAppsSoftUpdateTest"),
                        "Waiting authorization to download",
                        "Authorization granted for downloading files",
                        "Waiting authorization to update",
                        "Authorization granted for update"));
    }

    @Test
    void aTimeForcedUpdateIsTakenWhenItsTimeHasComeThoughNobodyAllowedIt() throws InterruptedException {
        HaraClient download = recreated("TimeForceTest", false, false);
        HaraClient update = recreated("TimeForceTest2", true, false);
        long at = System.currentTimeMillis() + 5_000;
        long first = assign("TimeForceTest", app, "timeforced", at);
        long second = assign("TimeForceTest2", app, "timeforced", at);
        assertThat(download.ping()).isEqualTo(HaraClient.Seen.DEPLOYMENT);
        assertThat(update.ping()).isEqualTo(HaraClient.Seen.DEPLOYMENT);
        assertThat(download.ping()).isEqualTo(HaraClient.Seen.NOTHING_NEW);
        Thread.sleep(Math.max(0, at - System.currentTimeMillis()) + 10);
        assertThat(download.ping()).isEqualTo(HaraClient.Seen.DEPLOYMENT);
        assertThat(update.ping()).isEqualTo(HaraClient.Seen.DEPLOYMENT);
        assertLines(
                "TimeForceTest",
                first,
                and(downloads("TimeForceTest", "1/artifacts/test_1"), "Waiting authorization to download"));
        assertLines(
                "TimeForceTest2",
                second,
                and(
                        downloads("TimeForceTest2", "1/artifacts/test_1"),
                        "Waiting authorization to download",
                        "Authorization granted for downloading files",
                        "Waiting authorization to update"));
    }

    @Test
    void whatIsOnlyToBeDownloadedIsInstalledWhenSomebodyAllowsIt() {
        HaraClient client = recreated("DownloadOnlyTest", false, true);
        long action = assign("DownloadOnlyTest", app, "downloadonly", 0);
        assertThat(client.ping()).isEqualTo(HaraClient.Seen.DEPLOYMENT);
        assertLines(
                "DownloadOnlyTest",
                action,
                and(
                        downloads("DownloadOnlyTest", "1/artifacts/test_1"),
                        "Waiting authorization to update",
                        "Authorization granted for update"));
    }

    /** Its longest name of a target has 97 characters. */
    @Test
    void aClientThatStartsAgainSeesTheUpdateThatItWasAt() {
        String id = "haraClientShouldStopPollingAfterBeingStoppedInDownloadingStateForMultipleArtifacts_1732610000000";
        HaraClient client = recreated(id, false, false);
        long action = assign(id, osWithApps, "soft", 0);
        assertThat(client.ping()).isEqualTo(HaraClient.Seen.DEPLOYMENT);
        assertThat(client.ping()).isEqualTo(HaraClient.Seen.NOTHING_NEW);
        HaraClient again = new HaraClient(fixture, id, List.of(GATEWAY), true, true);
        assertThat(again.ping()).isEqualTo(HaraClient.Seen.DEPLOYMENT);
        assertThat(tools.action(id, action).path("status").asString()).isEqualTo("finished");
    }

    @Test
    void eachTokenIsTakenWhileItIsSwitchedOnAndTheAnswerKeepsItsTag() {
        tools.target("DoubleToken", TARGET.substring(TARGET.indexOf(' ') + 1));
        HaraClient both = new HaraClient(fixture, "DoubleToken", List.of(TARGET, GATEWAY), true, true);
        switchTokens(false, false);
        assertAnswers(both, "401 " + TARGET, "401 " + GATEWAY);
        switchTokens(true, false);
        assertAnswers(both, "200 " + TARGET);
        switchTokens(false, true);
        assertAnswers(both, "401 " + TARGET, "304 " + GATEWAY);
        switchTokens(true, true);
        assertAnswers(both, "304 " + GATEWAY);
        switchTokens(true, false);
        assertAnswers(both, "401 " + GATEWAY, "304 " + TARGET);
        switchTokens(true, true);
        assertAnswers(both, "304 " + TARGET);
        for (String wrong : List.of("TargetToken InValidToken", "GatewayToken InValidToken")) {
            HaraClient stranger = new HaraClient(fixture, "DoubleToken", List.of(wrong), true, true);
            assertAnswers(stranger, "401 " + wrong);
        }
    }

    private void switchTokens(boolean target, boolean gateway) {
        tools.set("authentication.targettoken.enabled", target);
        tools.set("authentication.gatewaytoken.enabled", gateway);
    }

    private static void assertAnswers(HaraClient client, String... expected) {
        client.answers.clear();
        client.ping();
        assertThat(client.answers).containsExactly(expected);
    }

    /** Its virtual devices, and that their attributes come with the first poll. */
    @Test
    void devicesOfTheGatewayRegisterThemselvesAndAreSeen() {
        for (int i = 0; i < 2; i++) {
            HaraClient client = new HaraClient(fixture, "VirtualDevice-number-" + i, List.of(GATEWAY), true, true);
            client.attributes = Map.of("client", "kotlin virtual device", "client_version", "2.1.0");
            assertThat(client.ping()).isEqualTo(HaraClient.Seen.IDLE);
        }
        JsonNode targets = HawkbitTools.ok(tools.get("targets")).path("content");
        assertThat(targets.size()).isEqualTo(2);
        for (int i = 0; i < 2; i++) {
            assertThat(targets.path(i).path("controllerId").asString()).isEqualTo("VirtualDevice-number-" + i);
            assertThat(targets.path(i).path("lastControllerRequestAt").isIntegralNumber())
                    .isTrue();
        }
        assertThat(HawkbitTools.ok(tools.get("targets/VirtualDevice-number-1/attributes"))
                        .path("client_version")
                        .asString())
                .isEqualTo("2.1.0");
    }
}
