package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.RegisterBlock;

/** USB OTG core (RM0090 section 34) with nothing in its socket: resets of it end at once, and no event ever comes. */
public final class Otg extends RegisterBlock {
    private static final int GRSTCTL = 0x10;
    private static final int GINTSTS = 0x14;
    private static final int REGISTERS = 0x1000;

    public Otg(String name, AccessMonitor monitor) {
        super(name, REGISTERS, monitor);
        for (int offset = 0; offset < REGISTERS; offset += 4) {
            register(offset, "+0x" + Integer.toHexString(offset), 0, -1);
        }
        register(GRSTCTL, "GRSTCTL", 0x8000_0000, 0);
        register(GINTSTS, "GINTSTS", 0, 0);
        register(0x3C, "CID", 0x1200, -1);
    }
}
