package dev.updraft.server.event;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every kind of event that there is, see docs/reference/events.md; a webhook may ask for some of them. */
public enum EventType {
    DEVICE_REGISTERED,
    DEVICE_REMOVED,
    RELEASE_PUBLISHED,
    RELEASE_WITHDRAWN,
    RELEASE_REHEARSED,
    ROLLOUT_CREATED,
    ROLLOUT_WAITING,
    ROLLOUT_RUNNING,
    ROLLOUT_PAUSED,
    ROLLOUT_ABORTED,
    ROLLOUT_FINISHED,
    ROLLOUT_STAGE,
    UPDATE_CONFIRMED,
    UPDATE_ROLLED_BACK,
    UPDATE_REFUSED,
    UPDATE_FAILED;

    private final String label =
            name().toLowerCase(Locale.ROOT).replaceFirst("_", ".").replace('_', '-');

    /** Its name on the wire, such as {@code update.rolled-back}. */
    public String label() {
        return label;
    }

    public static @Nullable EventType ofLabel(String label) {
        for (EventType type : values()) {
            if (type.label.equals(label)) {
                return type;
            }
        }
        return null;
    }

    /** The names of all, for a message. */
    public static String labels() {
        return Arrays.stream(values()).map(EventType::label).collect(Collectors.joining(", "));
    }
}
