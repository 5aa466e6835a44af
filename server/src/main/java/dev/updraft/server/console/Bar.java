package dev.updraft.server.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A bar of parts side by side, for an SVG of {@link #WIDTH} by 1.
 *
 * @param text says the same to those who do not see it
 */
record Bar(List<Part> parts, String text) {
    static final double WIDTH = 1_000;

    /** Under this nobody would see that something is there. */
    private static final double LEAST = 6;

    record Part(double x, double width, String fill, String label, long count) {}

    /** One piece of it. */
    record Piece(String fill, String label, long count) {}

    /** @param all what the whole bar stands for; 0 = nothing */
    static Bar of(List<Piece> pieces, long all) {
        List<Part> parts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        long sum = Math.max(all, pieces.stream().mapToLong(Piece::count).sum());
        double x = 0;
        for (Piece piece : pieces) {
            if (piece.count() > 0) {
                double width = Math.max(LEAST, WIDTH * piece.count() / sum);
                parts.add(new Part(x, Math.min(width, WIDTH - x), piece.fill(), piece.label(), piece.count()));
                x = Math.min(WIDTH, x + width);
                text.append(text.isEmpty() ? "" : ", ")
                        .append(piece.label())
                        .append(' ')
                        .append(piece.count());
            }
        }
        return new Bar(parts, text.isEmpty() ? "nothing yet" : text.toString());
    }

    static Bar of(String fill, long count, long all) {
        return of(List.of(new Piece(fill, "share", count)), all);
    }

    /** The states of devices in an update, in the order in which they come. */
    static List<Piece> states(Map<String, Long> updates) {
        List<Piece> pieces = new ArrayList<>();
        for (String state : List.of(
                "confirmed",
                "trial",
                "installing",
                "downloaded",
                "downloading",
                "offered",
                "awaiting-consent",
                "cancelling",
                "cancelled",
                "rolled-back",
                "refused",
                "failed")) {
            pieces.add(new Piece(Words.colour(state), Words.state(state), updates.getOrDefault(state, 0L)));
        }
        return pieces;
    }
}
