package dev.updraft.server.rollout;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.fleet.ReportEvent;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One device on its way to one image.
 *
 * @param device key of the device
 * @param digest of the image
 * @param rollout key of the rollout that offered it, or {@link #ASSIGNED}
 * @param action key of this attempt, never used again; 0 = from before attempts had one
 * @param mode how the device is to take it
 * @param reason the device's word, where something went wrong
 * @param attempts how often it was offered after it had been turned down, and once more
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Update(
        @JsonIgnore long device,
        Digest digest,
        @JsonProperty("rollout") long rollout,
        @JsonProperty("action") long action,
        @JsonIgnore InstallMode mode,
        State state,
        @Nullable String reason,
        long attempts,
        long started,
        long changed) {

    /** In place of a rollout: an operator gave the image to this very device. */
    public static final long ASSIGNED = 0;

    /** How far it is; success is only {@link #CONFIRMED}. */
    public enum State {
        /** Somebody at the device must agree first. */
        AWAITING_CONSENT,
        OFFERED,
        DOWNLOADING,
        DOWNLOADED,
        INSTALLING,
        TRIAL,
        CONFIRMED,
        ROLLED_BACK,
        REFUSED,
        FAILED,
        /** An operator wants it stopped; the device has yet to say that it has. */
        CANCELLING,
        CANCELLED;

        @JsonValue
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static State of(ReportEvent event) {
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

    /** True if an operator has stopped it: no rollout offers it to this device again. */
    boolean stopped() {
        return state == State.CANCELLING || state == State.CANCELLED;
    }

    /** True if it was to be downloaded only, and has been. */
    boolean isOnlyDownloaded() {
        return state == State.DOWNLOADED && mode.downloadOnly();
    }

    /** True while the device may still work on it. */
    public boolean isOpen() {
        return switch (state) {
            case AWAITING_CONSENT, OFFERED, DOWNLOADING, INSTALLING, TRIAL, FAILED, CANCELLING -> true;
            case DOWNLOADED -> !isOnlyDownloaded();
            case CONFIRMED, ROLLED_BACK, REFUSED, CANCELLED -> false;
        };
    }

    /** True once the device has said that it works on it. */
    public boolean isUnderWay() {
        return switch (state) {
            case DOWNLOADING, INSTALLING, TRIAL -> true;
            case DOWNLOADED -> !isOnlyDownloaded();
            default -> false;
        };
    }

    Update moved(State to, @Nullable String why, long at) {
        return new Update(device, digest, rollout, action, mode, to, why, attempts, started, at);
    }

    Update with(InstallMode to) {
        return new Update(device, digest, rollout, action, to, state, reason, attempts, started, changed);
    }

    Update withAction(long to) {
        return new Update(device, digest, rollout, to, mode, state, reason, attempts, started, changed);
    }
}
