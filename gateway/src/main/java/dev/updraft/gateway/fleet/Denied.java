package dev.updraft.gateway.fleet;

/** The server does not let this gateway act for this device. */
public final class Denied extends Exception {
    private static final long serialVersionUID = 1;

    Denied(String message) {
        super(message);
    }
}
