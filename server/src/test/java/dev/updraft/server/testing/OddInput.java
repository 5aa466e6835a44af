package dev.updraft.server.testing;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What nobody in their right mind sends. */
public final class OddInput {
    /** Stands for a number that no JSON library writes by itself, until {@link #written}. */
    public static final String NUMBER = "#number";

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "0",
            "-1",
            "1e999",
            "9223372036854775808",
            "null",
            "true",
            "\u0000",
            "a\u0000b",
            "\r\nX: y",
            "\ud83d\ude80",
            "\u202e",
            "\ufeff",
            "\u0130",
            "a\u0301",
            "..",
            "../../admin-token",
            "%2e%2e%2f",
            "'; DROP TABLE device; --",
            "\"",
            "\\",
            "${jndi:ldap://x}",
            "<script>",
            "id==*",
            "((((",
            "id==a;(tag==b",
            "tag=in=(",
            "seen=gt=x",
            "attribute.==1",
            ">=",
            "[0,1)",
            "a".repeat(300),
            "a".repeat(5_000),
            "\ud83d\ude80".repeat(200),
            "d0",
            "1",
            "viewer",
            "pause",
            "stm32f407");

    private static final List<String> NUMBERS = List.of(
            "0",
            "-0",
            "-1",
            "1",
            "0.5",
            "1e-400",
            "1e400",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "1".repeat(400),
            "100",
            "100.0000001",
            "-9223372036854775808");

    private final Random random;

    public OddInput(Random random) {
        this.random = random;
    }

    public String text() {
        return pick(TEXTS);
    }

    public String number() {
        return pick(NUMBERS);
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Anything but what is asked for. */
    public JsonNode node() {
        return switch (random.nextInt(7)) {
            case 0 -> Fixture.JSON.nullNode();
            case 1 -> textNode(text());
            case 2 -> textNode(NUMBER);
            case 3 -> Fixture.JSON.createArrayNode().addNull();
            case 4 -> Fixture.JSON.createObjectNode();
            case 5 -> deep();
            default -> Fixture.JSON.valueToTree(Map.of("x", List.of(1, "2", true)));
        };
    }

    private static JsonNode deep() {
        ArrayNode deep = Fixture.JSON.createArrayNode();
        for (int i = 0; i < 100; i++) {
            deep = Fixture.JSON.createArrayNode().add(deep);
        }
        return deep;
    }

    /** {@code asked}, of which one value in six is something else, and one member in eight is left out. */
    public JsonNode bent(JsonNode asked) {
        if (random.nextInt(6) == 0) {
            return node();
        }
        if (asked.isArray()) {
            ArrayNode list = Fixture.JSON.createArrayNode();
            asked.forEach(element -> list.add(bent(element)));
            return list;
        }
        if (!asked.isObject()) {
            return asked;
        }
        ObjectNode object = Fixture.JSON.createObjectNode();
        asked.properties().forEach(member -> {
            if (random.nextInt(8) > 0) {
                object.set(member.getKey(), bent(member.getValue()));
            }
        });
        return object;
    }

    public byte[] written(JsonNode value) {
        return value.toString().replace('"' + NUMBER + '"', number()).getBytes(StandardCharsets.UTF_8);
    }

    public static JsonNode textNode(String text) {
        return Fixture.JSON.valueToTree(text);
    }

    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
