package dev.updraft.gateway.fleet;

import java.io.IOException;

/** The server does not answer, or not as the protocol says: another time it may. */
public final class Unreachable extends IOException {
    private static final long serialVersionUID = 1;

    private final long retryAfter;

    Unreachable(String message, long retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    /** Seconds that the server asked for; 0 = none. */
    public long retryAfter() {
        return retryAfter;
    }
}
