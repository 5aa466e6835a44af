package dev.updraft.server.rollout;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/**
 * Why a device gets a release, or does not, for people.
 *
 * @param answer in one sentence
 * @param gets whether it will, or has it already
 * @param points what was looked at, in order
 */
record Explanation(long release, String version, boolean gets, String answer, List<Point> points) {
    /** What a point means for the device. */
    enum Holds {
        YES,
        NO,
        /** Not now, but later by itself. */
        LATER;

        @JsonValue
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param text a sentence */
    record Point(Holds holds, String text) {}
}
