package dev.updraft.server.hawkbit.ddi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitDevice;
import dev.updraft.server.testing.HawkbitTools;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What rauc-hawkbit-updater's own test suite asks of a server, in its order of steps: the operator's side through hawkBit's Management
 * API as its hawkbit_mgmt.py uses it, the device's side as its hawkbit-client.c does.
 */
class RaucClientTest {
    private final byte[] bundle = new byte[512 * 1024];
    private Fixture fixture;
    private HawkbitTools tools;
    private HawkbitDevice device;

    @BeforeEach
    void start(@TempDir Path data) {
        new Random(7).nextBytes(bundle);
        fixture = fixture(data);
        tools = new HawkbitTools(fixture);
        tools.set("pollingTime", "00:00:30");
        tools.set("pollingOverdueTime", "00:03:00");
        tools.set("authentication.targettoken.enabled", true);
        tools.set("authentication.gatewaytoken.enabled", true);
        tools.set("authentication.gatewaytoken.key", "e1f2a3b4c5d6");
        tools.set("anonymous.download.enabled", false);
        device = tools.target("test-1", "bhVahL1Il1shie2aj2poojeChee6ahShu");
    }

    Fixture fixture(Path data) {
        return new Fixture(data);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private long assigned(Map<String, Object> how) {
        return tools.assign(tools.bundle("bundle", "1.0", "bundle.raucb", bundle), "test-1", how);
    }

    private JsonNode deployment() {
        String link = device.link("deploymentBase");
        assertThat(link).isNotNull();
        return HawkbitTools.ok(device.follow(String.valueOf(link))).path("deployment");
    }

    private static JsonNode artifact(JsonNode deployment) {
        return deployment.path("chunks").path(0).path("artifacts").path(0);
    }

    private static String href(JsonNode artifact) {
        return artifact.path("_links").path("download-http").path("href").asString();
    }

    private static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aTargetShowsItsTokenAndTheServerTakesItWithTrailingSpace() {
        assertThat(HawkbitTools.ok(tools.get("targets/test-1"))
                        .path("securityToken")
                        .asString())
                .isEqualTo("bhVahL1Il1shie2aj2poojeChee6ahShu");
        HawkbitDevice spaced = new HawkbitDevice(fixture, "test-1", "TargetToken bhVahL1Il1shie2aj2poojeChee6ahShu ");
        assertThat(spaced.poll().path("config").path("polling").path("sleep").asString())
                .isEqualTo("00:00:30");
    }

    @Test
    void aGatewayTokenRegistersAndAWrongTokenOfEitherKindIsUnauthorized() {
        assertThat(HawkbitTools.ok(tools.get("system/configs/authentication.gatewaytoken.key"))
                        .path("value")
                        .asString())
                .isEqualTo("e1f2a3b4c5d6");
        assertThat(new HawkbitDevice(fixture, "new-one", "GatewayToken e1f2a3b4c5d6")
                        .get("")
                        .status())
                .isEqualTo(200);
        assertThat(tools.get("targets/new-one").status()).isEqualTo(200);
        for (String wrong : new String[] {
            "GatewayToken wrong", "TargetToken wrong", "targettoken bhVahL1Il1shie2aj2poojeChee6ahShu", "Bearer x"
        }) {
            assertThat(new HawkbitDevice(fixture, "test-1", wrong).get("").status())
                    .as(wrong)
                    .isEqualTo(401);
        }
        assertThat(new HawkbitDevice(fixture, "no-such", "TargetToken bhVahL1Il1shie2aj2poojeChee6ahShu")
                        .get("")
                        .status())
                .isEqualTo(401);
        tools.set("authentication.gatewaytoken.enabled", false);
        assertThat(new HawkbitDevice(fixture, "new-one", "GatewayToken e1f2a3b4c5d6")
                        .get("")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void attributesAreAskedForOnceAndStored() {
        Map<String, String> attributes =
                Map.of("product", "Terminator", "model", "T-1000", "serialnumber", "8922673153", "hw_revision", "2");
        assertThat(device.link("configData")).isNotNull();
        assertThat(device.send("PUT", "/configData", Map.of("data", attributes)).status())
                .isEqualTo(200);
        assertThat(device.link("configData")).isNull();
        Map<?, ?> told = Fixture.JSON.convertValue(HawkbitTools.ok(tools.get("targets/test-1/attributes")), Map.class);
        assertThat(told).isEqualTo(attributes);
    }

    @Test
    void aBundleIsDownloadedInPartsCheckedInstalledAndReported() {
        long action = assigned(Map.of());
        JsonNode deployment = deployment();
        assertThat(deployment.path("download").asString()).isEqualTo("forced");
        assertThat(deployment.path("update").asString()).isEqualTo("forced");
        assertThat(deployment.has("maintenanceWindow")).isFalse();
        assertThat(deployment.path("chunks").path(0).path("version").asString()).isEqualTo("1.0");
        assertThat(deployment.path("chunks").path(0).path("name").asString()).isEqualTo("bundle");
        JsonNode artifact = artifact(deployment);
        assertThat(artifact.path("size").asLong()).isEqualTo(bundle.length);
        assertThat(artifact.path("hashes").path("sha1").asString()).isEqualTo(sha1(bundle));

        device.feedback(action, "proceeding", "none", "Download started");
        assertThat(device.follow(href(artifact)).body()).isEqualTo(bundle);
        Fixture.Answer rest = device.follow(href(artifact), "Range", "bytes=200000-");
        assertThat(rest.status()).isEqualTo(206);
        assertThat(rest.body()).isEqualTo(Arrays.copyOfRange(bundle, 200_000, bundle.length));
        assertThat(device.follow(href(artifact), "Range", "bytes=" + bundle.length + "-")
                        .status())
                .isEqualTo(416);

        assertThat(device.feedback(action, "closed", "success", "Software bundle installed successfully.")
                        .status())
                .isEqualTo(200);
        assertThat(device.link("deploymentBase")).isNull();
        JsonNode last = tools.status("test-1", action).path(0);
        assertThat(last.path("type").asString()).isEqualTo("finished");
        assertThat(last.path("messages").path(0).asString()).isEqualTo("Software bundle installed successfully.");
        assertThat(tools.action("test-1", action).path("status").asString()).isEqualTo("finished");
        assertThat(device.feedback(action, "closed", "success").status()).isEqualTo(410);
        assertThat(device.follow(href(artifact)).status()).isEqualTo(404);
    }

    @Test
    void aFailureIsAnErrorWithItsWordsAndIsNotOfferedAgainUntilAssignedAgain() {
        long action = assigned(Map.of());
        device.feedback(action, "closed", "failure", "Failed to install software bundle.");
        JsonNode last = tools.status("test-1", action).path(0);
        assertThat(last.path("type").asString()).isEqualTo("error");
        assertThat(last.path("messages").path(0).asString()).isEqualTo("Failed to install software bundle.");
        assertThat(tools.action("test-1", action).path("status").asString()).isEqualTo("error");
        assertThat(device.link("deploymentBase")).isNull();

        long again = tools.assign(1, "test-1", Map.of());
        assertThat(again).isGreaterThan(action);
        assertThat(device.link("deploymentBase")).contains("/deploymentBase/" + again + "?c=");
        assertThat(tools.action("test-1", action).path("status").asString()).isEqualTo("error");
    }

    @Test
    void severalModulesAndSeveralFilesAreAllThere() {
        long one = tools.module("application", "one", "1");
        long two = tools.module("application", "two", "1");
        for (String file : new String[] {"bundle_0", "bundle_1"}) {
            HawkbitTools.ok(tools.upload(one, file, bundle));
        }
        HawkbitTools.ok(tools.upload(two, "bundle_0", bundle));
        assertThat(tools.upload(two, "bundle_0", bundle).status()).isEqualTo(409);
        tools.assign(tools.distribution("set", "1", one, two), "test-1", Map.of());
        JsonNode chunks = deployment().path("chunks");
        assertThat(chunks.size()).isEqualTo(2);
        // In what order is nobody's business.
        assertThat(chunks.findValuesAsString("name")).containsExactlyInAnyOrder("one", "two");
        for (JsonNode chunk : chunks) {
            assertThat(chunk.path("artifacts").size())
                    .isEqualTo(chunk.path("name").asString().equals("one") ? 2 : 1);
            assertThat(chunk.path("part").asString()).isEqualTo("bApp");
        }
    }

    @Test
    void downloadOnlyEndsWithTheDownload() {
        long action = assigned(Map.of("type", "downloadonly"));
        JsonNode deployment = deployment();
        assertThat(deployment.path("download").asString()).isEqualTo("forced");
        assertThat(deployment.path("update").asString()).isEqualTo("skip");
        device.feedback(action, "downloaded", "success", "File checksum OK.");
        JsonNode last = tools.status("test-1", action).path(0);
        assertThat(last.path("type").asString()).isEqualTo("downloaded");
        assertThat(last.path("messages").path(0).asString()).isEqualTo("File checksum OK.");
        assertThat(device.link("deploymentBase")).isNull();
    }

    @Test
    void softIsAnAttemptAndTimeforcedIsForcedFromItsTimeOn() {
        long set = tools.bundle("b", "1", "b.raucb", bundle);
        tools.assign(set, "test-1", Map.of("type", "soft"));
        assertThat(deployment().path("update").asString()).isEqualTo("attempt");
        // Who is late to see it before its time, on a slow machine, gets more of it.
        boolean late = true;
        for (long lead = 1_000; late; lead *= 2) {
            HawkbitDevice other = tools.target("test-" + lead, "another-token");
            long forced = System.currentTimeMillis() + lead;
            tools.assign(set, other.id, Map.of("type", "timeforced", "forcetime", forced));
            String before = String.valueOf(other.link("deploymentBase"));
            String update = update(other, before);
            late = System.currentTimeMillis() >= forced;
            if (!late) {
                assertThat(update).isEqualTo("attempt");
                Await.until(() -> !before.equals(other.link("deploymentBase")));
                assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(forced);
                assertThat(update(other, String.valueOf(other.link("deploymentBase"))))
                        .isEqualTo("forced");
            }
        }
    }

    private static String update(HawkbitDevice device, String link) {
        return HawkbitTools.ok(device.follow(link))
                .path("deployment")
                .path("update")
                .asString();
    }

    @Test
    void outsideAMaintenanceWindowABundleMayBeDownloadedAndInsideItInstalled() {
        long set = tools.bundle("bundle", "1.0", "bundle.raucb", bundle);
        // As above.
        boolean late = true;
        for (int lead = 3; late; lead *= 2) {
            device = tools.target("early-" + lead, "another-token");
            Instant opens = Instant.now().plusSeconds(lead).truncatedTo(ChronoUnit.SECONDS);
            String schedule = DateTimeFormatter.ofPattern("s m H '?' M '*' yyyy")
                    .withZone(ZoneOffset.UTC)
                    .format(opens);
            Map<String, String> window = Map.of("schedule", schedule, "duration", "00:05:00", "timezone", "+00:00");
            long action = tools.assign(set, device.id, Map.of("maintenanceWindow", window));
            String before = String.valueOf(device.link("deploymentBase"));
            JsonNode shut = deployment();
            JsonNode polling = device.poll().path("config").path("polling");
            late = !Instant.now().isBefore(opens);
            if (!late) {
                assertThat(shut.path("maintenanceWindow").asString()).isEqualTo("unavailable");
                assertThat(shut.path("update").asString()).isEqualTo("skip");
                assertThat(shut.path("download").asString()).isEqualTo("forced");
                // It comes earlier than it otherwise would.
                assertThat(polling.path("sleep").asString()).isLessThan("00:00:%02d".formatted(lead + 4));
                device.feedback(action, "downloaded", "success", "File checksum OK.");
                Await.until(
                        () -> deployment().path("maintenanceWindow").asString().equals("available"));
                assertThat(Instant.now()).isAfterOrEqualTo(opens);
                assertThat(deployment().path("update").asString()).isEqualTo("forced");
                assertThat(device.link("deploymentBase")).isNotEqualTo(before);
                device.feedback(action, "closed", "success");
                assertThat(tools.status(device.id, action).path(0).path("type").asString())
                        .isEqualTo("finished");
            }
        }
    }

    @Test
    void whatIsCancelledBeforeThePollIsAcknowledged() {
        long action = assigned(Map.of());
        HawkbitTools.ok(tools.delete("targets/test-1/actions/" + action));
        assertThat(device.get("/deploymentBase/" + action).status()).isEqualTo(404);
        String link = String.valueOf(device.link("cancelAction"));
        JsonNode cancel = HawkbitTools.ok(device.follow(link));
        assertThat(cancel.path("cancelAction").path("stopId").asString()).isEqualTo(Long.toString(action));
        assertThat(device.cancelFeedback(action, "closed", "success", "Action canceled.")
                        .status())
                .isEqualTo(200);
        assertThat(device.link("cancelAction")).isNull();
        JsonNode done = tools.action("test-1", action);
        assertThat(done.path("type").asString()).isEqualTo("cancel");
        assertThat(done.path("status").asString()).isEqualTo("canceled");
        JsonNode last = tools.status("test-1", action).path(0);
        assertThat(last.path("type").asString()).isEqualTo("canceled");
        assertThat(last.path("messages").valueStream().map(JsonNode::asString)).contains("Action canceled.");
        assertThat(device.cancelFeedback(action, "closed", "success").status()).isEqualTo(405);
    }

    @Test
    void whatIsCancelledDuringTheInstallationIsFinished() {
        long action = assigned(Map.of());
        device.feedback(action, "proceeding", "none", "Installing");
        HawkbitTools.ok(tools.delete("targets/test-1/actions/" + action));
        assertThat(tools.delete("targets/test-1/actions/" + action).status()).isEqualTo(405);
        device.feedback(action, "closed", "success", "Software bundle installed successfully.");
        JsonNode done = tools.action("test-1", action);
        assertThat(done.path("type").asString()).isEqualTo("update");
        assertThat(done.path("status").asString()).isEqualTo("finished");
        assertThat(device.link("cancelAction")).isNull();
    }

    @Test
    void aCancellationThatIsRejectedGoesOnAndOneThatIsForcedEnds() {
        long action = assigned(Map.of());
        HawkbitTools.ok(tools.delete("targets/test-1/actions/" + action));
        device.cancelFeedback(action, "rejected", "success", "Too late");
        assertThat(device.link("deploymentBase")).isNotNull();
        assertThat(tools.delete("targets/test-1/actions/" + action + "?force=true")
                        .status())
                .isEqualTo(405);
        HawkbitTools.ok(tools.delete("targets/test-1/actions/" + action));
        HawkbitTools.ok(tools.delete("targets/test-1/actions/" + action + "?force=true"));
        assertThat(device.link("deploymentBase")).isNull();
        assertThat(device.link("cancelAction")).isNull();
        assertThat(tools.action("test-1", action).path("status").asString()).isEqualTo("canceled");
        assertThat(device.feedback(action, "closed", "success").status()).isEqualTo(410);
    }

    @Test
    void whatTheSuiteMadeItTakesAwayAgain() {
        long action = assigned(Map.of());
        tools.delete("targets/test-1/actions/" + action);
        tools.delete("targets/test-1/actions/" + action + "?force=true");
        assertThat(tools.delete("distributionsets/1").status()).isEqualTo(204);
        assertThat(tools.delete("softwaremodules/1/artifacts/1").status()).isEqualTo(204);
        assertThat(tools.delete("softwaremodules/1").status()).isEqualTo(204);
        assertThat(tools.delete("targets/test-1").status()).isEqualTo(204);
        assertThat(device.get("").status()).isEqualTo(401);
        assertThat(HawkbitTools.ok(tools.get("distributionsets")).path("total").asInt())
                .isZero();
        // The same again, as the next test of the suite does.
        device = tools.target("test-1", "bhVahL1Il1shie2aj2poojeChee6ahShu");
        assigned(Map.of());
        assertThat(device.follow(href(artifact(deployment()))).body()).isEqualTo(bundle);
    }
}
