package dev.updraft.emulator.memory;

/** What a flash controller decides about the array that it owns. Offsets count from the start of the array. */
public interface FlashController {
    /**
     * A read inside the guarded range: unstable units, ECC errors, a busy bank. Returns what the processor gets, or throws
     * {@link BusFault}; may raise an interrupt or NMI, or stall the processor.
     */
    int guardedRead(int offset, int width);

    /** A write by the processor to the array. */
    void write(int offset, int width, int value);
}
