package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.RegisterBlock;

/** bxCAN (RM0090 section 32) on a bus where nobody else is: it enters and leaves its modes, and what it sends is never acknowledged. */
public final class Can extends RegisterBlock {
    private static final int MCR = 0x00;
    private static final int MSR = 0x04;
    private static final int TSR = 0x08;

    public Can(String name, AccessMonitor monitor) {
        super(name, 0x400, monitor);
        for (int offset = 0; offset < 0x400; offset += 4) {
            register(offset, "+0x" + Integer.toHexString(offset), 0, -1);
        }
        register(MCR, "MCR", 0x0001_0002, 0x0001_00FF);
        register(MSR, "MSR", 0x0000_0C02, 0);
        register(TSR, "TSR", 0x1C00_0000, 0);
    }

    /** INAK and SLAK follow INRQ and SLEEP. */
    @Override
    protected int onRead(int offset) {
        return offset == MSR ? word(MSR) & ~3 | word(MCR) & 3 : word(offset);
    }
}
