package dev.updraft.server.rollout;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** A release on its way to the devices that it is for. */
public record Rollout(
        @JsonProperty("id") long key, @JsonIgnore long tenant, long release, State state, long created) {

    /** Whether it offers anything now. */
    public enum State {
        RUNNING,
        PAUSED,
        ABORTED,
        FINISHED;

        @JsonValue
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
