package dev.updraft.server.http;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the request that this thread serves asks for, and what was made for it: for the audit log. Secrets are left out. */
public final class Trail {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final ThreadLocal<Trail> CURRENT = new ThreadLocal<>();
    private static final int LONGEST = 4_096;
    private static final List<String> SECRETS = List.of("token", "password", "secret", "securityToken", "key");
    private static final List<String> MADE = List.of("id", "name", "version", "controllerId");

    private @Nullable JsonNode asked;
    private @Nullable JsonNode made;

    private Trail() {}

    public static void begin() {
        CURRENT.set(new Trail());
    }

    /** What was gathered since {@link #begin}, as JSON; null if nothing was. */
    public static @Nullable String end(String query) {
        Trail trail = CURRENT.get();
        CURRENT.remove();
        ObjectNode detail = MAPPER.createObjectNode();
        if (!query.isEmpty()) {
            detail.put("query", query);
        }
        if (trail != null && trail.asked != null) {
            detail.set("asked", trail.asked);
        }
        if (trail != null && trail.made != null) {
            detail.set("made", trail.made);
        }
        String text = detail.toString();
        return detail.isEmpty() ? null : text.length() <= LONGEST ? text : shortened(text);
    }

    private static String shortened(String text) {
        return MAPPER.createObjectNode()
                .put("beginning", text.substring(0, LONGEST / 2))
                .toString();
    }

    /** The body of the request. */
    public static void asked(byte[] json) {
        Trail trail = CURRENT.get();
        if (trail != null && json.length <= 16 * LONGEST) {
            try {
                trail.asked = withoutSecrets(MAPPER.readTree(json));
            } catch (JacksonException e) {
                // Not JSON: told to the caller by whoever reads it.
            }
        }
    }

    /** What an answer tells of as made. */
    public static void made(byte[] json) {
        Trail trail = CURRENT.get();
        if (trail == null || json.length > 16 * LONGEST) {
            return;
        }
        JsonNode all = MAPPER.readTree(json);
        JsonNode first = all.isArray() && !all.isEmpty() ? all.get(0) : all;
        ObjectNode named = MAPPER.createObjectNode();
        for (String name : MADE) {
            if (first.path(name).isValueNode() && !first.path(name).isMissingNode()) {
                named.set(name, first.path(name));
            }
        }
        trail.made = named.isEmpty() ? null : named;
    }

    private static JsonNode withoutSecrets(JsonNode node) {
        if (node.isArray()) {
            node.forEach(Trail::withoutSecrets);
        } else if (node instanceof ObjectNode object) {
            for (String name : List.copyOf(object.propertyNames())) {
                if (SECRETS.contains(name)) {
                    object.put(name, "(left out)");
                } else {
                    withoutSecrets(object.path(name));
                }
            }
        }
        return node;
    }
}
