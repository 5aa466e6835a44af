package dev.updraft.server.overview;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A fleet as it was counted.
 *
 * @param at when; milliseconds since 1970
 * @param versions how many devices run each, the most frequent first; those beyond the first {@link Census#MOST} are in {@code others}
 * @param boards as {@code versions}
 * @param trial how many run an image on trial
 * @param seen how many checked in within the last hour, day and week, how many are silent for longer, how many never came
 * @param ended how many updates ended within the last day, by how
 * @param failures of the last week, by reason, the most frequent first
 */
record Overview(
        long at,
        long devices,
        Map<String, Long> versions,
        long others,
        Map<String, Long> boards,
        long trial,
        Seen seen,
        Map<String, Long> ended,
        List<Failure> failures,
        @JsonIgnore long tookMillis) {

    record Seen(long hour, long day, long week, long longer, long never) {}

    /**
     * Devices that an update failed on.
     *
     * @param rollout the newest that did it; 0 = given to single devices
     * @param last when it happened last
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Failure(String state, @Nullable String reason, long devices, long rollout, long last) {}

    /** What ran at one moment. */
    record Sample(long at, Map<String, Long> versions) {}
}
