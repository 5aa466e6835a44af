package dev.updraft.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.SimulatedDevice;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Users, scopes, groups, the audit log that leaves. */
class OperatorsTest {
    private Fixture fixture;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = fixture(data);
    }

    Fixture fixture(Path data) {
        return new Fixture(data);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private String token(Map<String, Object> wanted) {
        Fixture.Answer made = fixture.post("/api/v1/tokens", wanted);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json().path("token").asString();
    }

    private Fixture.Answer as(String token, String method, String path, String body) {
        return fixture.send(fixture.request(path, token).method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    private int basic(String user, String password, String path) {
        String both = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return fixture.send(fixture.request(path, null)
                        .header("Authorization", "Basic " + both)
                        .GET())
                .status();
    }

    @Test
    void aUserWithAPasswordMayWhatItsRoleMayUntilThePasswordEnds() {
        fixture.post("/api/v1/users", Map.of("name", "admin", "role", "operator"));
        assertThat(fixture.put("/api/v1/users/admin/password", Map.of("password", "admin"))
                        .text())
                .contains("12 to 128 characters");
        assertThat(fixture.put("/api/v1/users/nobody/password", Map.of("password", "admin", "weak", true))
                        .status())
                .isEqualTo(404);
        assertThat(basic("admin", "admin", "/rest/v1/targets")).isEqualTo(401);
        assertThat(fixture.put("/api/v1/users/admin/password", Map.of("password", "admin", "weak", true))
                        .status())
                .isEqualTo(204);
        assertThat(basic("admin", "admin", "/rest/v1/targets")).isEqualTo(200);
        assertThat(basic("DEFAULT\\admin", "admin", "/rest/v1/targets")).isEqualTo(200);
        assertThat(basic("admin", "admin", "/rest/v1/system/configs")).isEqualTo(403);
        for (String[] wrong : new String[][] {{"other", "admin"}, {"none\\admin", "admin"}, {"", "admin"}}) {
            assertThat(basic(wrong[0], wrong[1], "/rest/v1/targets")).isEqualTo(401);
        }
        // A password is no token.
        assertThat(as("admin", "GET", "/api/v1/devices", "").status()).isEqualTo(401);

        fixture.put("/api/v1/users/admin/password", Map.of("password", "correct horse battery"));
        assertThat(basic("admin", "admin", "/rest/v1/targets")).isEqualTo(401);
        fixture.restart();
        Await.until(() -> basic("admin", "correct horse battery", "/rest/v1/targets") == 200);
        as(fixture.admin(), "DELETE", "/api/v1/users/admin/password", "");
        assertThat(basic("admin", "correct horse battery", "/rest/v1/targets")).isEqualTo(401);
    }

    @Test
    void whoGuessesAPasswordWaitsAndWhoKnewItDoesNot() {
        fixture.post("/api/v1/users", Map.of("name", "anna", "role", "viewer"));
        fixture.put("/api/v1/users/anna/password", Map.of("password", "correct horse battery"));
        assertThat(basic("anna", "correct horse battery", "/rest/v1/targets")).isEqualTo(200);
        assertThat(basic("anna", "guess 0", "/rest/v1/targets")).isEqualTo(401);
        int[] guesses = {0};
        Await.until("a guess comes so soon after another that it must wait", () -> {
            int status = basic("anna", "guess " + ++guesses[0], "/rest/v1/targets");
            assertThat(status).isIn(401, 429);
            return status == 429;
        });
        assertThat(basic("anna", "correct horse battery", "/rest/v1/targets")).isEqualTo(200);
        Await.until(() -> basic("anna", "another guess", "/rest/v1/targets") == 401);
    }

    @Test
    void whoHasTheRightPasswordComesInWhileOthersGuessAtTheSameName() throws Exception {
        for (String name : List.of("anna", "ben")) {
            fixture.post("/api/v1/users", Map.of("name", name, "role", "viewer"));
            fixture.put("/api/v1/users/" + name + "/password", Map.of("password", name + " horse battery staple"));
        }
        java.util.concurrent.atomic.AtomicBoolean over = new java.util.concurrent.atomic.AtomicBoolean();
        List<Thread> guessers = java.util.stream.Stream.of(1, 2, 3)
                .map(number -> Thread.startVirtualThread(() -> {
                    for (int i = 0; !over.get(); i++) {
                        basic("anna", number + " guess " + i, "/rest/v1/userinfo");
                    }
                }))
                .toList();
        try {
            assertThat(basic("anna", "anna horse battery staple", "/rest/v1/userinfo"))
                    .isEqualTo(200);
            // Another's password changes: anna's is known still.
            fixture.put("/api/v1/users/ben/password", Map.of("password", "ben horse battery other"));
            assertThat(basic("anna", "anna horse battery staple", "/rest/v1/userinfo"))
                    .isEqualTo(200);
            assertThat(basic("ben", "ben horse battery other", "/rest/v1/userinfo"))
                    .isEqualTo(200);
            assertThat(basic("ben", "ben horse battery staple", "/rest/v1/userinfo"))
                    .isEqualTo(401);
        } finally {
            over.set(true);
            for (Thread guesser : guessers) {
                guesser.join();
            }
        }
    }

    @Test
    void aTokenWithScopesMakesNoPassword() {
        fixture.post("/api/v1/users", Map.of("name", "anna", "role", "viewer"));
        String narrow = token(Map.of("name", "people", "role", "admin", "scopes", List.of("users")));
        assertThat(as(narrow, "PUT", "/api/v1/users/anna/password", "{\"password\":\"correct horse battery\"}")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void aTokenWithScopesOpensNothingElse() {
        String publisher =
                token(Map.of("name", "ci", "role", "operator", "scopes", List.of("releases", "devices:read")));
        byte[] image = Images.image("stm32f407", 1, 1, 0, 100);
        assertThat(fixture.send(fixture.request("/api/v1/releases", publisher)
                                .POST(HttpRequest.BodyPublishers.ofByteArray(image)))
                        .status())
                .isEqualTo(201);
        assertThat(as(publisher, "GET", "/api/v1/devices", "").status()).isEqualTo(200);
        assertThat(as(publisher, "POST", "/api/v1/devices", "{\"id\":\"d1\"}").status())
                .isEqualTo(403);
        assertThat(as(publisher, "GET", "/api/v1/rollouts", "").status()).isEqualTo(403);
        assertThat(as(publisher, "GET", "/metrics", "").status()).isEqualTo(403);
        // What has scopes gives out no more than it has itself.
        String keeper = token(Map.of("name", "keeper", "role", "admin", "scopes", List.of("tokens")));
        assertThat(as(keeper, "POST", "/api/v1/tokens", "{\"name\":\"x\",\"role\":\"admin\"}")
                        .status())
                .isEqualTo(403);
        assertThat(fixture.post("/api/v1/tokens", Map.of("name", "x", "role", "admin", "scopes", List.of("moon")))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aTokenEndsWhenItExpires() {
        String past = token(Map.of("name", "old", "role", "viewer", "expires", System.currentTimeMillis() - 1));
        String future =
                token(Map.of("name", "new", "role", "viewer", "expires", System.currentTimeMillis() + 3_600_000));
        assertThat(as(past, "GET", "/api/v1/devices", "").status()).isEqualTo(401);
        assertThat(as(future, "GET", "/api/v1/devices", "").status()).isEqualTo(200);
    }

    @Test
    void aPersonHasOneNameWhateverTokensItHolds() {
        assertThat(fixture.post("/api/v1/users", Map.of("name", "anna", "role", "approver"))
                        .status())
                .isEqualTo(201);
        String one = token(Map.of("name", "laptop", "role", "approver", "user", "anna"));
        String two = token(Map.of("name", "phone", "role", "admin", "user", "anna"));
        long release = fixture.upload("/api/v1/releases", Images.image("stm32f407", 1, 1, 0, 100))
                .json()
                .path("id")
                .asLong();
        fixture.post("/api/v1/releases/" + release + "/publish?to=nobody", Map.of());
        long rollout = as(
                        one,
                        "POST",
                        "/api/v1/rollouts",
                        "{\"release\":" + release + ",\"options\":{\"approval\":true}}")
                .json()
                .path("id")
                .asLong();
        // Her second token is not a second person, and goes no further than her role.
        assertThat(as(two, "POST", "/api/v1/rollouts/" + rollout + "/approve", "")
                        .status())
                .isEqualTo(403);
        assertThat(as(two, "GET", "/api/v1/audit", "").status()).isEqualTo(403);
        assertThat(fixture.post("/api/v1/rollouts/" + rollout + "/approve", Map.of())
                        .status())
                .isEqualTo(200);
        assertThat(as(fixture.admin(), "DELETE", "/api/v1/users/anna", "").status())
                .isEqualTo(204);
        assertThat(as(one, "GET", "/api/v1/devices", "").status()).isEqualTo(401);
        assertThat(as(two, "GET", "/api/v1/devices", "").status()).isEqualTo(401);
    }

    @Test
    void aGroupIsAFilterUnderANameAndARolloutFollowsIt() {
        SimulatedDevice device = fixture.device("d1");
        assertThat(device.checkIn().status()).isEqualTo(204);
        assertThat(fixture.put("/api/v1/groups/field", Map.of("filter", "tag==field"))
                        .status())
                .isEqualTo(200);
        long release = fixture.upload("/api/v1/releases", Images.image("stm32f407", 1, 1, 0, 100))
                .json()
                .path("id")
                .asLong();
        fixture.post("/api/v1/releases/" + release + "/publish?to=nobody", Map.of());
        fixture.post(
                "/api/v1/rollouts", Map.of("release", release, "options", Map.of("filter", "group==field;id==d*")));
        assertThat(device.checkIn().status()).isEqualTo(204);
        fixture.put("/api/v1/groups/field", Map.of("filter", "id==d1"));
        assertThat(fixture.get("/api/v1/devices?filter=group==field")
                        .json()
                        .path("total")
                        .asLong())
                .isEqualTo(1);
        fixture.restart();
        assertThat(device.checkIn().status()).isEqualTo(200);
        assertThat(fixture.put("/api/v1/groups/x", Map.of("filter", "group==field"))
                        .status())
                .isEqualTo(400);
        assertThat(as(fixture.admin(), "DELETE", "/api/v1/groups/field", "").status())
                .isEqualTo(204);
        assertThat(as(fixture.admin(), "DELETE", "/api/v1/groups/field", "").status())
                .isEqualTo(404);
    }

    @Test
    void theAuditLogLeavesWholeAndCannotBeChanged() {
        for (int i = 0; i < 3; i++) {
            fixture.device("d" + i);
        }
        List<String> lines = fixture.get("/api/v1/audit/export").text().lines().toList();
        assertThat(lines).hasSize(3);
        JsonNode second = Fixture.JSON.readTree(lines.get(1));
        assertThat(second.path("status").asInt()).isEqualTo(201);
        String csv = fixture.get("/api/v1/audit/export?format=csv&after="
                        + second.path("id").asLong())
                .text();
        assertThat(csv.lines().toList()).hasSize(2);
        assertThat(csv)
                .startsWith("id,at,who,method,path,status,address,token,detail\r\n")
                .contains("\"/api/v1/devices\",201");
        assertThat(fixture.get("/api/v1/audit/export?format=xml").status()).isEqualTo(400);
    }

    @Test
    void anAnswerCarriesTheIdOfItsRequest() {
        Fixture.Answer answer =
                fixture.send(fixture.request("/api/v1/devices", fixture.admin()).header("X-Request-Id", "abc-1"));
        assertThat(answer.header("X-Request-Id")).isEqualTo("abc-1");
        assertThat(fixture.send(fixture.request("/api/v1/devices", fixture.admin())
                                .header("X-Request-Id", "two words"))
                        .header("X-Request-Id"))
                .matches("[0-9a-f]{1,16}");
        assertThat(fixture.device("d1").checkIn().header("X-Request-Id")).isNull();
    }
}
