package dev.updraft.emulator.memory;

/**
 * The alias of a megabyte in which every bit is a word (Cortex-M4 TRM 3.7): a write changes one bit by reading and writing what has it, in
 * the width of the access.
 */
public final class BitBand implements Device {
    private final Bus bus;
    private final int base;

    /** @param base where the megabyte is */
    public BitBand(Bus bus, int base) {
        this.bus = bus;
        this.base = base;
    }

    private int address(int offset, int width) {
        return base + (offset >>> 5 & -width);
    }

    private static int bit(int offset, int width) {
        return 8 * (offset >>> 5 & width - 1) + (offset >>> 2 & 7);
    }

    @Override
    public int read(int offset, int width) {
        return bus.read(address(offset, width), width) >>> bit(offset, width) & 1;
    }

    @Override
    public void write(int offset, int width, int value) {
        int address = address(offset, width);
        int mask = 1 << bit(offset, width);
        int before = bus.read(address, width);
        bus.write(address, width, (value & 1) != 0 ? before | mask : before & ~mask);
    }
}
