package dev.updraft.gateway.smp;

import java.io.IOException;

/** The device answers what SMP does not allow; talking on makes no sense before it starts again. */
public final class SmpException extends IOException {
    private static final long serialVersionUID = 1;

    SmpException(String message) {
        super(message);
    }
}
