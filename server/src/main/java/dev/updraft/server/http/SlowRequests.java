package dev.updraft.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends requests that do not arrive: a connection that sends a byte a second, or nothing any more, is closed when its time is over.
 * So is one that takes nothing of its download any more. Without this an attacker with one machine holds as many connections as the
 * server takes, for ever. A connection between two requests is Helidon's to close (its idle timeout).
 */
public final class SlowRequests implements Http1ConnectionListener, AutoCloseable {
    /** The slowest radio over which a body shall come through, in bytes a second. */
    private static final long SLOWEST_RATE = 1_024;

    /** What is allowed for a body in chunks, which does not say how long it is. */
    private static final long UNTOLD_LENGTH = 1 << 20;

    private static final long SWEEP_MILLIS = 500;

    /**
     * How many times the patience for a request a client may leave what is sent to it: at the slowest rate the kernel's buffer has room
     * again after a minute or more.
     */
    private static final int TIMES_FOR_TAKING = 5;

    /** Threads that wait for their client; each connection has a thread of its own. */
    private static final Map<Thread, Waiting> WAITING = new ConcurrentHashMap<>();

    /**
     * @param until of {@link System#nanoTime()}
     * @param end what ends the wait, and with it the connection
     */
    private record Waiting(long until, Runnable end) {}

    private final long patienceNanos;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread sweeper;

    /** @param patience from the request line to the last header, and for a body beside what its length allows */
    public SlowRequests(Duration patience) {
        this.patienceNanos = patience.toNanos();
        this.sweeper =
                Thread.ofPlatform().name("updraft-slow-requests").daemon(true).start(this::run);
    }

    /** The request line is there, the headers are awaited. */
    @Override
    public void prologue(ConnectionContext connection, HttpPrologue prologue) {
        await(0);
    }

    /** The headers are there; the body, if there is one, is awaited from now on. */
    @Override
    public void headers(ConnectionContext connection, Headers headers) {
        long length;
        try {
            length = headers.contentLength().orElse(0);
        } catch (IllegalArgumentException e) {
            length = 0; // told to the caller by what reads it
        }
        if (headers.contains(HeaderNames.TRANSFER_ENCODING)) {
            await(UNTOLD_LENGTH);
        } else if (length > 0) {
            await(length);
        } else {
            done();
        }
    }

    /** The calling thread reads from its connection, and is interrupted if it still does after {@code time}. */
    static void awaitNoLongerThan(Duration time) {
        await(time.toNanos(), Thread.currentThread()::interrupt);
    }

    /** The calling thread waits no longer: its request is there, or the piece of its answer is written. */
    public static void done() {
        WAITING.remove(Thread.currentThread());
    }

    /**
     * The calling thread is about to write a piece of an answer.
     *
     * @param end to be run if the client takes nothing of it
     */
    public void awaitTaking(Runnable end) {
        await(TIMES_FOR_TAKING * patienceNanos, end);
    }

    private void await(long bytes) {
        // Interrupted, its read ends and Helidon closes the connection.
        await(patienceNanos + TimeUnit.SECONDS.toNanos(bytes / SLOWEST_RATE), Thread.currentThread()::interrupt);
    }

    private static void await(long nanos, Runnable end) {
        WAITING.put(Thread.currentThread(), new Waiting(System.nanoTime() + nanos, end));
    }

    private void run() {
        try {
            while (!closing.await(SWEEP_MILLIS, TimeUnit.MILLISECONDS)) {
                long now = System.nanoTime();
                WAITING.forEach((thread, waiting) -> {
                    if (now - waiting.until() > 0 && WAITING.remove(thread, waiting)) {
                        waiting.end().run();
                    }
                });
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            sweeper.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
