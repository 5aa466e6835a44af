package dev.updraft.server.store;

import java.io.Serial;

/**
 * The database is not the one that this process knows, or has lost what this process wrote: it was restored to an earlier moment, or a
 * standby that lagged has taken over. Its keys may now belong to other devices and other tenants, so that this process writes nothing more.
 */
public final class WentBack extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public WentBack(String how) {
        super("The database went back in time: " + how
                + ". This process writes nothing more and must be started anew.");
    }
}
