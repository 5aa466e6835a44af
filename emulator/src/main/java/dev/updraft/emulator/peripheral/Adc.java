package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.RegisterBlock;

/**
 * Analogue-to-digital converters of a block, whose inputs all have one level; a conversion is done as soon as it is started. Version 1 is that of the F4
 * (RM0090 13.13), version 2 that of L4, G4, WB and H7 (RM0351 18.7). Injected channels, DMA and interrupts are not modelled.
 */
public final class Adc extends RegisterBlock {
    private static final int EACH = 0x100;
    private static final int COMMON = 0x300;
    private static final int HALF = 0x7FF;

    private final boolean second;
    private int level = HALF;

    /** @param second whether it is of version 2 */
    public Adc(boolean second, AccessMonitor monitor) {
        super("ADC", 0x400, monitor);
        this.second = second;
        for (int offset = 0; offset < 0x400; offset += 4) {
            register(offset, "+0x" + Integer.toHexString(offset), 0, -1);
        }
    }

    /** @param value what every input reads as */
    public void level(int value) {
        level = value;
    }

    private int data() {
        return second ? 0x40 : 0x4C;
    }

    @Override
    protected int onRead(int offset) {
        if (offset < COMMON && offset % EACH == data()) {
            change(offset - data(), second ? 4 : 2, false); // EOC
            return level;
        }
        return word(offset);
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        if (offset >= COMMON) {
            return;
        }
        int base = offset - offset % EACH;
        if (second) {
            write2(base, offset % EACH, written, old);
        } else {
            write1(base, offset % EACH, written, old);
        }
    }

    private void write1(int base, int register, int written, int old) {
        if (register == 0) {
            setWord(base, old & written);
        } else if (register == 8 && (written & 1 << 30) != 0) {
            change(base + 8, 1 << 30, false);
            change(base, 1 << 1 | 1 << 4, true); // EOC, STRT
        }
    }

    private void write2(int base, int register, int written, int old) {
        if (register == 0) {
            setWord(base, old & ~written);
        } else if (register == 8) {
            change(base + 8, 1 << 31, false); // calibrated at once
            if ((written & 2) != 0) {
                change(base + 8, 3, false);
            }
            if ((written & 1) != 0) {
                change(base, 1, true); // ADRDY
            }
            if ((written & 4) != 0) {
                change(base + 8, 4, false);
                change(base, 0xC, true); // EOC, EOS
            }
            change(base + 8, 1 << 4, false);
        }
    }
}
