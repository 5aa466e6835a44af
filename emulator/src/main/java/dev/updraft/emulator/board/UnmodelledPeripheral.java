package dev.updraft.emulator.board;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.memory.Device;
import java.util.HexFormat;

/** A peripheral that the chip has and the emulator has not: whoever touches it stops the board, and reads which it was. */
record UnmodelledPeripheral(String name, AccessMonitor monitor) implements Device {
    @Override
    public int read(int offset, int width) {
        monitor.notModelled("read of " + name + "+0x" + Integer.toHexString(offset) + ": " + name + " is not modelled");
        return 0;
    }

    @Override
    public void write(int offset, int width, int value) {
        monitor.notModelled("write of 0x" + HexFormat.of().withUpperCase().toHexDigits(value) + " to " + name + "+0x"
                + Integer.toHexString(offset) + ": " + name + " is not modelled");
    }
}
