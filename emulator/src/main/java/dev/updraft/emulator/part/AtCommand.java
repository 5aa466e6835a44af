package dev.updraft.emulator.part;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One AT command line, taken apart.
 *
 * @param name without the {@code AT+}; {@code E0} and {@code E1} for ATE0 and ATE1; empty for AT
 * @param arguments strings without quotes and escapes; an argument that was left out is empty
 */
record AtCommand(String name, Kind kind, List<String> arguments) {
    enum Kind {
        EXECUTE,
        QUERY,
        TEST,
        SET
    }

    /** Takes a line without its CR LF; empty when it is no AT command. */
    static Optional<AtCommand> parse(String line) {
        if (line.length() < 2 || !line.substring(0, 2).equalsIgnoreCase("AT")) {
            return Optional.empty();
        }
        String rest = line.substring(2);
        if (!rest.startsWith("+")) {
            return Optional.of(new AtCommand(rest, Kind.EXECUTE, List.of()));
        }
        int end = 1;
        while (end < rest.length() && rest.charAt(end) != '=' && rest.charAt(end) != '?') {
            end++;
        }
        String name = rest.substring(1, end);
        String tail = rest.substring(end);
        if (tail.isEmpty()) {
            return Optional.of(new AtCommand(name, Kind.EXECUTE, List.of()));
        }
        if (tail.equals("?")) {
            return Optional.of(new AtCommand(name, Kind.QUERY, List.of()));
        }
        if (tail.equals("=?")) {
            return Optional.of(new AtCommand(name, Kind.TEST, List.of()));
        }
        return tail.charAt(0) == '='
                ? arguments(tail.substring(1)).map(list -> new AtCommand(name, Kind.SET, list))
                : Optional.empty();
    }

    private static Optional<List<String>> arguments(String text) {
        List<String> out = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                current.append(text.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                out.add(current.toString());
                current.setLength(0);
            } else {
                current.append(c);
            }
        }
        out.add(current.toString());
        return quoted ? Optional.empty() : Optional.of(out);
    }

    /** An argument; empty when there are fewer. */
    String argument(int index) {
        return index < arguments.size() ? arguments.get(index) : "";
    }

    /** A number within bounds; -1 when it is none. */
    int number(int index, int least, int most) {
        String text = argument(index);
        if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(Character::isDigit)) {
            return -1;
        }
        int value = Integer.parseInt(text);
        return value >= least && value <= most ? value : -1;
    }
}
