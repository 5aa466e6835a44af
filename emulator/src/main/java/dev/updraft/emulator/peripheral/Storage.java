package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.RegisterBlock;

/** A peripheral that keeps what is written and does nothing: enough for firmware that sets it up and does not wait for it. */
public final class Storage extends RegisterBlock {
    private final int size;

    /** @param size bytes of registers */
    public Storage(String name, int size, AccessMonitor monitor) {
        super(name, size, monitor);
        this.size = size;
        for (int offset = 0; offset < size; offset += 4) {
            register(offset, "+0x" + Integer.toHexString(offset), 0, -1);
        }
    }

    /** The same, with what a register holds after reset. */
    public Storage starting(int offset, int value) {
        if (offset >= size) {
            throw new IllegalArgumentException("offset " + offset + " of " + size);
        }
        register(offset, "+0x" + Integer.toHexString(offset), value, -1);
        return this;
    }
}
