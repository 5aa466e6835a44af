package dev.updraft.server.hawkbit.management;

import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what hawkBit's clients send, and holds it to hawkBit's lengths. */
final class RequestBody {
    private static final int LARGEST_BODY = 4 << 20;
    private static final int USUAL = 512;

    private RequestBody() {}

    static JsonNode body(ServerRequest request) {
        return HawkbitJson.read(request, LARGEST_BODY);
    }

    /** The elements of a list, or the one object that stands in its place. */
    static List<JsonNode> list(ServerRequest request) {
        JsonNode body = body(request);
        if (!body.isArray() && !body.isObject()) {
            throw Refusal.NOT_READABLE.of("The body must be a list.");
        }
        return body.isArray() ? body.valueStream().toList() : List.of(body);
    }

    /** A list of names, or one. */
    static List<String> names(ServerRequest request, String member) {
        JsonNode body = body(request);
        return (body.isArray() ? body.valueStream().toList() : List.of(body))
                .stream()
                        .map(one -> one.isValueNode() ? one.asString() : text(one, one.has(member) ? member : "id"))
                        .toList();
    }

    static String text(JsonNode body, String name) {
        return text(body, name, USUAL);
    }

    /** @param longest in characters */
    static String text(JsonNode body, String name, int longest) {
        String text = textOr(body, name, null, longest);
        if (text == null || text.isBlank()) {
            throw Refusal.CONSTRAINT.of("'" + name + "' is missing.");
        }
        return text;
    }

    static @Nullable String textOr(JsonNode body, String name, @Nullable String usual) {
        return textOr(body, name, usual, USUAL);
    }

    /** @param longest in characters */
    static @Nullable String textOr(JsonNode body, String name, @Nullable String usual, int longest) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return usual;
        }
        if (!value.isValueNode() || value.asString().length() > longest) {
            throw Refusal.CONSTRAINT.of("'" + name + "' must be a text of at most " + longest + " characters.");
        }
        return value.asString();
    }

    static @Nullable Long numberOr(JsonNode body, String name, @Nullable Long usual) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return usual;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw Refusal.NOT_READABLE.of("'" + name + "' must be a whole number.");
        }
        return value.longValue();
    }

    static long number(JsonNode body, String name) {
        Long number = numberOr(body, name, null);
        if (number == null) {
            throw Refusal.CONSTRAINT.of("'" + name + "' is missing.");
        }
        return number;
    }

    /** Null if it is not there. */
    static @Nullable Boolean flag(JsonNode body, String name) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isBoolean()) {
            throw Refusal.NOT_READABLE.of("'" + name + "' is true or false.");
        }
        return value.booleanValue();
    }

    /** @throws Problem 501 for a member that is not known, where it could say who gets what */
    static void requireKnown(JsonNode body, Set<String> known, String what) {
        if (!body.isObject()) {
            throw Refusal.NOT_READABLE.of("The body must be an object.");
        }
        for (String name : body.propertyNames()) {
            if (!known.contains(name)) {
                throw Problem.notImplemented("'" + name + "' of " + what
                        + " is not implemented, and could say who gets what; nothing was made. Leave it out.");
            }
        }
    }

    /** The number in the path. */
    static long key(ServerRequest request, String name) {
        String text = request.path().pathParameters().get(name);
        if (!text.matches("\\d{1,18}")) {
            throw Refusal.NOT_READABLE.of("'" + text + "' must be a number.");
        }
        return Long.parseLong(text);
    }

    static String id(ServerRequest request) {
        return request.path().pathParameters().get("id");
    }
}
