package dev.updraft.server.rollout;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.updraft.server.http.Problem;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How urgently, and with whose consent, a device is to take an update; for devices that can be told (hawkBit's DDI).
 *
 * @param type null = forced
 * @param forceAt milliseconds since 1970 from when a {@link Type#TIMEFORCED} update is forced
 * @param consent true if somebody at the device must agree first
 * @param window when it may be installed; null = always
 * @param weight as hawkBit's API was told, which shows it again; it decides nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InstallMode(
        @Nullable Type type,
        @Nullable Long forceAt,
        @Nullable Boolean consent,
        @Nullable CronWindow window,
        @Nullable Integer weight) {

    public static final InstallMode FORCED = new InstallMode(null, null, null, null, null);

    /** hawkBit's action types. */
    public enum Type {
        FORCED,
        SOFT,
        TIMEFORCED,
        DOWNLOADONLY;

        @JsonCreator
        public static Type ofLabel(String label) {
            return valueOf(label.toUpperCase(Locale.ROOT));
        }

        @JsonValue
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws Problem 400 if something does not fit together */
    public void check(long now) {
        if (typeOr() == Type.TIMEFORCED && forceAt == null) {
            throw Problem.badRequest("A timeforced update needs forceAt, in milliseconds since 1970.");
        }
        if (window != null) {
            window.check(now);
        }
    }

    public Type typeOr() {
        return type == null ? Type.FORCED : type;
    }

    /** True if the device shall not ask anybody at {@code now}. */
    public boolean forced(long now) {
        return switch (typeOr()) {
            case FORCED, DOWNLOADONLY -> true;
            case SOFT -> false;
            case TIMEFORCED -> forceAt != null && forceAt <= now;
        };
    }

    /** The same, but asking somebody at the device first, or not. */
    InstallMode asking(boolean asks) {
        return new InstallMode(type, forceAt, asks ? true : null, window, weight);
    }

    /** The same, but without asking anybody. */
    InstallMode forcing() {
        return new InstallMode(null, null, consent, window, weight);
    }

    public boolean downloadOnly() {
        return typeOr() == Type.DOWNLOADONLY;
    }

    public boolean asksConsent() {
        return consent != null && consent;
    }
}
