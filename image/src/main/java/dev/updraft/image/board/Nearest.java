package dev.updraft.image.board;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/** What somebody most likely meant who wrote a name that does not exist. */
final class Nearest {
    /** Letters that a typo changes at most. */
    private static final int NEAR = 3;

    private Nearest() {}

    /** The candidate that {@code name} is a typo, a beginning or an extension of. */
    static Optional<String> of(String name, Collection<String> candidates) {
        return candidates.stream()
                .filter(known -> name.startsWith(known) || known.startsWith(name) || distance(name, known) <= NEAR)
                .min(Comparator.<String>comparingInt(known -> distance(name, known))
                        .thenComparingInt(known -> -sameStart(name, known)));
    }

    private static int sameStart(String a, String b) {
        int at = 0;
        while (at < Math.min(a.length(), b.length()) && a.charAt(at) == b.charAt(at)) {
            at++;
        }
        return at;
    }

    /** How many letters must be added, left out or changed (Levenshtein). */
    static int distance(String a, String b) {
        int[] row = IntStream.rangeClosed(0, b.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (Character.toLowerCase(a.charAt(i - 1)) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
