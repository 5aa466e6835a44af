package dev.updraft.server.rollout;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.updraft.server.event.EventType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A release on its way to the devices that it is for.
 *
 * @param stage index into the terms' stages
 * @param reason why it waits for a rehearsal, is paused or was aborted, for people
 * @param creator name of the token that made it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Rollout(
        @JsonProperty("id") long key,
        @JsonIgnore long tenant,
        long release,
        RolloutOptions terms,
        State state,
        int stage,
        @Nullable String reason,
        String creator,
        long created) {

    /** Whether it offers anything. */
    public enum State {
        /** An approver has yet to let it start, or a rehearsal has yet to pass. */
        WAITING,
        RUNNING,
        PAUSED,
        /** Over for good. */
        ABORTED,
        /** The last stage has reached its success; devices that join later still get it. */
        FINISHED;

        @JsonValue
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What is told of a rollout that has come here. */
        EventType event() {
            return switch (this) {
                case WAITING -> EventType.ROLLOUT_WAITING;
                case RUNNING -> EventType.ROLLOUT_RUNNING;
                case PAUSED -> EventType.ROLLOUT_PAUSED;
                case ABORTED -> EventType.ROLLOUT_ABORTED;
                case FINISHED -> EventType.ROLLOUT_FINISHED;
            };
        }
    }

    boolean offers() {
        return state == State.RUNNING || state == State.FINISHED;
    }

    double percent() {
        return terms.stagesOr().get(stage).percent();
    }

    Rollout withKey(long to) {
        return new Rollout(to, tenant, release, terms, state, stage, reason, creator, created);
    }

    Rollout in(State to, int atStage, @Nullable String why) {
        return new Rollout(key, tenant, release, terms, to, atStage, why, creator, created);
    }

    /**
     * Where {@code device} stands among all, from 0 to under 100: the same at every call and on every server, and independent between
     * rollouts, so that growing a percentage never moves a device out and the same devices are not always first.
     */
    double place(String device) {
        long hash = 0xcbf29ce484222325L ^ (key * 0x9E3779B97F4A7C15L);
        for (int i = 0; i < device.length(); i++) {
            hash = (hash ^ device.charAt(i)) * 0x100000001b3L;
        }
        // The finisher of MurmurHash3: FNV alone leaves the high bits of short names poor.
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        hash ^= hash >>> 33;
        return (hash >>> 11) * 0x1.0p-53 * 100;
    }
}
