package dev.updraft.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.image.Sha256;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.SimulatedDevice;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class AccessTest {
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

    private String token(String name, String role) {
        return fixture.post("/api/v1/tokens", Map.of("name", name, "role", role))
                .json()
                .path("token")
                .asString();
    }

    private int as(@Nullable String token, String method, String path, String body) {
        return fixture.send(fixture.request(path, token).method(method, HttpRequest.BodyPublishers.ofString(body)))
                .status();
    }

    @Test
    void aRoleDoesWhatItMayAndNothingMore() {
        String viewer = token("eve", "viewer");
        String operator = token("olga", "operator");
        assertThat(as(viewer, "GET", "/api/v1/devices", "")).isEqualTo(200);
        assertThat(as(viewer, "POST", "/api/v1/devices", "{\"id\":\"d1\"}")).isEqualTo(403);
        assertThat(as(operator, "POST", "/api/v1/devices", "{\"id\":\"d1\"}")).isEqualTo(201);
        assertThat(as(operator, "POST", "/api/v1/tokens", "{\"name\":\"x\",\"role\":\"admin\"}"))
                .isEqualTo(403);
        assertThat(as(operator, "GET", "/api/v1/audit", "")).isEqualTo(403);
    }

    @Test
    void aRevokedTokenEndsAtOnceAndTheLastAdminStays() {
        String viewer = token("eve", "viewer");
        JsonNode tokens = fixture.get("/api/v1/tokens").json().path("tokens");
        assertThat(tokens.findValuesAsString("name")).containsExactly("admin", "eve");
        String admin = fixture.server().adminToken();
        assertThat(as(
                        admin,
                        "DELETE",
                        "/api/v1/tokens/" + tokens.path(1).path("id").asLong(),
                        ""))
                .isEqualTo(204);
        assertThat(as(viewer, "GET", "/api/v1/devices", "")).isEqualTo(401);
        assertThat(as(
                        admin,
                        "DELETE",
                        "/api/v1/tokens/" + tokens.path(0).path("id").asLong(),
                        ""))
                .isEqualTo(409);
    }

    @Test
    void approvalNeedsAnotherPerson() {
        long release = fixture.upload("/api/v1/releases", Images.image("stm32f407", 1, 1, 0, 100))
                .json()
                .path("id")
                .asLong();
        fixture.post("/api/v1/releases/" + release + "/publish?to=nobody", Map.of());
        long rollout = fixture.post("/api/v1/rollouts", Map.of("release", release, "options", Map.of("approval", true)))
                .json()
                .path("id")
                .asLong();
        String approve = "/api/v1/rollouts/" + rollout + "/approve";
        assertThat(as(token("olga", "operator"), "POST", approve, "")).isEqualTo(403);
        assertThat(as(token("anna", "approver"), "POST", approve, "")).isEqualTo(200);
    }

    @Test
    void everyChangeIsInTheAuditLogWithItsOutcome() {
        fixture.device("d1");
        fixture.post("/api/v1/devices", Map.of("id", "no spaces"));
        JsonNode entries = fixture.get("/api/v1/audit").json().path("entries");
        assertThat(entries).hasSize(2);
        assertThat(entries.path(0).path("status").asInt()).isEqualTo(400);
        assertThat(entries.path(1).path("status").asInt()).isEqualTo(201);
        assertThat(entries.path(1).path("who").asString()).isEqualTo("admin");
        assertThat(entries.path(1).path("method").asString()).isEqualTo("POST");
        assertThat(entries.path(1).path("path").asString()).isEqualTo("/api/v1/devices");
    }

    @Test
    void tenantsSeeNothingOfEachOther() {
        String other = fixture.post("/api/v1/tenants", Map.of("name", "acme"))
                .json()
                .path("token")
                .asString();
        byte[] image = Images.image("stm32f407", 1, 1, 0, 100);
        long release = fixture.publish(image);
        SimulatedDevice ours = fixture.device("d1");
        assertThat(as(other, "GET", "/api/v1/devices/d1", "")).isEqualTo(404);
        assertThat(as(other, "GET", "/api/v1/releases/" + release, "")).isEqualTo(404);
        assertThat(as(other, "POST", "/api/v1/releases/" + release + "/withdraw", ""))
                .isEqualTo(404);
        assertThat(as(other, "POST", "/api/v1/tenants", "{\"name\":\"x\"}")).isEqualTo(403);

        // The same id may be used by both; each device gets its own fleet's release only.
        Fixture.Answer created = fixture.send(
                fixture.request("/api/v1/devices", other).POST(HttpRequest.BodyPublishers.ofString("{\"id\":\"d1\"}")));
        assertThat(created.status()).isEqualTo(201);
        SimulatedDevice theirs =
                new SimulatedDevice(fixture, "d1", created.json().path("token").asString());
        assertThat(ours.checkIn().status()).isEqualTo(200);
        assertThat(theirs.checkIn().status()).isEqualTo(204);
        String url = "/device/v1/artifacts/" + Fixture.hex(Sha256.of(image));
        assertThat(as(ours.token, "GET", url, "")).isEqualTo(200);
        assertThat(as(theirs.token, "GET", url, "")).isEqualTo(404);
    }

    @Test
    void aDeviceEnrolsItselfOnceWithAProvisioningKey() {
        String key = fixture.post("/api/v1/provisioning-keys", Map.of("name", "line 1", "tags", List.of("batch-7")))
                .json()
                .path("key")
                .asString();
        Fixture.Answer enrolled = new SimulatedDevice(fixture, "d1", key).json("enrol", Map.of());
        assertThat(enrolled.status()).isEqualTo(201);
        SimulatedDevice device =
                new SimulatedDevice(fixture, "d1", enrolled.json().path("token").asString());
        assertThat(device.checkIn().status()).isEqualTo(204);
        assertThat(fixture.get("/api/v1/devices/d1").json().path("tags").path(0).asString())
                .isEqualTo("batch-7");
        // The key opens nothing else, and never takes over a device.
        assertThat(new SimulatedDevice(fixture, "d1", key)
                        .json("enrol", Map.of())
                        .status())
                .isEqualTo(409);
        assertThat(new SimulatedDevice(fixture, "d1", key).checkIn().status()).isEqualTo(401);
        assertThat(new SimulatedDevice(fixture, "d2", "wrong")
                        .json("enrol", Map.of())
                        .status())
                .isEqualTo(401);
    }

    @Test
    void aNewDeviceTokenEndsTheOldOneAndARemovedDeviceIsUnknown() {
        SimulatedDevice device = fixture.device("d1");
        String fresh = fixture.post("/api/v1/devices/d1/token", Map.of())
                .json()
                .path("token")
                .asString();
        assertThat(device.checkIn().status()).isEqualTo(401);
        SimulatedDevice renewed = new SimulatedDevice(fixture, "d1", fresh);
        assertThat(renewed.checkIn().status()).isEqualTo(204);
        fixture.restart();
        assertThat(renewed.checkIn().status()).isEqualTo(204);
        assertThat(as(fixture.server().adminToken(), "DELETE", "/api/v1/devices/d1", ""))
                .isEqualTo(204);
        assertThat(renewed.checkIn().status()).isEqualTo(401);
    }

    @Test
    void healthIsOpenAndMetricsAreForOperators() {
        fixture.device("d1").checkIn();
        assertThat(fixture.send(fixture.request("/health/ready", null)).status())
                .isEqualTo(200);
        assertThat(fixture.send(fixture.request("/health/live", null)).status()).isEqualTo(200);
        assertThat(fixture.send(fixture.request("/metrics", null)).status()).isEqualTo(401);
        assertThat(fixture.get("/metrics").text())
                .contains("\nupdraft_devices 1\n")
                .contains("\nupdraft_check_ins_total 1\n");
    }
}
