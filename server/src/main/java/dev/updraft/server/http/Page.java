package dev.updraft.server.http;

import io.helidon.webserver.http.ServerRequest;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The part of a long list that {@code ?offset=…&limit=…} asks for. */
public record Page(int offset, int limit) {
    /** @throws Problem 400 for numbers that are none */
    public static Page of(ServerRequest request, int usual, int most) {
        return new Page(number(request, "offset", 0, Integer.MAX_VALUE - most), number(request, "limit", usual, most));
    }

    private static int number(ServerRequest request, String name, int usual, int most) {
        String text = request.query().first(name).orElse(Integer.toString(usual));
        if (!text.matches("\\d{1,10}") || Long.parseLong(text) > most) {
            throw Problem.badRequest("'" + name + "' must be a number from 0 to " + most + ".");
        }
        return Integer.parseInt(text);
    }

    /** {@code look} over a whole fleet, of which few may be under way at a time. */
    public static <T> T scan(Supplier<T> look) {
        return Scans.run(look);
    }

    /** This page of {@code all} in {@code order}; only what comes up to its end is ever held. */
    public <T> List<T> cut(Stream<T> all, Comparator<T> order) {
        return scan(() -> cutOne(all, order));
    }

    private <T> List<T> cutOne(Stream<T> all, Comparator<T> order) {
        int end = offset + limit;
        PriorityQueue<T> smallest = new PriorityQueue<>(order.reversed());
        all.forEach(element -> {
            smallest.add(element);
            if (smallest.size() > end) {
                smallest.poll();
            }
        });
        return smallest.stream().sorted(order).skip(offset).toList();
    }
}
