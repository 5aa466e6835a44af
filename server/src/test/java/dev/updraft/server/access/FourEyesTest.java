package dev.updraft.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.SimulatedDevice;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What people may do to each other, and what of it is written down. */
class FourEyesTest {
    private Fixture fixture;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private String token(Map<String, Object> wanted) {
        return fixture.post("/api/v1/tokens", wanted).json().path("token").asString();
    }

    private Fixture.Answer as(String token, String method, String path, Object body) {
        return fixture.send(fixture.request(path, token)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(Fixture.JSON.writeValueAsBytes(body))));
    }

    @Test
    void aTenantThatWantsTwoPeopleGetsThemForEveryWayOut() {
        assertThat(as(fixture.admin(), "PATCH", "/api/v1/settings", Map.of("requireApproval", true))
                        .status())
                .isEqualTo(200);
        fixture.post("/api/v1/users", Map.of("name", "anna", "role", "operator"));
        fixture.post("/api/v1/users", Map.of("name", "ben", "role", "approver"));
        String anna = token(Map.of("name", "a", "role", "operator", "user", "anna"));
        String ben = token(Map.of("name", "b", "role", "approver", "user", "ben"));
        String nobodys = token(Map.of("name", "n", "role", "approver"));
        SimulatedDevice device = fixture.device("d1");
        device.checkIn();
        byte[] image = Images.image("stm32f407", 1, 1, 0, 100);
        long release = fixture.send(
                        fixture.request("/api/v1/releases", anna).POST(HttpRequest.BodyPublishers.ofByteArray(image)))
                .json()
                .path("id")
                .asLong();
        assertThat(as(anna, "POST", "/api/v1/releases/" + release + "/publish", Map.of())
                        .status())
                .isEqualTo(200);
        assertThat(device.checkIn().status()).isEqualTo(204);
        String rollout = "/api/v1/rollouts/1";
        assertThat(fixture.get(rollout).json().path("rollout").path("state").asString())
                .isEqualTo("waiting");
        assertThat(as(anna, "POST", rollout + "/approve", Map.of()).status()).isEqualTo(403);
        assertThat(as(nobodys, "POST", rollout + "/approve", Map.of()).status()).isEqualTo(403);
        assertThat(as(ben, "POST", rollout + "/approve", Map.of()).status()).isEqualTo(200);
        assertThat(device.checkIn().status()).isEqualTo(200);
    }

    @Test
    void theAuditLogSaysWhatWasChangedAndWhoWasTurnedAway() {
        as(fixture.admin(), "PATCH", "/api/v1/settings", Map.of("requireRehearsal", true));
        String made = token(Map.of("name", "backdoor", "role", "admin"));
        fixture.send(fixture.request("/api/v1/devices", "not-a-token"));
        String key = fixture.post("/api/v1/provisioning-keys", Map.of("name", "line 1", "most", 1))
                .json()
                .path("key")
                .asString();
        assertThat(as(key, "POST", "/device/v1/p1/enrol", Map.of()).status()).isEqualTo(201);
        assertThat(as(key, "POST", "/device/v1/p2/enrol", Map.of()).status()).isEqualTo(403);
        JsonNode entries = fixture.get("/api/v1/audit").json().path("entries");
        Map<String, JsonNode> byWhat = new HashMap<>();
        entries.forEach(entry -> byWhat.put(
                entry.path("method").asString() + " " + entry.path("path").asString(), entry));
        assertThat(Objects.requireNonNull(byWhat.get("PATCH /api/v1/settings"))
                        .path("detail")
                        .toString())
                .contains("requireRehearsal");
        JsonNode token = Objects.requireNonNull(byWhat.get("POST /api/v1/tokens"));
        assertThat(token.path("detail").path("asked").path("name").asString()).isEqualTo("backdoor");
        assertThat(token.path("address").asString()).contains("127.0.0.1");
        assertThat(token.path("token").asLong()).isEqualTo(1);
        assertThat(Objects.requireNonNull(byWhat.get("GET /api/v1/devices"))
                        .path("status")
                        .asInt())
                .isEqualTo(401);
        assertThat(Objects.requireNonNull(byWhat.get("ENROL /device/v1/p1/enrol"))
                        .path("who")
                        .asString())
                .contains("line 1");
        assertThat(entries.toString()).doesNotContain(made).doesNotContain(key);
    }

    @Test
    void anExportHoldsNoFormula() {
        fixture.post("/api/v1/provisioning-keys", Map.of("name", "=1+2"));
        as(token(Map.of("name", "@SUM", "role", "admin")), "POST", "/api/v1/devices", Map.of("id", "x"));
        String csv = fixture.get("/api/v1/audit/export?format=csv").text();
        assertThat(csv).contains("\"'@SUM\"");
        assertThat(csv.lines().flatMap(line -> List.of(line.split(",")).stream()))
                .noneMatch(cell -> cell.matches("\"[=+@-].*"));
    }
}
