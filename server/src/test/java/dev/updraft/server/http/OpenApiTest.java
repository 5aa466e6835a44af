package dev.updraft.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Drives the server from the document that it serves. */
class OpenApiTest {
    private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");

    private Fixture fixture;
    private JsonNode document;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
        document = fixture.get("/api/v1/openapi.json").json();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private Fixture.Answer call(String method, String path, String body) {
        // A stream of events has no end by itself.
        String query = path.startsWith("/events") ? (path.contains("?") ? "&" : "?") + "wait=false" : "";
        return fixture.send(
                fixture.request("/api/v1" + path + query, fixture.server().adminToken())
                        .method(method.toUpperCase(java.util.Locale.ROOT), HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void everyOperationOfTheDocumentIsThereAndNothingElseUnderItsPaths() {
        assertThat(document.path("openapi").asString()).startsWith("3.1");
        Set<String> missing = new TreeSet<>();
        Set<String> undocumented = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> METHODS.forEach(method -> {
                    String concrete = path.getKey().replace("{action}", "pause").replaceAll("\\{\\w+}", "999");
                    Fixture.Answer answer = call(method, concrete, "");
                    boolean routed = !answer.text().contains("Endpoint not found") && answer.status() != 405;
                    boolean documented = path.getValue().has(method);
                    if (documented && !routed) {
                        missing.add(method + " " + path.getKey());
                    }
                    // 'preview' is also what {id} matches, and 'devices' what {action} does.
                    boolean matchesAnother = List.of("/rollouts/preview", "/rollouts/{id}/devices")
                            .contains(path.getKey());
                    if (!documented && routed && !matchesAnother) {
                        undocumented.add(method + " " + path.getKey());
                    }
                }));
        assertThat(missing).isEmpty();
        assertThat(undocumented).isEmpty();
    }

    @Test
    void noBodyWhateverMakesTheServerFail() {
        List<String> bodies = List.of(
                "",
                "null",
                "[]",
                "{}",
                "\"text\"",
                "{\"id\":null}",
                "{\"id\":[]}",
                "{\"name\":null,\"role\":\"king\"}",
                "{\"name\":\"x\",\"role\":null,\"tags\":[null]}",
                "{\"tags\":[null]}",
                "{\"tags\":null}",
                "{\"id\":\"x\",\"tags\":[\"\"]}",
                "{\"release\":1}",
                "{\"release\":1,\"options\":null}",
                "{\"release\":9223372036854775807,\"options\":{}}",
                "{\"release\":1e99,\"options\":{}}",
                "{\"release\":1,\"options\":{\"stages\":[null]}}",
                "{\"release\":1,\"options\":{\"stages\":[{\"percent\":\"NaN\"}]}}",
                "{\"release\":1,\"options\":{\"window\":{}}}",
                "{\"release\":1,\"options\":{\"startAt\":-1,\"filter\":\"((((\"}}",
                "[".repeat(5_000),
                "{\"id\":\"\u0000\"}",
                "\u00ff\u00fe");
        Set<String> failed = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    for (String body : bodies) {
                        // What is odd about a path and about a body is found out apart.
                        for (String id : body.equals("{}") ? List.of("1", "%00", "..%2f..") : List.of("1")) {
                            String concrete =
                                    path.getKey().replace("{action}", "pause").replaceAll("\\{\\w+}", id);
                            for (String query :
                                    List.of("", "?limit=-1&offset=x&filter=id%3D%3D&to=x&from=%3E&board=&notes=")) {
                                Fixture.Answer answer = call(operation.getKey(), concrete + query, body);
                                if (answer.status() >= 500) {
                                    failed.add(operation.getKey() + " " + concrete + query + " " + body);
                                }
                            }
                        }
                    }
                }));
        assertThat(failed).isEmpty();
    }
}
