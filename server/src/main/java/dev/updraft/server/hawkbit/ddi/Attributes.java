package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Release;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * What a device says of itself in {@code configData}. Two names mean something to Updraft: {@code board}, the board of a release's
 * image, and {@code version}, the version that runs.
 */
final class Attributes {
    static final String BOARD = "board";
    static final String VERSION = "version";

    private static final int MOST = 100;
    private static final int LONGEST_NAME = 128;
    private static final int LONGEST_VALUE = 128;

    private Attributes() {}

    /**
     * {@code before}, changed as {@code body} asks.
     *
     * @throws Problem 400 for a mode or data that is not hawkBit's
     */
    static Map<String, String> changed(Map<String, String> before, JsonNode body) {
        JsonNode data = body.path("data");
        if (!data.isObject() || data.isEmpty()) {
            throw Problem.badRequest("'data' must be an object of text that is not empty.");
        }
        String mode =
                body.path("mode").isMissingNode() ? "merge" : body.path("mode").asString("");
        Map<String, String> after = new TreeMap<>();
        switch (mode.toLowerCase(Locale.ROOT)) {
            case "merge", "remove" -> after.putAll(before);
            case "replace" -> {}
            default -> throw Problem.badRequest("'mode' is merge, replace or remove.");
        }
        boolean removes = mode.equalsIgnoreCase("remove");
        data.properties().forEach(attribute -> {
            if (removes) {
                after.remove(attribute.getKey());
            } else {
                after.put(attribute.getKey(), value(attribute.getKey(), attribute.getValue()));
            }
        });
        if (after.size() > MOST) {
            throw Refusal.QUOTA.of("A device has at most " + MOST + " attributes.");
        }
        return Map.copyOf(after);
    }

    private static String value(String name, JsonNode value) {
        if (name.isEmpty() || name.length() > LONGEST_NAME || !value.isValueNode() || value.isNull()) {
            throw Refusal.ATTRIBUTES.of(
                    "An attribute has a name of 1 to " + LONGEST_NAME + " characters and a text as value.");
        }
        String text = value.asString();
        if (text.length() > LONGEST_VALUE) {
            throw Refusal.ATTRIBUTES.of(
                    "The attribute '" + name + "' is longer than " + LONGEST_VALUE + " characters.");
        }
        return text;
    }

    /**
     * What the device is, now that it says this. The version that it names says what it runs only where it is that of a release: many
     * clients call other things so.
     */
    static CheckIn applied(CheckIn before, Map<String, String> attributes, List<Release> releases) {
        String board = cut(attributes.getOrDefault(BOARD, before.board()), 32);
        CheckIn same = new CheckIn(
                before.digest(),
                before.version(),
                board,
                before.stagingSize(),
                before.capabilities(),
                false,
                before.counter(),
                attributes);
        String told = attributes.get(VERSION);
        if (told == null || before.version().equals(told) || before.version().endsWith(" " + told)) {
            return same;
        }
        int name = before.version().lastIndexOf(' ') + 1;
        String full = before.version().substring(0, name) + told;
        for (Release release : releases) {
            Release.Image image = release.version().equals(full) ? release.imageFor(same) : null;
            if (image != null) {
                return same.running(image.digest(), release.version());
            }
        }
        return before.digest().equals(DeploymentTranslation.NOT_KNOWN)
                ? same.running(before.digest(), cut(told, 64))
                : same;
    }

    private static String cut(String text, int longest) {
        return text.length() > longest ? text.substring(0, longest) : text;
    }
}
