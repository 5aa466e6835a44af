package dev.updraft.server.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Looks over a whole fleet: each takes a processor for as long as it lasts, and what devices ask for must not wait for that. So few are under way
 * at a time, each on a thread of its own that the system may interrupt; on one of the virtual threads that answer requests it would keep all others from
 * one of the few processors.
 */
final class Scans {
    private static final int AT_ONCE = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private static final long PATIENCE_SECONDS = 20;
    private static final Semaphore ROOM = new Semaphore(AT_ONCE, true);

    /** Whether this thread is one of them. */
    private static final ThreadLocal<Boolean> WITHIN = ThreadLocal.withInitial(() -> false);

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("updraft-scan-", 0).daemon(true).factory());

    private Scans() {}

    /** @throws Problem 503 if too many others are under way */
    static <T> T run(Supplier<T> look) {
        if (WITHIN.get()) {
            return look.get();
        }
        enter();
        try {
            return CompletableFuture.supplyAsync(
                            () -> {
                                WITHIN.set(true);
                                return look.get();
                            },
                            THREADS)
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failed ? failed : e;
        } finally {
            ROOM.release();
        }
    }

    private static void enter() {
        try {
            if (ROOM.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw Problem.unavailable("Too many lists are being put together; try again in a few seconds.", 5);
    }
}
