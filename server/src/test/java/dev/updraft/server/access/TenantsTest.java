package dev.updraft.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitTools;
import dev.updraft.server.testing.Images;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An admin of one tenant asks for everything that another has, by its number or name: of each it is told that there is no such thing. */
class TenantsTest {
    /** What is made first has this number, whatever it is. */
    private static final String FIRST = "1";

    private static Fixture.Answer as(Fixture fixture, String admin, String method, String path, Object body) {
        String basic = Base64.getEncoder().encodeToString(("admin:" + admin).getBytes(StandardCharsets.UTF_8));
        return fixture.send(fixture.request(path, null)
                .header("Authorization", path.startsWith("/rest/") ? "Basic " + basic : "Bearer " + admin)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(Fixture.JSON.writeValueAsBytes(body))));
    }

    /** Everything that the first tenant can see of itself, but the last word of what is counted anew all the time. */
    private static Map<String, String> everything(Fixture fixture) {
        Map<String, String> all = new TreeMap<>();
        for (String list : List.of(
                "devices",
                "releases",
                "releases/1/rehearsals",
                "groups",
                "provisioning-keys",
                "tokens",
                "users",
                "webhooks",
                "settings")) {
            all.put(list, fixture.get("/api/v1/" + list).text());
        }
        all.put("rollout", fixture.get("/api/v1/rollouts").text());
        HawkbitTools tools = new HawkbitTools(fixture);
        for (String list : List.of("targets", "softwaremodules", "distributionsets", "targettags")) {
            all.put(list, tools.get(list).text());
        }
        return all;
    }

    private static void fill(Fixture fixture) {
        fixture.device("d1").checkIn();
        fixture.upload("/api/v1/releases", Images.image("stm32f407", 1, 1, 0, 100));
        fixture.post("/api/v1/releases/1/publish?to=nobody", Map.of());
        Map<String, Object> later = Map.of("startAt", 4_000_000_000_000L);
        assertThat(fixture.post("/api/v1/rollouts", Map.of("release", 1, "options", later))
                        .status())
                .isEqualTo(201);
        fixture.post("/api/v1/provisioning-keys", Map.of("name", "line", "tags", List.of()));
        fixture.post("/api/v1/users", Map.of("name", "anna", "role", "operator"));
        fixture.post("/api/v1/webhooks", Map.of("name", "w", "url", "http://127.0.0.1:9/", "types", List.of("none")));
        fixture.send(fixture.request("/api/v1/groups/field", fixture.admin())
                .PUT(HttpRequest.BodyPublishers.ofString("{\"filter\":\"tag==field\"}")));
        HawkbitTools tools = new HawkbitTools(fixture);
        tools.bundle("app", "1.0", "app.bin", new byte[100]);
        tools.post("targettags", List.of(Map.of("name", "blue")));
    }

    @Test
    void nothingOfAnotherTenantIsSeenOrChanged(@TempDir Path data) {
        try (Fixture fixture = new Fixture(data)) {
            fill(fixture);
            String other = fixture.post("/api/v1/tenants", Map.of("name", "acme"))
                    .json()
                    .path("token")
                    .asString();
            Map<String, String> before = everything(fixture);
            TreeSet<String> let = new TreeSet<>();
            int asked = 0;
            JsonNode paths = fixture.get("/api/v1/openapi.json").json().path("paths");
            for (Map.Entry<String, JsonNode> path : paths.properties()) {
                if (!path.getKey().contains("{")) {
                    continue;
                }
                String name = path.getKey().startsWith("/devices") ? "d1" : FIRST;
                String concrete = "/api/v1"
                        + path.getKey()
                                .replace("{name}", path.getKey().startsWith("/users") ? "anna" : "field")
                                .replace("{action}", "pause")
                                .replaceAll("\\{\\w+}", name);
                for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                    String method = operation.getKey().toUpperCase(java.util.Locale.ROOT);
                    if (method.equals("PUT")) {
                        continue; // makes one of its own
                    }
                    asked++;
                    Object body = path.getKey().equals("/devices/{id}") ? Map.of("tags", List.of("x")) : Map.of();
                    int status = as(fixture, other, method, concrete, body).status();
                    if (status != 404) {
                        let.add(method + " " + concrete + " " + status);
                    }
                }
            }
            for (String path : List.of(
                    "targets/d1",
                    "targets/d1/attributes",
                    "targets/d1/actions",
                    "softwaremodules/1",
                    "softwaremodules/1/artifacts",
                    "softwaremodules/1/artifacts/1",
                    "softwaremodules/1/artifacts/1/download",
                    "distributionsets/1",
                    "distributionsets/1/assignedSM",
                    "targettags/1",
                    "rollouts/1")) {
                for (String method : List.of("GET", "DELETE")) {
                    asked++;
                    int status =
                            as(fixture, other, method, "/rest/v1/" + path, "").status();
                    if (status != 404 && status != 405) {
                        let.add(method + " " + path + " " + status);
                    }
                }
            }
            assertThat(let).isEmpty();
            assertThat(asked).isGreaterThan(35);
            // Neither did anything happen behind what was answered.
            assertThat(everything(fixture)).isEqualTo(before);
            // The other has nothing of its own but what every tenant begins with.
            assertThat(as(fixture, other, "GET", "/api/v1/devices", "")
                            .json()
                            .path("total")
                            .asLong())
                    .isZero();
            assertThat(as(fixture, other, "GET", "/api/v1/events?after=0-0&wait=false", "")
                            .text())
                    .doesNotContain("d1");
            assertThat(as(fixture, other, "GET", "/api/v1/audit", "").text())
                    .doesNotContain("/api/v1/groups/field\",\"status\":2");
        }
    }
}
