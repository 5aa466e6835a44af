package dev.updraft.emulator.memory;

/**
 * Registers behind a range of addresses. Offsets count from the base that the device was mapped at; {@code width} is 1, 2
 * or 4 bytes, and the access is aligned to it. A device that refuses an access throws {@link BusFault}.
 */
public interface Device {
    /** The value, in the low {@code width} bytes. */
    int read(int offset, int width);

    /**
     * Whether reading this register again and again, with nothing else happening meanwhile, changes nothing and gives the same value
     * until a timer of the clock fires or a run ends. Loops that wait for such a register cost nothing.
     */
    default boolean steady(int offset) {
        return false;
    }

    /**
     * Whether writing this value again and again, with nothing else happening meanwhile, does no more than the first time but to start timers
     * of the clock anew, for as long as the first time. Loops that feed a watchdog while they wait cost nothing.
     */
    default boolean idempotent(int offset, int width, int value) {
        return false;
    }

    /** Takes the low {@code width} bytes of {@code value}. */
    void write(int offset, int width, int value);
}
