package dev.updraft.emulator.flash;

import org.jspecify.annotations.Nullable;

/** Watches the flash operations of a board. Called on the board's thread; must not run the board. */
public interface FlashListener {
    default void started(FlashOperation operation) {}

    /** @param data what is to be programmed, not to be changed; null for an erase */
    default void started(FlashOperation operation, byte @Nullable [] data) {
        started(operation);
    }

    default void finished(FlashOperation operation) {}

    /** Power or reset took the operation down half way. */
    default void torn(FlashOperation operation, Tear tear) {}
}
