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
 * @param reach the last count over the fleet; null before the first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Progress(
        Map<String, Long> updates,
        long confirmed,
        long failures,
        @Nullable RolloutCount reach) {
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
                reach);
    }
}
