package dev.updraft.server.hawkbit.management;

import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what hawkBit's clients send. */
final class RequestBody {
    private static final int LARGEST_BODY = 4 << 20;

    private RequestBody() {}

    static JsonNode body(ServerRequest request) {
        return HawkbitJson.read(request, LARGEST_BODY);
    }

    /** The elements of a list, or the one object that stands in its place. */
    static List<JsonNode> list(ServerRequest request) {
        JsonNode body = body(request);
        if (!body.isArray() && !body.isObject()) {
            throw Problem.badRequest("The body must be a list.");
        }
        return body.isArray() ? body.valueStream().toList() : List.of(body);
    }

    static String text(JsonNode body, String name) {
        String text = textOr(body, name, null);
        if (text == null || text.isBlank()) {
            throw Problem.badRequest("'" + name + "' is missing.");
        }
        return text;
    }

    static @Nullable String textOr(JsonNode body, String name, @Nullable String usual) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return usual;
        }
        if (!value.isValueNode() || value.asString().length() > 512) {
            throw Problem.badRequest("'" + name + "' must be a text of at most 512 characters.");
        }
        return value.asString();
    }

    static @Nullable Long numberOr(JsonNode body, String name, @Nullable Long usual) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return usual;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw Problem.badRequest("'" + name + "' must be a whole number.");
        }
        return value.longValue();
    }

    static long number(JsonNode body, String name) {
        Long number = numberOr(body, name, null);
        if (number == null) {
            throw Problem.badRequest("'" + name + "' is missing.");
        }
        return number;
    }

    /** The number in the path, or one that nothing has. */
    static long key(ServerRequest request, String name) {
        String text = request.path().pathParameters().get(name);
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
    }

    static String id(ServerRequest request) {
        return request.path().pathParameters().get("id");
    }
}
