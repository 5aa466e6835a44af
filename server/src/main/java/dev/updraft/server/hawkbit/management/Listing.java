package dev.updraft.server.hawkbit.management;

import dev.updraft.server.filter.Filter;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code ?offset=&limit=&sort=&q=&representation=} asks for of a list, and hawkBit's shape of the answer.
 *
 * @param order by what; empty = as the list is
 * @param q FIQL
 * @param full whether each element is to be shown with all its links
 */
record Listing(int offset, int limit, List<By> order, String q, boolean full) {
    private static final int USUAL = 50;
    private static final int MOST = 500;

    /** @param field as the request spells it */
    record By(String field, boolean down) {}

    static Listing of(ServerRequest request) {
        int limit = number(request, "limit", USUAL);
        return new Listing(
                Math.clamp(number(request, "offset", 0), 0, Integer.MAX_VALUE - MOST),
                limit < 1 ? USUAL : Math.min(limit, MOST),
                order(request.query().first("sort").orElse("")),
                request.query().first("q").orElse(""),
                request.query().first("representation").orElse("").equals("full"));
    }

    /** As hawkBit: what is out of range becomes what is next to it. */
    private static int number(ServerRequest request, String name, int usual) {
        String text = request.query().first(name).orElse(Integer.toString(usual));
        if (!text.matches("-?\\d{1,18}")) {
            throw Refusal.NOT_READABLE.of("'" + name + "' must be a number.");
        }
        return Math.clamp(Long.parseLong(text), -1, Integer.MAX_VALUE);
    }

    private static List<By> order(String sort) {
        List<By> order = new ArrayList<>();
        for (String part : sort.isBlank() ? new String[0] : sort.split(",")) {
            String[] parts = part.strip().split(":", -1);
            if (parts.length != 2) {
                throw Refusal.SORT_SYNTAX.of("Write 'sort' like name:ASC,id:DESC.");
            }
            String direction = parts[1].strip().toUpperCase(Locale.ROOT);
            if (!direction.equals("ASC") && !direction.equals("DESC")) {
                throw Refusal.SORT_DIRECTION.of("The direction of 'sort' is ASC or DESC, not '" + parts[1] + "'.");
            }
            order.add(new By(parts[0].strip(), direction.equals("DESC")));
        }
        return order;
    }

    static Problem noSort(String field) {
        return Refusal.SORT_FIELD.of("There is no field '" + field + "' to sort by.");
    }

    static Problem noField(String field) {
        return Refusal.FILTER_FIELD.of("There is no field '" + field + "' to filter by.");
    }

    /** {@code look} at a filter, with what is wrong with it in hawkBit's words. */
    static <T> T filtered(java.util.function.Supplier<T> look) {
        try {
            return look.get();
        } catch (Problem wrong) {
            throw wrong.code() == null && wrong.status() == 400 ? Refusal.FILTER_SYNTAX.of(wrong.sentence()) : wrong;
        }
    }

    static <T> Predicate<T> filter(String q, Filter.Fields<T> fields) {
        return filtered(() -> Filter.parse(q, fields));
    }

    /** The page of a list that is short and all there. */
    <T> ObjectNode of(List<T> all, Function<T, ObjectNode> view) {
        ObjectNode answer = HawkbitJson.object();
        ArrayNode content = answer.putArray("content");
        all.stream().skip(offset).limit(limit).map(view).forEach(content::add);
        return sized(answer, content, all.size());
    }

    static ObjectNode sized(ObjectNode answer, ArrayNode content, long total) {
        return answer.put("total", total).put("size", content.size());
    }
}
