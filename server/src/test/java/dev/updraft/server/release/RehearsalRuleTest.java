package dev.updraft.server.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.image.Bytes;
import dev.updraft.image.Sha256;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.PemKey;
import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitDevice;
import dev.updraft.server.testing.HawkbitTools;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.RehearsalReport;
import dev.updraft.server.testing.SimulatedDevice;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A tenant that lets nothing out that was not rehearsed: whatever way a device could get it by. */
class RehearsalRuleTest {
    private final byte[] image = Images.image("stm32f407", 1, 1, 0, 100);
    private Fixture fixture;
    private long release;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
        release = fixture.upload("/api/v1/releases", image).json().path("id").asLong();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private Fixture.Answer patch(Map<String, Object> change) {
        return fixture.send(fixture.request("/api/v1/settings", fixture.admin())
                .method("PATCH", HttpRequest.BodyPublishers.ofByteArray(Fixture.JSON.writeValueAsBytes(change))));
    }

    private JsonNode set(Map<String, Object> change) {
        Fixture.Answer answer = patch(change);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private byte[] report(int cuts, int operations, boolean passed) {
        return Fixture.JSON.writeValueAsBytes(
                RehearsalReport.of("stm32f407", image, operations, cuts, cuts, passed ? 0 : 2));
    }

    private Fixture.Answer rehearsed(byte[] report, @Nullable String signature) {
        HttpRequest.Builder request = fixture.request("/api/v1/releases/" + release + "/rehearsals", fixture.admin())
                .POST(HttpRequest.BodyPublishers.ofByteArray(report));
        return fixture.send(signature == null ? request : request.header("Updraft-Signature", signature));
    }

    private static String signature(PemKey key, byte[] report) {
        Bytes digest = Bytes.wrapping(Sha256.of(report));
        return Base64.getEncoder()
                .encodeToString(key.signing().signDigest(digest).toArray());
    }

    private Fixture.Answer publish() {
        return fixture.post("/api/v1/releases/" + release + "/publish", Map.of());
    }

    private String state(long rollout) {
        return fixture.get("/api/v1/rollouts/" + rollout)
                .json()
                .path("rollout")
                .path("state")
                .asString();
    }

    @Test
    void aReleaseIsPublishedOnceItWasRehearsed() {
        SimulatedDevice device = fixture.device("d1");
        assertThat(fixture.get("/api/v1/settings")
                        .json()
                        .path("requireRehearsal")
                        .asBoolean())
                .isFalse();
        assertThat(set(Map.of("requireRehearsal", true)).path("rehearsalCuts").asInt())
                .isEqualTo(200);
        Fixture.Answer early = publish();
        assertThat(early.status()).isEqualTo(409);
        assertThat(early.text()).contains("was not rehearsed on stm32f407", "updraft release rehearsed " + release);
        fixture.restart();
        assertThat(publish().status()).isEqualTo(409);
        assertThat(rehearsed(report(200, 5_000, true), null).status()).isEqualTo(201);
        assertThat(publish().status()).isEqualTo(200);
        assertThat(device.checkIn().status()).isEqualTo(200);
    }

    @Test
    void whatIsOutAlreadyIsHeldOnceItIsDemandedAndWhenALaterRehearsalFails() {
        SimulatedDevice device = fixture.device("d1");
        assertThat(publish().status()).isEqualTo(200);
        assertThat(device.checkIn().status()).isEqualTo(200);
        set(Map.of("requireRehearsal", true));
        assertThat(device.checkIn().status()).isEqualTo(204);
        Await.until(() -> state(1).equals("paused"));
        assertThat(fixture.post("/api/v1/rollouts/1/resume", Map.of()).status()).isEqualTo(409);
        assertThat(rehearsed(report(200, 5_000, true), null).status()).isEqualTo(201);
        assertThat(fixture.post("/api/v1/rollouts/1/resume", Map.of()).status()).isEqualTo(200);
        assertThat(device.checkIn().status()).isEqualTo(200);
        assertThat(rehearsed(report(200, 5_000, false), null).status()).isEqualTo(201);
        assertThat(device.checkIn().status()).isEqualTo(204);
        assertThat(state(1)).isEqualTo("paused");
        set(Map.of("requireRehearsal", false));
        assertThat(fixture.post("/api/v1/rollouts/1/resume", Map.of()).status()).isEqualTo(200);
        assertThat(device.checkIn().status()).isEqualTo(200);
    }

    @Test
    void aReleaseOnTheWayToAnotherIsHeldToo() {
        byte[] next = Images.image("stm32f407", 1, 2, 0, 100);
        SimulatedDevice device = fixture.device("d1");
        assertThat(fixture.post("/api/v1/releases/" + release + "/publish?to=nobody", Map.of())
                        .status())
                .isEqualTo(200);
        long goal = fixture.upload("/api/v1/releases?from=%3E%3D1.1.0", next)
                .json()
                .path("id")
                .asLong();
        fixture.post("/api/v1/releases/" + goal + "/publish", Map.of());
        assertThat(device.checkIn().status()).isEqualTo(200);
        long first = release;
        release = goal;
        set(Map.of("requireRehearsal", true));
        byte[] report = new String(report(200, 5_000, true), StandardCharsets.UTF_8)
                .replace(Fixture.hex(Images.digest(image)), Fixture.hex(Images.digest(next)))
                .getBytes(StandardCharsets.UTF_8);
        assertThat(rehearsed(report, null).status()).isEqualTo(201);
        Await.until(() -> !state(1).equals("running") || device.checkIn().status() == 204);
        fixture.post("/api/v1/rollouts/1/resume", Map.of());
        assertThat(state(1)).isEqualTo("running");
        assertThat(device.checkIn().status()).isEqualTo(204);
        release = first;
        assertThat(rehearsed(report(200, 5_000, true), null).status()).isEqualTo(201);
        assertThat(device.checkIn().status()).isEqualTo(200);
    }

    @Test
    void hawkbitsManagementApiGivesNothingOutEither() {
        HawkbitTools tools = new HawkbitTools(fixture);
        HawkbitDevice device = tools.target("d1", "secret");
        long out = tools.bundle("app", "1.0", "app.bin", new byte[100]);
        long fresh = tools.bundle("app", "2.0", "app.bin", new byte[101]);
        tools.assign(out, "d1", Map.of());
        assertThat(device.link("deploymentBase")).isNotNull();
        set(Map.of("requireRehearsal", true));
        assertThat(device.link("deploymentBase")).isNull();
        for (long set : new long[] {out, fresh}) {
            Fixture.Answer assigned = tools.call(
                    "POST",
                    "distributionsets/" + set + "/assignedTargets",
                    List.of(Map.of("id", "d1", "type", "forced")));
            assertThat(assigned.status()).isEqualTo(409);
            assertThat(assigned.text()).containsAnyOf("files of a distribution set", "cannot be rehearsed");
        }
        Map<String, Object> rollout =
                Map.of("name", "r", "targetFilterQuery", "id==*", "amountGroups", 1, "distributionSetId", out);
        long ready = tools.post("rollouts", rollout).path("id").asLong();
        assertThat(tools.call("POST", "rollouts/" + ready + "/start", Map.of()).status())
                .isEqualTo(409);
        Map<String, Object> other = new LinkedHashMap<>(rollout);
        other.put("distributionSetId", fresh);
        assertThat(tools.call("POST", "rollouts", other).status()).isEqualTo(409);
        assertThat(device.link("deploymentBase")).isNull();
        set(Map.of("requireRehearsal", false));
        assertThat(device.link("deploymentBase")).isNotNull();
        assertThat(state(ready)).isEqualTo("waiting");
        // What was refused is not locked: it can still change.
        long module = tools.module("os", "more", "1.0");
        assertThat(tools.call("POST", "distributionsets/" + fresh + "/assignedSM", List.of(Map.of("id", module)))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void whoseReportsCountIsSaid() {
        set(Map.of("requireRehearsal", true, "rehearsalCuts", 300));
        assertThat(rehearsed(report(200, 5_000, true), null).text()).contains("demands 300", "--cuts 300");
        assertThat(rehearsed(report(200, 200, true), null).status())
                .as("all of them")
                .isEqualTo(201);
        set(Map.of("rehearsalBootloaders", List.of("aa".repeat(32))));
        assertThat(publish().text()).contains("as this fleet demands", "b0b0b0b0b0b0… is none of those");
        assertThat(rehearsed(report(300, 5_000, true), null).text()).contains("b0b0b0b0b0b0… is none of those");
        set(Map.of("rehearsalBootloaders", List.of("aa".repeat(32), RehearsalReport.BOOTLOADER)));
        for (KeyType type : List.of(KeyType.P256, KeyType.ED25519)) {
            PemKey key = PemKey.generate(type);
            set(Map.of("rehearsalKeys", List.of(key.publicPem())));
            assertThat(publish().text()).contains("not signed by a key that this fleet trusts");
            byte[] report = report(300, 5_000, true);
            assertThat(rehearsed(report, null).text()).contains("--key");
            assertThat(rehearsed(report, signature(PemKey.generate(type), report))
                            .status())
                    .isEqualTo(400);
            assertThat(rehearsed(report, signature(key, report(300, 5_000, true)))
                            .status())
                    .isEqualTo(400);
            assertThat(rehearsed(report, "%%%").status()).isEqualTo(400);
            Fixture.Answer signed = rehearsed(report, signature(key, report));
            assertThat(signed.status()).isEqualTo(201);
            assertThat(signed.json().path("signedBy").asString())
                    .isEqualTo(key.hash().hex());
        }
        assertThat(publish().status()).isEqualTo(200);
    }

    @Test
    void theApplicationMustHaveRunWhereThatIsDemanded() {
        set(Map.of("requireRehearsal", true));
        assertThat(rehearsed(report("NOT_ASKED", true), null).status()).isEqualTo(201);
        set(Map.of("rehearsalApplication", true));
        assertThat(publish().text()).contains("The application was not run");
        for (String verdict : List.of("NOT_ASKED", "NOT_RUN")) {
            assertThat(rehearsed(report(verdict, true), null).text()).contains("not run", "--run");
        }
        assertThat(rehearsed(report("WORKED", true), null).status()).isEqualTo(201);
        assertThat(rehearsed(report("FAILED", true), null).status())
                .as("passed, and failed")
                .isEqualTo(400);
        assertThat(rehearsed(report("PERHAPS", true), null).status()).isEqualTo(400);
        assertThat(publish().status()).isEqualTo(200);
        set(Map.of("rehearsalApplication", false));
        assertThat(rehearsed(report("FAILED", false), null).status()).isEqualTo(201);
        Await.until(() -> state(1).equals("paused"));
        assertThat(fixture.get("/api/v1/rollouts/1").text()).contains("the application does not work");
    }

    private byte[] report(String verdict, boolean passed) {
        Map<String, Object> report = new java.util.HashMap<>(RehearsalReport.of("stm32f407", image, 300, 300, 300, 0));
        report.put("passed", passed);
        report.put("application", Map.of("verdict", verdict));
        return Fixture.JSON.writeValueAsBytes(report);
    }

    @Test
    void aRuleThatIsNoneIsRefused() {
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("rehearsalCuts", 0),
                Map.of("rehearsalBootloaders", List.of("boot.bin")),
                Map.of("rehearsalKeys", List.of("PEM")),
                Map.of("requireRehersal", true))) {
            assertThat(patch(wrong).status()).as(wrong.toString()).isEqualTo(400);
        }
        String secret = PemKey.generate(KeyType.P256).privatePem(null);
        assertThat(patch(Map.of("rehearsalKeys", List.of(secret))).text()).contains("private key");
        String operator = fixture.post("/api/v1/tokens", Map.of("name", "o", "role", "operator"))
                .json()
                .path("token")
                .asString();
        assertThat(fixture.send(fixture.request("/api/v1/settings", operator)
                                .method("PATCH", HttpRequest.BodyPublishers.ofString("{}")))
                        .status())
                .isEqualTo(403);
    }
}
