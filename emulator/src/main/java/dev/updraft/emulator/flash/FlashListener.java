package dev.updraft.emulator.flash;

/** Watches the flash operations of a board. Called on the board's thread; must not run the board. */
public interface FlashListener {
    default void started(FlashOperation operation) {}

    default void finished(FlashOperation operation) {}

    /** Power or reset took the operation down half way. */
    default void torn(FlashOperation operation, Tear tear) {}
}
