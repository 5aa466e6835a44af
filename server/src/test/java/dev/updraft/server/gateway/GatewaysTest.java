package dev.updraft.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class GatewaysTest {
    private static final String CHECK_IN = "{\"digest\":\"" + "00".repeat(32)
            + "\",\"version\":\"1.0.0\",\"board\":\"stm32f407\",\"staging_size\":400000,\"capabilities\":[]}";

    private Fixture fixture;
    private String token;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
        token = token("hall-3");
        fixture.device("d1");
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private String token(String name) {
        return fixture.post("/api/v1/tokens", Map.of("name", name, "role", "operator", "scopes", List.of("gateway")))
                .json()
                .path("token")
                .asString();
    }

    private Fixture.Answer say(String id, String resource, String body, String by) {
        return fixture.send(fixture.request("/device/v1/" + id + resource, by)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void aGatewaySpeaksForADeviceAndTheHistorySaysSo() {
        byte[] image = Images.image("stm32f407", 1, 1, 0, 10_000);
        String digest = Fixture.hex(Images.digest(image));
        fixture.publish(image);
        JsonNode offer = say("d1", "/check-in", CHECK_IN, token).json();
        assertThat(offer.path("digest").asString()).isEqualTo(digest);
        assertThat(fixture.send(fixture.request(offer.path("url").asString() + "?device=d1", token)
                                .GET())
                        .body())
                .isEqualTo(image);
        String report = "{\"seq\":0,\"event\":\"downloading\",\"digest\":\"" + digest + "\"}";
        assertThat(say("d1", "/reports", report, token).status()).isEqualTo(204);

        JsonNode event =
                fixture.get("/api/v1/devices/d1").json().path("history").path(0);
        assertThat(event.path("event").asString()).isEqualTo("downloading");
        assertThat(event.path("gateway").asString()).isEqualTo("hall-3");
    }

    @Test
    void aPinnedDeviceIsItsOwnGatewaysAlone() {
        fixture.send(fixture.request("/api/v1/devices/d1", fixture.admin())
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString("{\"gateway\":\"hall-4\"}")));
        assertThat(say("d1", "/check-in", CHECK_IN, token).status()).isEqualTo(403);
        assertThat(say("d1", "/check-in", CHECK_IN, token("hall-4")).status()).isEqualTo(204);
        fixture.restart();
        assertThat(say("d1", "/check-in", CHECK_IN, token).status()).isEqualTo(403);
        fixture.send(fixture.request("/api/v1/devices/d1", fixture.admin())
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString("{\"gateway\":\"\"}")));
        assertThat(say("d1", "/check-in", CHECK_IN, token).status()).isEqualTo(204);
    }

    @Test
    void itsTokenOpensNothingElseAndOthersAreNoGateways() {
        assertThat(fixture.send(fixture.request("/api/v1/devices", token).GET()).status())
                .isEqualTo(403);
        assertThat(say("nobody", "/check-in", CHECK_IN, token).status()).isEqualTo(403);
        assertThat(say("d1", "/check-in", CHECK_IN, fixture.admin()).status()).isEqualTo(401);
        assertThat(fixture.send(fixture.request("/device/v1/artifacts/" + "0".repeat(64), token)
                                .GET())
                        .status())
                .isEqualTo(401);
    }

    @Test
    void aCredentialThatWasWithdrawnEndsAtOnce() {
        assertThat(say("d1", "/check-in", CHECK_IN, token).status()).isEqualTo(204);
        for (JsonNode each : fixture.get("/api/v1/tokens").json().path("tokens")) {
            if (each.path("name").asString().equals("hall-3")) {
                fixture.send(fixture.request("/api/v1/tokens/" + each.path("id").asLong(), fixture.admin())
                        .DELETE());
            }
        }
        assertThat(say("d1", "/check-in", CHECK_IN, token).status()).isEqualTo(401);
    }
}
