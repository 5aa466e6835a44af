package dev.updraft.server.rollout;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.fleet.Event;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One device on its way to one image.
 *
 * @param device key of the device
 * @param digest of the image
 * @param rollout key of the rollout that offered it
 * @param reason the device's word, where something went wrong
 * @param attempts how often it was offered after it had been turned down, and once more
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Update(
        @JsonIgnore long device,
        Digest digest,
        @JsonProperty("rollout") long rollout,
        State state,
        @Nullable String reason,
        long attempts,
        long started,
        long changed) {

    /** How far it is; success is only {@link #CONFIRMED}. */
    public enum State {
        OFFERED,
        DOWNLOADING,
        DOWNLOADED,
        INSTALLING,
        TRIAL,
        CONFIRMED,
        ROLLED_BACK,
        REFUSED,
        FAILED;

        @JsonValue
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static State of(Event event) {
            return valueOf(event.name());
        }

        static State ofLabel(String label) {
            return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /** True if this device has shown that it will not keep this image; only a rollout's retries offer it again. */
    boolean turnedDown() {
        return state == State.ROLLED_BACK || state == State.REFUSED;
    }

    Update moved(State to, @Nullable String why, long at) {
        return new Update(device, digest, rollout, to, why, attempts, started, at);
    }
}
