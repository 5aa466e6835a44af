package dev.updraft.server.hawkbit.management;

import dev.updraft.server.filter.Filter;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code ?offset=&limit=&sort=&q=} asks for of a list, and hawkBit's shape of the answer.
 *
 * @param sort such as {@code id:DESC}; null = as the list is
 * @param q FIQL
 */
record Listing(int offset, int limit, @Nullable String sort, String q) {
    private static final int USUAL = 50;
    private static final int MOST = 500;

    static Listing of(ServerRequest request) {
        return new Listing(
                number(request, "offset", 0, Integer.MAX_VALUE - MOST),
                Math.min(number(request, "limit", USUAL, Integer.MAX_VALUE), MOST),
                request.query().first("sort").orElse(null),
                request.query().first("q").orElse(""));
    }

    private static int number(ServerRequest request, String name, int usual, int most) {
        String text = request.query().first(name).orElse(Integer.toString(usual));
        if (!text.matches("\\d{1,10}") || Long.parseLong(text) > most) {
            throw Problem.badRequest("'" + name + "' must be a number from 0 to " + most + ".");
        }
        return Integer.parseInt(text);
    }

    /** Of {@code all}, rendered: filtered and sorted by their members, as hawkBit names them. */
    ObjectNode of(Stream<ObjectNode> all) {
        Stream<ObjectNode> some = q.isBlank() ? all : all.filter(Filter.parse(q, Listing::member));
        Comparator<ObjectNode> order = order();
        List<ObjectNode> sorted = (order == null ? some : some.sorted(order)).toList();
        ObjectNode answer = HawkbitJson.object();
        ArrayNode content = answer.putArray("content");
        sorted.stream().skip(offset).limit(limit).forEach(content::add);
        return sized(answer, content, sorted.size());
    }

    static ObjectNode sized(ObjectNode answer, ArrayNode content, long total) {
        return answer.put("total", total).put("size", content.size());
    }

    private @Nullable Comparator<ObjectNode> order() {
        if (sort == null || sort.isBlank()) {
            return null;
        }
        String first = sort.split(",", 2)[0];
        String[] parts = first.split(":", 2);
        Function<ObjectNode, Collection<String>> member = member(parts[0]);
        Comparator<ObjectNode> order = Comparator.comparing(
                node -> member.apply(node).stream().findFirst().orElse(""), Filter::compare);
        boolean down =
                parts.length > 1 && parts[1].strip().toUpperCase(Locale.ROOT).equals("DESC");
        return down ? order.reversed() : order;
    }

    private static Function<ObjectNode, Collection<String>> member(String name) {
        String wanted = name.strip();
        return node -> {
            for (var member : node.properties()) {
                if (member.getKey().equalsIgnoreCase(wanted)) {
                    return values(member.getValue());
                }
            }
            return List.of();
        };
    }

    private static List<String> values(JsonNode value) {
        return value.isArray()
                ? value.valueStream().map(JsonNode::asString).toList()
                : value.isNull() ? List.of() : List.of(value.asString());
    }
}
