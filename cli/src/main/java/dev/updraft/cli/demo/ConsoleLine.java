package dev.updraft.cli.demo;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line that the example application prints on its console when its state changes: {@code app 1.0.0: downloading 12%}.
 *
 * @param version the version that runs
 * @param state the state in words, without a percentage
 * @param percent 0 to 100, or -1 when the line has none
 */
record ConsoleLine(String version, String state, int percent) {
    private static final Pattern SHAPE = Pattern.compile("app ([0-9][^ :]*): (.*?)(?: ([0-9]{1,3})%)?\\s*");

    static Optional<ConsoleLine> parse(String line) {
        Matcher match = SHAPE.matcher(line);
        if (!match.matches()) {
            return Optional.empty();
        }
        int percent = match.group(3) == null ? -1 : Integer.parseInt(match.group(3));
        return Optional.of(new ConsoleLine(match.group(1), match.group(2), percent));
    }

    boolean says(String word) {
        return state.equals(word) || state.startsWith(word + " ");
    }
}
