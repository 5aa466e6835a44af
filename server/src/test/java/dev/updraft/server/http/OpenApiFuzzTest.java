package dev.updraft.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.OddInput;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Calls every operation of the served OpenAPI document with what it asks for, bent in one place or several: other types, sizes, fields
 * left out or doubled, huge numbers, odd text. No answer may be the server's failure, and every refusal says why in one sentence.
 * {@code -Dupdraft.fuzz=N} calls each operation N times.
 */
class OpenApiFuzzTest {
    private static final int CALLS = Integer.getInteger("updraft.fuzz", 40);

    private final Random random = new Random(Long.getLong("updraft.seed", 20_261_125));
    private final OddInput odd = new OddInput(random);

    @SuppressWarnings("NullAway.Init") // read before anything asks
    private JsonNode document;

    @Test
    void nothingThatIsAskedMakesTheServerFail(@TempDir Path data) {
        try (Fixture fixture = new Fixture(data)) {
            document = fixture.get("/api/v1/openapi.json").json();
            prepare(fixture);
            TreeSet<String> failed = new TreeSet<>();
            int[] calls = {0};
            int[] accepted = {0};
            document.path("paths")
                    .properties()
                    .forEach(path -> path.getValue().properties().forEach(operation -> {
                        if (operation.getValue().toString().contains("text/event-stream")) {
                            return; // an answer without end
                        }
                        for (int i = 0; i < CALLS; i++) {
                            String called =
                                    call(fixture, path.getKey(), operation.getKey(), operation.getValue(), accepted);
                            calls[0]++;
                            if (called != null) {
                                failed.add(called);
                            }
                        }
                    }));
            assertThat(failed).isEmpty();
            // Some of what is bent must still be right, or nothing behind the first check was reached.
            assertThat(accepted[0]).isGreaterThan(calls[0] / 20);
            assertThat(fixture.get("/health/ready").status()).isEqualTo(200);
        }
    }

    private static void prepare(Fixture fixture) {
        fixture.device("d0");
        fixture.publish(Images.image("stm32f407", 1, 1, 0, 100));
    }

    /** @return what was wrong; null if nothing */
    private @Nullable String call(Fixture fixture, String path, String method, JsonNode operation, int[] accepted) {
        StringBuilder url = new StringBuilder("/api/v1").append(fill(path));
        char separator = '?';
        for (JsonNode parameter : operation.path("parameters")) {
            if (parameter.path("in").asString("").equals("query") && random.nextBoolean()) {
                url.append(separator)
                        .append(parameter.path("name").asString())
                        .append('=')
                        .append(OddInput.encoded(random.nextBoolean() ? odd.text() : odd.number()));
                separator = '&';
            }
        }
        byte[] body = body(operation.path("requestBody").path("content"));
        Fixture.Answer answer = fixture.send(fixture.request(url.toString(), token(fixture))
                .header("Content-Type", "application/json")
                .method(method.toUpperCase(Locale.ROOT), HttpRequest.BodyPublishers.ofByteArray(body)));
        if (answer.status() < 300) {
            accepted[0]++;
        }
        // What is too long for a request line is refused before anybody knows what it asks for.
        boolean explained = answer.status() < 400
                || answer.status() == 414
                || !answer.json().path("error").asString("").isBlank();
        return answer.status() < 500 && explained
                ? null
                : "%d %s %.300s %.300s"
                        .formatted(answer.status(), method, url, new String(body, StandardCharsets.UTF_8));
    }

    private String token(Fixture fixture) {
        return random.nextInt(50) == 0 ? "wrong" : fixture.admin();
    }

    private String fill(String path) {
        StringBuilder filled = new StringBuilder();
        for (String part : path.substring(1).split("/")) {
            filled.append('/').append(part.startsWith("{") ? segment(part) : part);
        }
        return filled.toString();
    }

    private String segment(String parameter) {
        if (random.nextBoolean()) {
            return parameter.equals("{action}") ? "pause" : random.nextBoolean() ? "1" : "d0";
        }
        String text = OddInput.encoded(odd.text());
        return text.isEmpty() || text.equals("..") ? "%20" : text;
    }

    private byte[] body(JsonNode content) {
        if (content.isMissingNode()) {
            return new byte[0];
        }
        JsonNode json = content.path("application/json");
        if (json.isMissingNode() || random.nextInt(10) == 0) {
            return noise();
        }
        JsonNode value = value(json.path("schema"), 0);
        return odd.written(value);
    }

    private byte[] noise() {
        byte[] noise = random.nextBoolean()
                ? Images.image("stm32f407", 1, 2, random.nextInt(9), 50)
                : new byte[random.nextInt(2_000)];
        for (int i = random.nextInt(20); i > 0 && noise.length > 0; i--) {
            noise[random.nextInt(noise.length)] = (byte) random.nextInt();
        }
        return noise;
    }

    /** What {@code schema} asks for; one value in six is something else. */
    private JsonNode value(JsonNode schema, int depth) {
        if (schema.has("$ref")) {
            String name = schema.path("$ref").asString();
            return value(document.at(name.substring(1)), depth);
        }
        if (random.nextInt(6) == 0) {
            return odd.node();
        }
        if (schema.has("enum")) {
            return schema.path("enum").path(random.nextInt(schema.path("enum").size()));
        }
        JsonNode type = schema.path("type");
        return switch (type.isArray() ? type.path(0).asString("") : type.asString("object")) {
            case "string" -> OddInput.textNode(random.nextInt(3) == 0 ? odd.text() : "x" + random.nextInt(1_000));
            case "integer", "number" ->
                random.nextInt(3) == 0
                        ? OddInput.textNode(OddInput.NUMBER)
                        : Fixture.JSON.valueToTree(random.nextInt(100));
            case "boolean" -> Fixture.JSON.valueToTree(random.nextBoolean());
            case "array" -> list(schema, depth);
            default -> object(schema, depth);
        };
    }

    private ArrayNode list(JsonNode schema, int depth) {
        ArrayNode list = Fixture.JSON.createArrayNode();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(value(schema.path("items"), depth + 1));
        }
        return list;
    }

    private ObjectNode object(JsonNode schema, int depth) {
        ObjectNode object = Fixture.JSON.createObjectNode();
        schema.path("properties").properties().forEach(property -> {
            if (random.nextInt(8) > 0) {
                object.set(property.getKey(), value(property.getValue(), depth + 1));
            }
        });
        if (random.nextInt(10) == 0) {
            object.put(odd.text(), "unexpected");
        }
        return object;
    }
}
