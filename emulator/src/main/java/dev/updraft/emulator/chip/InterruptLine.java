package dev.updraft.emulator.chip;

/** A wire from a peripheral to the interrupt controller. */
@FunctionalInterface
public interface InterruptLine {
    /** A line that nobody listens to. */
    InterruptLine NONE = high -> {};

    void drive(boolean high);
}
