package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.InterruptLine;
import dev.updraft.emulator.chip.RegisterBlock;

/** Random number generator (RM0090 section 24). The numbers follow from the board's seed, so that runs can be repeated. */
public final class Rng extends RegisterBlock {
    private static final int CR = 0x00;
    private static final int SR = 0x04;
    private static final int DR = 0x08;
    private static final int RNGEN = 1 << 2;
    private static final int IE = 1 << 3;

    private final InterruptLine interrupt;
    private long state;

    public Rng(long seed, InterruptLine interrupt, AccessMonitor monitor) {
        super("RNG", 0x400, monitor);
        this.interrupt = interrupt;
        state = seed;
        register(CR, "CR", 0, 0x2C);
        register(SR, "SR", 0, 0);
        register(DR, "DR", 0, 0);
    }

    @Override
    protected int onRead(int offset) {
        boolean on = bit(CR, RNGEN);
        return switch (offset) {
            case SR -> on ? 1 : 0;
            case DR -> on ? next() : 0;
            default -> word(offset);
        };
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        if (offset == CR) {
            interrupt.drive((written & (RNGEN | IE)) == (RNGEN | IE));
        }
    }

    private int next() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return (int) ((z ^ z >>> 31) >>> 32);
    }

    @Override
    public long[] save() {
        return saveWith(state);
    }

    @Override
    public void restore(long[] from) {
        super.restore(from);
        state = more(from, 0);
    }
}
