package dev.updraft.delta;

/** A patch that cannot be made, read or applied; the message says why and what to do. */
public final class PatchException extends Exception {
    private static final long serialVersionUID = 1;

    public PatchException(String message) {
        super(message);
    }
}
