package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.RegisterBlock;

/** A peripheral of which the firmware only needs that its registers keep what it writes; built register by register. */
public final class PlainRegisters extends RegisterBlock {
    public PlainRegisters(String name, int size, AccessMonitor monitor) {
        super(name, size, monitor);
    }

    /** Adds a register. */
    public PlainRegisters with(int offset, String name, int reset, int storedBits) {
        register(offset, name, reset, storedBits);
        return this;
    }

    /** Adds a register of which some bits stop the board. */
    public PlainRegisters refusing(int offset, int bits, String reason) {
        refuse(offset, bits, reason);
        return this;
    }

    /** The value of a register, for the parts of the chip that act by it. */
    public int value(int offset) {
        return word(offset);
    }
}
