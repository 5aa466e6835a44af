package dev.updraft.server.hawkbit.ddi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitDevice;
import dev.updraft.server.testing.HawkbitTools;
import dev.updraft.server.testing.Images;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
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
import tools.jackson.dataformat.cbor.CBORMapper;

/** hawkBit's DDI beyond what the contract tests of single clients ask. */
class DdiTest {
    private final byte[] file = "not an image at all".getBytes(StandardCharsets.UTF_8);
    private Fixture fixture;
    private HawkbitTools tools;
    private HawkbitDevice device;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = fixture(data);
        tools = new HawkbitTools(fixture);
        device = tools.target("d1", "token-1");
    }

    Fixture fixture(Path data) {
        return new Fixture(data);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private long set(String version) {
        return tools.bundle("set", version, "file-" + version + ".swu", file);
    }

    private long assigned(String version) {
        return tools.assign(set(version), "d1", Map.of());
    }

    @Test
    void anIdlePollTakesAtMost260BytesOnTheWireAlsoOnceSomethingIsInstalled() throws IOException {
        device.attributes(Map.of("board", "x"));
        idlePollIsSmall();
        device.feedback(assigned("1"), "closed", "success");
        device.attributes(Map.of("board", "x"));
        idlePollIsSmall();
        // Who lives by links gets this one too.
        assertThat(device.get("", "Accept", "application/hal+json").text()).contains("installedBase");
    }

    private void idlePollIsSmall() throws IOException {
        try (Socket socket = fixture.connect()) {
            socket.getOutputStream()
                    .write(("GET /DEFAULT/controller/v1/d1 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                    + "Authorization: TargetToken token-1\r\nAccept: */*\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] answer = new byte[4_096];
            int size = 0;
            String text = "";
            while (!text.endsWith("}}}")) {
                size += in.read(answer, size, answer.length - size);
                text = new String(answer, 0, size, StandardCharsets.US_ASCII);
            }
            assertThat(text).startsWith("HTTP/1.1 200 OK").contains("\"sleep\":\"00:0");
            assertThat(size).as(text).isLessThanOrEqualTo(260);
        }
    }

    @Test
    void anUnchangedAnswerIsNotSentAgainAndAChangedOneIs() {
        Fixture.Answer first = device.get("");
        String tag = String.valueOf(first.header("ETag"));
        assertThat(device.get("", "If-None-Match", tag).status()).isEqualTo(304);
        long action = assigned("1");
        Fixture.Answer changed = device.get("", "If-None-Match", tag);
        assertThat(changed.status()).isEqualTo(200);
        Fixture.Answer deployment = device.get("/deploymentBase/" + action);
        assertThat(device.get("/deploymentBase/" + action, "If-None-Match", String.valueOf(deployment.header("ETag")))
                        .status())
                .isEqualTo(304);
    }

    @Test
    void cborIsSpokenToThoseThatAskForIt() {
        assigned("1");
        Fixture.Answer answer = device.get("", "Accept", "application/cbor");
        assertThat(answer.header("Content-Type")).isEqualTo("application/cbor");
        JsonNode base = new CBORMapper().readTree(answer.body());
        assertThat(base.path("links").findValuesAsString("rel")).containsExactly("deploymentBase", "configData");
        byte[] attributes = new CBORMapper().writeValueAsBytes(Map.of("data", Map.of("a", "b")));
        assertThat(fixture.send(fixture.request("/default/controller/v1/d1/configData", null)
                                .header("Authorization", "TargetToken token-1")
                                .header("Content-Type", "application/cbor")
                                .PUT(HttpRequest.BodyPublishers.ofByteArray(attributes)))
                        .status())
                .isEqualTo(200);
        assertThat(HawkbitTools.ok(tools.get("targets/d1/attributes")).path("a").asString())
                .isEqualTo("b");
    }

    @Test
    void attributesAreMergedReplacedAndRemoved() {
        device.send("PUT", "/configData", Map.of("data", Map.of("a", "1", "b", "2")));
        device.send("PUT", "/configData", Map.of("mode", "merge", "data", Map.of("b", "3", "c", "4")));
        assertThat(tools.get("targets/d1/attributes").text()).isEqualTo("{\"a\":\"1\",\"b\":\"3\",\"c\":\"4\"}");
        device.send("PUT", "/configData", Map.of("mode", "remove", "data", Map.of("a", "")));
        device.send("PUT", "/configData", Map.of("mode", "replace", "data", Map.of("z", "9")));
        assertThat(tools.get("targets/d1/attributes").text()).isEqualTo("{\"z\":\"9\"}");
        for (Object wrong : List.of(
                Map.of("mode", "shuffle", "data", Map.of("a", "1")),
                Map.of("data", Map.of()),
                Map.of(),
                List.of(),
                Map.of("data", Map.of("a", List.of())))) {
            assertThat(device.send("PUT", "/configData", wrong).status())
                    .as("" + wrong)
                    .isEqualTo(400);
        }
    }

    @Test
    void feedbackThatIsNotHawkbitsIsRefusedInOneSentence() {
        long action = assigned("1");
        for (Object wrong : List.of(
                Map.of(),
                List.of(),
                Map.of("status", Map.of("execution", "closed")),
                Map.of("status", Map.of("execution", "none", "result", Map.of("finished", "success"))),
                Map.of("status", Map.of("execution", "closed", "result", Map.of("finished", "maybe"))))) {
            Fixture.Answer answer = device.send("POST", "/deploymentBase/" + action + "/feedback", wrong);
            assertThat(answer.status()).as("" + wrong).isEqualTo(400);
            assertThat(answer.json().path("error").asString()).endsWith(".");
        }
        assertThat(device.feedback(999, "closed", "success").status()).isEqualTo(404);
        assertThat(device.get("/deploymentBase/abc").status()).isEqualTo(400);
        assertThat(device.cancelFeedback(action, "closed", "success").status()).isEqualTo(405);
        assertThat(device.get("/cancelAction/" + action).status()).isEqualTo(404);
        assertThat(device.get("/installedBase/" + action).status()).isEqualTo(404);
        assertThat(fixture.send(fixture.request("/DEFAULT/controller/v1/d1/configData", null)
                                .header("Authorization", "TargetToken token-1")
                                .header("Content-Type", "text/plain")
                                .PUT(HttpRequest.BodyPublishers.ofString("x")))
                        .status())
                .isEqualTo(415);
    }

    @Test
    void nothingOfAnotherDeviceOrTenantIsGivenOut() {
        long action = assigned("1");
        HawkbitDevice other = tools.target("d2", "token-2");
        assertThat(other.get("/deploymentBase/" + action).status()).isEqualTo(404);
        assertThat(other.feedback(action, "closed", "success").status()).isEqualTo(404);
        assertThat(device.get("/softwaremodules/1/artifacts/file-1.swu").status())
                .isEqualTo(200);
        assertThat(other.get("/softwaremodules/1/artifacts/file-1.swu").status())
                .isEqualTo(404);
        assertThat(device.get("/softwaremodules/1/artifacts/..%2F..%2Fadmin-token")
                        .status())
                .isIn(400, 404);
        String admin = fixture.post("/api/v1/tenants", Map.of("name", "acme"))
                .json()
                .path("token")
                .asString();
        assertThat(fixture.send(fixture.request("/rest/v1/targets/d1", admin)).status())
                .isEqualTo(404);
        for (String tenant : List.of("acme", "nobody")) {
            assertThat(fixture.send(fixture.request("/" + tenant + "/controller/v1/d1", null)
                                    .header("Authorization", "TargetToken token-1"))
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void md5SumsAndListsOfFilesAreServed() {
        assigned("1");
        Fixture.Answer sum = device.get("/softwaremodules/1/artifacts/file-1.swu.MD5SUM");
        assertThat(sum.text()).matches("[0-9a-f]{32} {2}file-1\\.swu");
        JsonNode files = HawkbitTools.ok(device.get("/softwaremodules/1/artifacts"));
        assertThat(files.path(0).path("filename").asString()).isEqualTo("file-1.swu");
        assertThat(device.get("/softwaremodules/77/artifacts").status()).isEqualTo(404);
    }

    @Test
    void behindAProxyLinksLeadToTheProxy() {
        assigned("1");
        JsonNode base = HawkbitTools.ok(
                device.get("", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "updates.example.com"));
        assertThat(base.path("_links").path("deploymentBase").path("href").asString())
                .startsWith("https://updates.example.com/DEFAULT/controller/v1/d1/deploymentBase/");
        assertThat(HawkbitTools.ok(device.get("", "X-Forwarded-Host", "evil\"example"))
                        .path("_links")
                        .path("configData")
                        .path("href")
                        .asString())
                .startsWith("http://127.0.0.1");
    }

    @Test
    void anUpdateThatNeedsConsentWaitsForIt() {
        long action = tools.assign(set("1"), "d1", Map.of("confirmationRequired", true));
        assertThat(device.link("deploymentBase")).isNull();
        assertThat(device.link("confirmationBase")).contains("/confirmationBase/" + action + "?c=");
        assertThat(device.get("/deploymentBase/" + action).status()).isEqualTo(404);
        assertThat(device.feedback(action, "closed", "success").status()).isEqualTo(404);
        assertThat(HawkbitTools.ok(device.get("/confirmationBase/" + action)).has("confirmation"))
                .isTrue();
        String feedback = "/confirmationBase/" + action + "/feedback";
        assertThat(device.send("POST", feedback, Map.of("confirmation", "denied"))
                        .status())
                .isEqualTo(200);
        assertThat(device.link("confirmationBase")).isNotNull();
        fixture.restart();
        assertThat(device.send("POST", feedback, Map.of("confirmation", "confirmed"))
                        .status())
                .isEqualTo(200);
        assertThat(device.link("deploymentBase")).isNotNull();
        assertThat(device.send("POST", feedback, Map.of("confirmation", "confirmed"))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void whoConfirmsAutomaticallyIsNotAskedAgain() {
        assertThat(device.send("POST", "/confirmationBase/activateAutoConfirm", Map.of("initiator", "me"))
                        .status())
                .isEqualTo(200);
        assertThat(device.send("POST", "/confirmationBase/activateAutoConfirm", Map.of())
                        .status())
                .isEqualTo(409);
        tools.assign(set("1"), "d1", Map.of("confirmationRequired", true));
        assertThat(device.link("deploymentBase")).isNotNull();
        JsonNode state = HawkbitTools.ok(device.get("/confirmationBase"));
        assertThat(state.path("autoConfirm").path("active").asBoolean()).isTrue();
        assertThat(state.path("_links").has("deactivateAutoConfirm")).isTrue();
        device.send("POST", "/confirmationBase/deactivateAutoConfirm", Map.of());
        assertThat(HawkbitTools.ok(device.get("/confirmationBase"))
                        .path("autoConfirm")
                        .path("active")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void aNewAssignmentStopsTheOldOneFirst() {
        long first = assigned("1");
        device.poll();
        long second = assigned("2");
        assertThat(device.link("cancelAction")).endsWith("/cancelAction/" + first);
        device.cancelFeedback(first, "closed", "success");
        assertThat(device.link("deploymentBase")).contains("/deploymentBase/" + second);
    }

    @Test
    void whatIsInstalledStaysReadableAndCarriesItsHistory() {
        long action = assigned("1");
        device.feedback(action, "proceeding", "none", "half way");
        device.feedback(action, "closed", "success", "done");
        assertThat(device.link("installedBase")).endsWith("/installedBase/" + action);
        JsonNode installed = HawkbitTools.ok(device.get("/installedBase/" + action + "?actionHistory=-1"));
        assertThat(installed.path("actionHistory").path("status").asString()).isEqualTo("FINISHED");
        assertThat(installed.path("actionHistory").path("messages").findValuesAsString(""))
                .isEmpty();
        assertThat(installed.path("actionHistory").path("messages").toString()).isEqualTo("[\"done\",\"half way\"]");
        assertThat(device.get("/deploymentBase/" + action).status()).isEqualTo(200);
    }

    @Test
    void aDeviceThatRunsTheOldVersionAgainCountsAgainstTheRollout() {
        device.attributes(Map.of("board", "stm32f407", "version", "1.0.0"));
        fixture.publish(Images.image("stm32f407", 1, 0, 0, 200));
        fixture.publish(Images.image("stm32f407", 1, 1, 0, 200));
        String link = String.valueOf(device.link("deploymentBase"));
        long action = HawkbitTools.ok(device.follow(link)).path("id").asLong();
        device.feedback(action, "closed", "success");
        assertThat(device.link("deploymentBase")).isNull();
        assertThat(device.link("configData")).isNotNull();
        device.attributes(Map.of("board", "stm32f407", "version", "1.0.0"));
        JsonNode progress = fixture.get("/api/v1/rollouts/2").json().path("progress");
        assertThat(progress.path("confirmed").asLong()).isZero();
        assertThat(progress.path("failures").asLong()).isEqualTo(1);
        assertThat(tools.action("d1", action).path("status").asString()).isEqualTo("error");
        assertThat(fixture.get("/api/v1/devices/d1").json().path("version").asString())
                .isEqualTo("1.0.0");
        assertThat(device.link("deploymentBase")).isNull();
    }

    @Test
    void nothingIsForgottenOverARestart() {
        long action = assigned("1");
        device.attributes(Map.of("a", "b"));
        device.feedback(action, "download", "none");
        fixture.restart();
        assertThat(device.link("deploymentBase")).contains("/deploymentBase/" + action);
        assertThat(device.link("configData")).isNull();
        assertThat(tools.status("d1", action).path(0).path("type").asString()).isEqualTo("download");
        device.feedback(action, "closed", "success");
        fixture.restart();
        assertThat(device.link("deploymentBase")).isNull();
        assertThat(device.link("installedBase")).isNotNull();
    }

    @Test
    void aPollingTimeOfOneSecondIsAllowedAndOneOfNoneIsNot() {
        tools.set("pollingTime", "00:00:01");
        assertThat(device.poll().path("config").path("polling").path("sleep").asString())
                .isEqualTo("00:00:01");
        for (String wrong : List.of("00:00:00", "1s", "24:00:00", "")) {
            assertThat(tools.call("PUT", "system/configs/pollingTime", Map.of("value", wrong))
                            .status())
                    .isEqualTo(400);
        }
    }

    /** What Hara's test suite looks for in the lines of an action, beside what it told itself. */
    @Test
    void theLinesOfAnActionTellFromItsBeginningWhatTheDeviceFetched() {
        HawkbitDevice device = tools.target("lines", "token-of-lines");
        byte[] content = {1, 2, 3};
        long action = tools.assign(tools.bundle("lines", "1", "test_1", content), "lines", Map.of("type", "soft"));
        String link = String.valueOf(device.link("deploymentBase"));
        String href = "";
        for (int i = 0; i < 2; i++) {
            href = HawkbitTools.ok(device.follow(link))
                    .path("deployment")
                    .path("chunks")
                    .path(0)
                    .path("artifacts")
                    .path(0)
                    .path("_links")
                    .path("download-http")
                    .path("href")
                    .asString();
        }
        assertThat(device.follow(href, "Range", "bytes=1-").status()).isEqualTo(206);
        assertThat(device.follow(href).body()).isEqualTo(content);
        device.feedback(action, "closed", "success", "Details:");
        List<String> lines = new ArrayList<>();
        tools.status("lines", action)
                .forEach(line -> lines.add(line.path("type").asString() + ": "
                        + line.path("messages").path(0).asString()));
        assertThat(lines)
                .containsExactly(
                        "finished: Details:",
                        "download: Update Server: Target downloads " + href.substring(href.indexOf("/DEFAULT")),
                        "retrieved: Update Server: Target retrieved update action and should start now the download.",
                        "running: Assignment initiated by user 'admin'");
        JsonNode oldest =
                HawkbitTools.ok(tools.get("targets/lines/actions/" + action + "/status?offset=0&limit=2&sort=id:ASC"));
        assertThat(oldest.path("total").asInt()).isEqualTo(4);
        assertThat(oldest.path("content").path(0).path("id").asInt()).isZero();
        assertThat(oldest.path("content").path(1).path("type").asString()).isEqualTo("retrieved");
    }
}
