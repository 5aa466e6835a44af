package dev.updraft.emulator.core;

/**
 * Guest code as a JVM method. It runs until it leaves its region, meets something that only the interpreter does (devices,
 * faults, exception returns), or could overrun the budget; registers and budget are then as if interpreted so far.
 */
interface Translated {
    /** Returns the address of the next instruction. {@link Registers#left} is the budget, lowered by what was executed. */
    int run(Registers registers, DataPort port, int depth);
}
