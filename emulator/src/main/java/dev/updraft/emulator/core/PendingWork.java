package dev.updraft.emulator.core;

/** Set by anything that the processor must look at before it goes on: interrupts, timers, faults, stop requests. */
final class PendingWork {
    boolean asked;
}
