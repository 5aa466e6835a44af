package dev.updraft.emulator.peripheral;

/** The clock that a peripheral counts with. */
@FunctionalInterface
public interface KernelClock {
    /** Ticks in a second, as the RCC is set now; at least 1. */
    long hertz();
}
