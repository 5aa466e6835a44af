package dev.updraft.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** For what takes a moment, or on a machine with too much to do many. */
public final class Await {
    private static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final long LOOK_MILLIS = 50;

    private Await() {}

    public static void until(BooleanSupplier condition) {
        until("what was waited for has happened", condition);
    }

    /** @param what that is true then, for the message of the test */
    public static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + MOST_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as(what).isNegative();
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
