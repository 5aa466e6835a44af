package dev.updraft.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BooleanSupplier;

/** For what takes a moment. */
final class Await {
    private Await() {}

    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
