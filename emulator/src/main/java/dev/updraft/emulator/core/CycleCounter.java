package dev.updraft.emulator.core;

import dev.updraft.emulator.memory.Device;

/** The cycle counter of the DWT (Armv7-M ARM C1.8); the other DWT registers read as 0. */
final class CycleCounter implements Device {
    private final Clock clock;
    private int control;
    /** What to add to the clock while counting; the value itself while not. */
    private int base;

    CycleCounter(Clock clock) {
        this.clock = clock;
    }

    void reset() {
        control = 0;
        base = 0;
    }

    @Override
    public int read(int offset, int width) {
        return switch (offset) {
            case 0 -> 4 << 28 | control;
            case 4 -> value();
            default -> 0;
        };
    }

    private int value() {
        return control == 0 ? base : base + (int) clock.now();
    }

    @Override
    public void write(int offset, int width, int value) {
        if (offset == 0) {
            int now = value();
            control = value & 1;
            set(now);
        } else if (offset == 4) {
            set(value);
        }
    }

    private void set(int value) {
        base = control == 0 ? value : value - (int) clock.now();
    }

    int[] save() {
        return new int[] {control, base};
    }

    void restore(int[] from) {
        control = from[0];
        base = from[1];
    }
}
