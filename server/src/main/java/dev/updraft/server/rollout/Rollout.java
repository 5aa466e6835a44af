package dev.updraft.server.rollout;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.updraft.server.event.EventType;
import dev.updraft.server.fleet.Device;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A release on its way to the devices that it is for.
 *
 * @param stage index into the options' stages
 * @param reason why it waits for a rehearsal, is paused or was aborted, for people
 * @param creator name of the token that made it
 * @param reach up to which place the devices that were registered at {@code since} are in the stage; null = not worked out
 * @param since when the present stage began; milliseconds since 1970
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Rollout(
        @JsonProperty("id") long key,
        @JsonIgnore long tenant,
        long release,
        RolloutOptions options,
        State state,
        int stage,
        @Nullable String reason,
        String creator,
        long created,
        @JsonIgnore @Nullable Double reach,
        @JsonIgnore long since) {

    /** Whether it offers anything. */
    public enum State {
        /** An approver has yet to let it start, or a rehearsal has yet to pass. */
        WAITING,
        RUNNING,
        PAUSED,
        /** Over for good. */
        ABORTED,
        /** The last stage has reached its success: nothing is offered any more, unless it is opened again. */
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
        return state == State.RUNNING;
    }

    /** Whether somebody other than its maker must agree before it starts, and has not. */
    public boolean isUnapproved() {
        return state == State.WAITING && options.approvalOr();
    }

    double percent() {
        return options.stagesOr().get(stage).percent();
    }

    /**
     * Whether {@code device} is in the present stage, if it is one that the rollout is for at all. Of those that were there when the stage
     * began exactly its share is; one that comes later stands where its hash puts it.
     */
    boolean holds(Device device) {
        double percent = percent();
        if (percent >= 100) {
            return true;
        }
        double place = place(device.id());
        return reach != null && device.created() <= since ? place <= reach : place < percent;
    }

    Rollout withKey(long to) {
        return new Rollout(to, tenant, release, options, state, stage, reason, creator, created, reach, since);
    }

    Rollout in(State to, int atStage, @Nullable String why) {
        return new Rollout(key, tenant, release, options, to, atStage, why, creator, created, reach, since);
    }

    Rollout withOptions(RolloutOptions to) {
        return new Rollout(key, tenant, release, to, state, stage, reason, creator, created, reach, since);
    }

    Rollout reaching(@Nullable Double to, long from) {
        return new Rollout(key, tenant, release, options, state, stage, reason, creator, created, to, from);
    }

    /** Running again, and from now on for devices that come later too. */
    Rollout reopened() {
        return new Rollout(
                key, tenant, release, options.goingOn(), State.RUNNING, stage, null, creator, created, reach, since);
    }

    /**
     * Where {@code device} stands among all, from 0 to under 100: the same at every call, on every server and in a preview, and independent
     * between releases, so that growing a percentage never moves a device out and the same devices are not always first.
     */
    double place(String device) {
        long hash = 0xcbf29ce484222325L ^ (release * 0x9E3779B97F4A7C15L);
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
