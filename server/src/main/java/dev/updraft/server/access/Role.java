package dev.updraft.server.access;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What an operator may do; each role may do what the ones before it may. */
public enum Role {
    /** Sees everything, changes nothing. */
    VIEWER,
    /** Registers devices, publishes releases, runs rollouts. */
    OPERATOR,
    /** Also approves rollouts that others have made. */
    APPROVER,
    /** Also gives out tokens. */
    ADMIN;

    @JsonCreator
    static Role ofLabel(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }
}
