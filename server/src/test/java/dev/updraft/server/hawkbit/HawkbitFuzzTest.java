package dev.updraft.server.hawkbit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitDevice;
import dev.updraft.server.testing.HawkbitTools;
import dev.updraft.server.testing.OddInput;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls everything of hawkBit's two APIs with what its clients send, bent in one place or several. No answer may be the server's failure.
 * {@code -Dupdraft.fuzz=N} calls each N times.
 */
class HawkbitFuzzTest {
    private static final int CALLS = Integer.getInteger("updraft.fuzz", 25);

    private static final String DDI = "/DEFAULT/controller/v1/{id}";
    private static final String REST = "/rest/v1";

    private static final Object FEEDBACK = Map.of(
            "id",
            "1",
            "timestamp",
            1,
            "status",
            Map.of(
                    "execution",
                    "proceeding",
                    "result",
                    Map.of("finished", "none", "progress", Map.of("cnt", 1, "of", 2)),
                    "code",
                    200,
                    "details",
                    List.of("half way")));
    private static final Object NOTHING = Map.of();

    private record Call(String method, String path, Object body) {}

    private static final List<Call> CALLED = List.of(
            new Call("GET", DDI, NOTHING),
            new Call("PUT", DDI + "/configData", Map.of("mode", "merge", "data", Map.of("board", "x", "version", "1"))),
            new Call("GET", DDI + "/deploymentBase/{id}", NOTHING),
            new Call("POST", DDI + "/deploymentBase/{id}/feedback", FEEDBACK),
            new Call("GET", DDI + "/cancelAction/{id}", NOTHING),
            new Call("POST", DDI + "/cancelAction/{id}/feedback", FEEDBACK),
            new Call("GET", DDI + "/installedBase/{id}", NOTHING),
            new Call("GET", DDI + "/confirmationBase", NOTHING),
            new Call("POST", DDI + "/confirmationBase/activateAutoConfirm", Map.of("initiator", "me", "remark", "x")),
            new Call("POST", DDI + "/confirmationBase/deactivateAutoConfirm", NOTHING),
            new Call("GET", DDI + "/confirmationBase/{id}", NOTHING),
            new Call(
                    "POST",
                    DDI + "/confirmationBase/{id}/feedback",
                    Map.of("confirmation", "denied", "code", 1, "details", List.of("no"))),
            new Call("GET", DDI + "/softwaremodules/{id}/artifacts", NOTHING),
            new Call("GET", DDI + "/softwaremodules/{id}/artifacts/{id}", NOTHING),
            new Call("GET", DDI + "/softwaremodules/{id}/artifacts/{id}.MD5SUM", NOTHING),
            new Call("GET", REST + "/actions", NOTHING),
            new Call("GET", REST + "/targets/{id}/actions", NOTHING),
            new Call("GET", REST + "/targets/{id}/actions/{id}", NOTHING),
            new Call("PUT", REST + "/targets/{id}/actions/{id}", Map.of("forceType", "forced")),
            new Call("DELETE", REST + "/targets/{id}/actions/{id}", NOTHING),
            new Call("GET", REST + "/targets/{id}/actions/{id}/status", NOTHING),
            new Call("GET", REST + "/targets", NOTHING),
            new Call(
                    "POST",
                    REST + "/targets",
                    List.of(Map.of("controllerId", "t1", "name", "x", "securityToken", "y"))),
            new Call("GET", REST + "/targets/{id}", NOTHING),
            new Call("PUT", REST + "/targets/{id}", Map.of("name", "x", "description", "y", "requestAttributes", true)),
            new Call("GET", REST + "/targets/{id}/attributes", NOTHING),
            new Call("GET", REST + "/targets/{id}/assignedDS", NOTHING),
            new Call("POST", REST + "/targets/{id}/assignedDS", Map.of("id", 1, "type", "timeforced", "forcetime", 1)),
            new Call("GET", REST + "/targets/{id}/installedDS", NOTHING),
            new Call("GET", REST + "/targets/{id}/autoConfirm", NOTHING),
            new Call("POST", REST + "/targets/{id}/autoConfirm/activate", Map.of("initiator", "x", "remark", "y")),
            new Call("POST", REST + "/targets/{id}/autoConfirm/deactivate", NOTHING),
            new Call("GET", REST + "/targets/{id}/tags", NOTHING),
            new Call("GET", REST + "/targettags", NOTHING),
            new Call("POST", REST + "/targettags", List.of(Map.of("name", "x", "description", "y", "colour", "#fff"))),
            new Call("GET", REST + "/targettags/{id}", NOTHING),
            new Call("GET", REST + "/targettags/{id}/assigned", NOTHING),
            new Call("POST", REST + "/targettags/{id}/assigned", List.of("d1")),
            new Call("POST", REST + "/targettags/{id}/assigned/{id}", NOTHING),
            new Call("DELETE", REST + "/targettags/{id}/assigned/{id}", NOTHING),
            new Call("GET", REST + "/softwaremodules", NOTHING),
            new Call("POST", REST + "/softwaremodules", List.of(Map.of("type", "os", "name", "x", "version", "1"))),
            new Call("GET", REST + "/softwaremodules/{id}", NOTHING),
            new Call("PUT", REST + "/softwaremodules/{id}", Map.of("description", "x", "vendor", "y")),
            new Call("GET", REST + "/softwaremodules/{id}/artifacts", NOTHING),
            new Call("POST", REST + "/softwaremodules/{id}/artifacts", NOTHING),
            new Call("GET", REST + "/softwaremodules/{id}/artifacts/{id}", NOTHING),
            new Call("GET", REST + "/softwaremodules/{id}/artifacts/{id}/download", NOTHING),
            new Call("GET", REST + "/distributionsets", NOTHING),
            new Call(
                    "POST",
                    REST + "/distributionsets",
                    List.of(Map.of("name", "x", "version", "1", "type", "os", "modules", List.of(Map.of("id", 1))))),
            new Call("GET", REST + "/distributionsets/{id}", NOTHING),
            new Call("PUT", REST + "/distributionsets/{id}", Map.of("name", "x", "description", "y")),
            new Call("GET", REST + "/distributionsets/{id}/assignedSM", NOTHING),
            new Call("POST", REST + "/distributionsets/{id}/assignedSM", List.of(Map.of("id", 1))),
            new Call("DELETE", REST + "/distributionsets/{id}/assignedSM/{id}", NOTHING),
            new Call(
                    "POST",
                    REST + "/distributionsets/{id}/assignedTargets",
                    List.of(Map.of(
                            "id",
                            "d1",
                            "type",
                            "soft",
                            "maintenanceWindow",
                            Map.of("schedule", "0 0 3 ? * SUN", "duration", "02:00:00", "timezone", "+01:00")))),
            new Call("GET", REST + "/distributionsets/{id}/assignedTargets", NOTHING),
            new Call("GET", REST + "/distributionsets/{id}/installedTargets", NOTHING),
            new Call("GET", REST + "/rollouts", NOTHING),
            new Call(
                    "POST",
                    REST + "/rollouts",
                    Map.of(
                            "name",
                            "x",
                            "distributionSetId",
                            1,
                            "targetFilterQuery",
                            "id==*",
                            "amountGroups",
                            2,
                            "successCondition",
                            Map.of("condition", "THRESHOLD", "expression", "50"),
                            "errorCondition",
                            Map.of("condition", "THRESHOLD", "expression", "20"))),
            new Call("GET", REST + "/rollouts/{id}", NOTHING),
            new Call("GET", REST + "/rollouts/{id}/deploygroups", NOTHING),
            new Call("POST", REST + "/rollouts/{id}/start", NOTHING),
            new Call("POST", REST + "/rollouts/{id}/{id}", NOTHING),
            new Call("GET", REST + "/system/configs", NOTHING),
            new Call("GET", REST + "/system/configs/{id}", NOTHING),
            new Call("PUT", REST + "/system/configs/pollingTime", Map.of("value", "00:01:00")),
            new Call("PUT", REST + "/system/configs/{id}", Map.of("value", true)),
            new Call("GET", REST + "/userinfo", NOTHING),
            new Call("GET", REST + "/softwaremoduletypes", NOTHING),
            new Call("GET", REST + "/distributionsettypes", NOTHING));

    private final Random random = new Random(Long.getLong("updraft.seed", 20_261_126));
    private final OddInput odd = new OddInput(random);

    @Test
    void nothingThatIsAskedMakesTheServerFail(@TempDir Path data) {
        try (Fixture fixture = new Fixture(data)) {
            HawkbitTools tools = new HawkbitTools(fixture);
            HawkbitDevice device = tools.target("d1", "token-1");
            long set = tools.bundle("system", "1", "1", new byte[100]);
            tools.assign(set, "d1", Map.of());
            device.poll();
            TreeSet<String> failed = new TreeSet<>();
            int accepted = 0;
            for (int i = 0; i < CALLS; i++) {
                for (Call call : CALLED) {
                    String path = fill(call.path()) + query();
                    byte[] body = call.method().equals("GET") ? new byte[0] : body(call);
                    boolean byDevice = call.path().startsWith(DDI);
                    Fixture.Answer answer = fixture.send(fixture.request(path, byDevice ? null : fixture.admin())
                            .headers("Content-Type", pick("application/json", "application/cbor", "text/odd"))
                            .headers("Accept", pick("application/hal+json", "application/cbor", "*/*"))
                            .headers(
                                    byDevice
                                            ? new String[] {"Authorization", "TargetToken token-1"}
                                            : new String[] {"X", "y"})
                            .method(call.method(), HttpRequest.BodyPublishers.ofByteArray(body)));
                    if (answer.status() < 300) {
                        accepted++;
                    }
                    if (answer.status() >= 500 && answer.status() != 501) {
                        failed.add("%d %s %.300s %.300s"
                                .formatted(
                                        answer.status(),
                                        call.method(),
                                        path,
                                        new String(body, StandardCharsets.UTF_8)));
                    }
                }
            }
            assertThat(failed).isEmpty();
            // Some of what is bent must still be right, or nothing behind the first check was reached.
            assertThat(accepted).isGreaterThan(CALLS * CALLED.size() / 20);
            assertThat(fixture.get("/health/ready").status()).isEqualTo(200);
        }
    }

    private byte[] body(Call call) {
        if (call.body().equals(NOTHING)) {
            return random.nextBoolean() ? new byte[0] : odd.written(odd.node());
        }
        return odd.written(odd.bent(Fixture.JSON.valueToTree(call.body())));
    }

    /** Mostly JSON, as clients send it. */
    private String pick(String usual, String... others) {
        return random.nextInt(4) > 0 ? usual : others[random.nextInt(others.length)];
    }

    private String query() {
        return switch (random.nextInt(6)) {
            case 0 -> "?actionHistory=" + OddInput.encoded(odd.number()) + "&c=" + OddInput.encoded(odd.text());
            case 1 -> "?offset=" + OddInput.encoded(odd.number()) + "&limit=" + OddInput.encoded(odd.number());
            case 2 -> "?q=" + OddInput.encoded(odd.text()) + "&sort=" + OddInput.encoded(odd.text());
            default -> "";
        };
    }

    private String fill(String path) {
        StringBuilder filled = new StringBuilder();
        String rest = path;
        for (int at = rest.indexOf("{id}"); at >= 0; at = rest.indexOf("{id}")) {
            String segment = segment(filled.isEmpty());
            filled.append(rest, 0, at).append(segment);
            rest = rest.substring(at + "{id}".length());
        }
        return filled.append(rest).toString();
    }

    private String segment(boolean first) {
        if (random.nextInt(4) > 0) {
            return first && random.nextBoolean() ? "d1" : "1";
        }
        String text = OddInput.encoded(random.nextBoolean() ? odd.text() : odd.number());
        return text.isEmpty() || text.equals("..") ? "%20" : text;
    }
}
