package dev.updraft.emulator.flash;

/**
 * One program or erase operation.
 *
 * @param number counted from 1 over all flash memories of a board since it was made
 * @param memory name of the memory: {@code flash}, {@code spi-nor}
 * @param offset first byte that it changes, from the start of the memory
 * @param length bytes that it changes
 */
public record FlashOperation(long number, String memory, Kind kind, int offset, int length) {
    public enum Kind {
        PROGRAM,
        ERASE
    }
}
