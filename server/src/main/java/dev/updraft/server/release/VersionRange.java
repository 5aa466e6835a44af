package dev.updraft.server.release;

import dev.updraft.server.http.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which versions may move to a release, such as {@code >=1.2.0 <2.0.0}; all parts must hold, none at all means every version. */
public final class VersionRange {
    private static final Pattern PART = Pattern.compile("(>=|<=|>|<|=)\\s*(\\S+)");

    private final List<Part> parts;

    private record Part(String operator, Version version) {
        boolean holds(Version other) {
            int order = other.compareTo(version);
            return switch (operator) {
                case ">=" -> order >= 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                case "<" -> order < 0;
                default -> order == 0;
            };
        }
    }

    private VersionRange(List<Part> parts) {
        this.parts = parts;
    }

    /** @throws Problem 400 if {@code text} is not a range */
    public static VersionRange parse(String text) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = PART.matcher(text);
        int at = 0;
        while (matcher.find()) {
            Version version = Version.parse(matcher.group(2));
            if (version == null || !text.substring(at, matcher.start()).isBlank()) {
                throw wrong(text);
            }
            parts.add(new Part(matcher.group(1), version));
            at = matcher.end();
        }
        if (!text.substring(at).isBlank()) {
            throw wrong(text);
        }
        return new VersionRange(List.copyOf(parts));
    }

    /** True if every version may move, whatever it is called. */
    public boolean isOpen() {
        return parts.isEmpty();
    }

    public boolean allows(Version from) {
        for (Part part : parts) {
            if (!part.holds(from)) {
                return false;
            }
        }
        return true;
    }

    private static Problem wrong(String text) {
        return Problem.badRequest("'" + text + "' is not a range of versions; write it like '>=1.2.0 <2.0.0'.");
    }
}
