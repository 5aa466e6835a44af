package dev.updraft.server.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Looks over a whole fleet, of which few may be under way at a time: devices have the processor for the greater part. */
final class Scans {
    private static final int AT_ONCE = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private static final long PATIENCE_SECONDS = 20;
    private static final Semaphore ROOM = new Semaphore(AT_ONCE, true);

    private Scans() {}

    /** @throws Problem 503 if too many others are under way */
    static void enter() {
        try {
            if (ROOM.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw Problem.unavailable("Too many lists are being put together; try again in a few seconds.", 5);
    }

    static void leave() {
        ROOM.release();
    }
}
