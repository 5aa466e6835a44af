package dev.updraft.server.rollout;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far a rollout is.
 *
 * @param updates devices that it has offered something to, by where they are
 * @param confirmed those that succeeded
 * @param failures those that went back or refused
 * @param alarm how near the statistical stop is
 * @param stageSince when the present stage began; milliseconds since 1970
 * @param reach the last count over the fleet; null before the first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Progress(
        Map<String, Long> updates,
        long confirmed,
        long failures,
        FailureAlarm.@Nullable Standing alarm,
        @Nullable Long stageSince,
        @Nullable RolloutCount reach) {
    /** How far {@code rollout} is. */
    static Progress of(Rollout rollout, Map<Update.State, Long> counts, @Nullable RolloutCount reach) {
        Progress progress = of(counts, reach);
        long lost = reach == null ? 0 : reach.lost();
        return new Progress(
                progress.updates,
                progress.confirmed,
                progress.failures,
                FailureAlarm.standing(
                        rollout.options().acceptableFailuresOr(), progress.confirmed, progress.failures + lost),
                rollout.since() == 0 ? null : rollout.since(),
                reach);
    }

    static Progress of(Map<Update.State, Long> counts, @Nullable RolloutCount reach) {
        Map<String, Long> updates = new TreeMap<>();
        counts.forEach((state, devices) -> {
            if (devices != 0) {
                updates.put(state.label(), devices);
            }
        });
        return new Progress(
                updates,
                counts.getOrDefault(Update.State.CONFIRMED, 0L),
                counts.getOrDefault(Update.State.ROLLED_BACK, 0L) + counts.getOrDefault(Update.State.REFUSED, 0L),
                null,
                null,
                reach);
    }
}
