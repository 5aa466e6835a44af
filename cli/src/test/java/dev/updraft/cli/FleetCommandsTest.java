package dev.updraft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.Server;
import dev.updraft.server.ServerConfig;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands for operators against a real server. */
class FleetCommandsTest {
    @TempDir
    private Path folder;

    private Server server;

    @BeforeEach
    void start() {
        server = Server.start(ServerConfig.in(folder.resolve("data"))
                .withHost("127.0.0.1")
                .withPort(0)
                .withWebhooksToPrivate(true));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Outcome outcome(String... arguments) {
        return Outcome.at(server, arguments);
    }

    private String ok(String... arguments) {
        return outcome(arguments).ok();
    }

    private String release(String version) throws Exception {
        Path firmware = folder.resolve("app.bin");
        byte[] bytes = ByteBuffer.allocate(1000)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x2000_1000)
                .putInt(0x0802_0301)
                .array();
        Files.write(firmware, bytes);
        String key = folder.resolve("key.pem").toString();
        String image = folder.resolve("app.upd").toString();
        assertThat(Outcome.of("key", "new", "-o", key).code()).isZero();
        Outcome signed = Outcome.of(
                "image",
                "sign",
                firmware.toString(),
                "--key",
                key,
                "--version",
                version,
                "--board",
                "stm32f407",
                "-o",
                image);
        assertThat(signed.code()).as(signed.text()).isZero();
        String id = ok("release", "add", image);
        ok("release", "publish", id);
        return id;
    }

    @Test
    void everythingThatAnOperatorHasIsMadeListedAndRemoved() {
        assertThat(ok("device", "add", "pump-7")).hasSize(32);
        ok("device", "add", "pump:8");
        assertThat(ok("device", "show", "pump:8")).contains("\"pump:8\"");
        assertThat(ok("device", "tag", "pump-7", "field")).isEqualTo("pump-7: field");
        ok("group", "save", "field", "tag==field");
        assertThat(ok("group", "list")).contains("tag==field");
        assertThat(ok("device", "list", "--filter", "group==field")).contains("pump-7");
        assertThat(ok("device", "list", "--filter", "group!=field")).doesNotContain("pump-7");
        ok("user", "add", "anna", "approver");
        assertThat(ok("token", "add", "laptop", "approver", "--user", "anna", "--days", "30"))
                .hasSize(32);
        assertThat(ok("token", "list")).contains("anna");
        InputStream before = System.in;
        try {
            for (String line : new String[] {"short\n", "", "correct horse battery\n"}) {
                System.setIn(new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)));
                assertThat(outcome("user", "password", "anna").code())
                        .as(line)
                        .isEqualTo(line.startsWith("correct") ? 0 : 2);
            }
        } finally {
            System.setIn(before);
        }
        assertThat(ok("user", "password", "anna", "--remove")).isEqualTo("User anna has no password.");
        ok("user", "remove", "anna");
        assertThat(ok("token", "list")).doesNotContain("anna");
        assertThat(ok("provisioning-key", "add", "line-1", "--tag", "batch-7")).hasSize(32);
        assertThat(ok("provisioning-key", "list")).contains("batch-7");
        ok("webhook", "add", "alarms", "http://127.0.0.1:9/", "--type", "rollout.paused");
        assertThat(ok("webhook", "list", "--json")).contains("rollout.paused");
        ok("webhook", "remove", "1");
        ok("device", "remove", "pump-7", "--forever");
        assertThat(ok("events", "--after", "0-0", "--no-wait")).contains("device.registered", "device.removed");
        assertThat(ok("audit", "export", "--format", "csv")).contains("\"/api/v1/devices/pump-7\",204");
        assertThat(ok("audit", "list")).contains("/api/v1/groups/field");
        assertThat(ok("tenant", "add", "acme")).hasSize(32);
        ok("group", "remove", "field");
    }

    @Test
    void aRolloutHasAllItsTermsAndIsMoved() throws Exception {
        String release = release("1.1.0");
        String id = ok(
                "rollout",
                "start",
                release,
                "--filter",
                "board==stm32f407",
                "--stages",
                "10,100",
                "--success",
                "0.5",
                "--start-at",
                "2030-01-01T00:00:00Z",
                "--deadline",
                "2030-02-01T00:00:00+01:00",
                "--window",
                "02:00-05:00",
                "--zone",
                "Europe/Berlin",
                "--retries",
                "2",
                "--retry-after",
                "60",
                "--approval",
                "--consent");
        assertThat(ok("rollout", "show", id, "--json"))
                .contains("\"zone\" : \"Europe/Berlin\"")
                .contains("\"consent\" : true")
                .contains("1893456000000");
        assertThat(outcome("rollout", "approve", id))
                .isEqualTo(new Outcome(2, "", "updraft: A rollout is approved by somebody other than its maker."));
        assertThat(ok("rollout", "show", id)).contains("waiting, stage 1 of 2 (10 %)", "offered: none");
        assertThat(ok("release", "list")).contains("VERSION", "1.1.0", "stm32f407");
        assertThat(outcome("rollout", "pause", "x").text())
                .startsWith("updraft: ")
                .contains("is not a number");
        assertThat(ok("rollout", "abort", id)).isEqualTo("Rollout " + id + " is aborted.");
        assertThat(ok("rollout", "list")).contains("aborted", "1 of 2");
        assertThat(ok("rollout", "devices", id, "--state", "refused")).contains("DEVICE");
        assertThat(outcome("rollout", "devices", id, "--state", "lost").text()).contains("'state' is one of");
        for (String[] wrong : new String[][] {
            {"rollout", "start", release, "--window", "2-5"},
            {"rollout", "start", release, "--start-at", "tomorrow"},
            {"rollout", "start", release, "--zone", "Europe/Berlin"},
            {"group", "save", "x", "colour==red"},
            {"user", "add", "x", "king"},
            {"webhook", "add", "x", "ftp://x"},
            {"audit", "export", "--format", "xml"}
        }) {
            Outcome outcome = outcome(wrong);
            assertThat(outcome.code()).as(String.join(" ", wrong)).isEqualTo(2);
            assertThat(outcome.text()).startsWith("updraft: ").endsWith(".");
        }
    }

    @Test
    void aRolloutWaitsForTheReportOfARehearsal() throws Exception {
        String release = release("1.1.0");
        String id = ok("rollout", "start", release, "--require-rehearsal");
        assertThat(ok("rollout", "list")).contains("waiting", "was not rehearsed on stm32f407");
        JsonNode image = new JsonMapper()
                .readTree(ok("release", "list", "--json"))
                .path("releases")
                .path(0)
                .path("images")
                .path(0);
        Path report = folder.resolve("report.json");
        Files.writeString(
                report, """
                {"passed":true,"failed":0,"cutPoints":20,"sequences":20,"board":"stm32f407","oldDigest":"%s","newDigest":"%s",
                "bootloader":"%s","parts":[{"name":"update","operations":10,"cutPoints":10},
                {"name":"roll-back","operations":10,"cutPoints":10}]}
                """.formatted("00".repeat(32), image.path("digest").asString(), "b0".repeat(32)));
        assertThat(ok("release", "rehearsed", release, report.toString())).isEqualTo("Rehearsed on stm32f407: passed.");
        assertThat(ok("release", "rehearsals", release)).contains("stm32f407", "true");
        assertThat(ok("rollout", "show", id)).startsWith("Rollout " + id + " of release " + release + ": running");
        assertThat(ok("rollout", "start", release, "--stages", "10,100", "--dry-run"))
                .startsWith("0 devices would get it");
        Files.writeString(report, "passed");
        assertThat(outcome("release", "rehearsed", release, report.toString()).text())
                .endsWith("is not JSON; give what 'updraft rehearse --json' wrote.");
        assertThat(outcome("release", "rehearsed", release, "absent.json").code())
                .isEqualTo(2);
    }

    @Test
    void aBackupOfARunningServerIsRestoredElsewhere() throws Exception {
        release("1.1.0");
        String file = folder.resolve("fleet.zip").toString();
        Outcome backup =
                Outcome.of("backup", file, "--data", folder.resolve("data").toString());
        assertThat(backup.code()).as(backup.text()).isZero();
        String copy = folder.resolve("copy").toString();
        assertThat(Outcome.of("restore", file, "--data", copy).text()).contains("Restored and verified", "1 artifacts");
        assertThat(Outcome.of("restore", file, "--data", copy).code()).isEqualTo(2);
        assertThat(Outcome.of("backup", file, "--data", folder.resolve("absent").toString()))
                .extracting(Outcome::code)
                .isEqualTo(2);
        assertThat(Outcome.of("restore", folder.resolve("absent.zip").toString(), "--data", copy)
                        .code())
                .isEqualTo(2);
    }
}
