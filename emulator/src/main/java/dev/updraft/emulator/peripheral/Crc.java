package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.RegisterBlock;

/** CRC unit: fixed polynomial 0x04C11DB7 on the F4 (RM0090 section 4); programmable on L4 and H7 (RM0351 section 14). */
public final class Crc extends RegisterBlock {
    private static final int DR = 0x00;
    private static final int IDR = 0x04;
    private static final int CR = 0x08;
    private static final int INIT = 0x10;
    private static final int POL = 0x14;
    private static final int POLYNOMIAL = 0x04C11DB7;

    private final boolean programmable;

    public Crc(boolean programmable, AccessMonitor monitor) {
        super("CRC", 0x400, monitor);
        this.programmable = programmable;
        register(DR, "DR", -1, 0);
        register(IDR, "IDR", 0, programmable ? -1 : 0xFF);
        register(CR, "CR", 0, programmable ? 0xF8 : 0);
        if (programmable) {
            register(INIT, "INIT", -1, -1);
            register(POL, "POL", POLYNOMIAL, -1);
            refuse(CR, 3 << 3, "only 32-bit polynomials are modelled");
        }
    }

    @Override
    protected int onRead(int offset) {
        int value = word(offset);
        return offset == DR && (word(CR) & 1 << 7) != 0 ? Integer.reverse(value) : value;
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        if (offset == CR && (written & 1) != 0) {
            setWord(DR, programmable ? word(INIT) : -1);
        } else if (offset == INIT) {
            setWord(DR, written);
        } else if (offset == DR) {
            feed(written, 4);
        }
    }

    @Override
    protected boolean onNarrowWrite(int offset, int width, int value) {
        if (offset == DR && programmable) {
            feed(value, width);
            return true;
        }
        return false;
    }

    private void feed(int value, int width) {
        int data = reversed(value, width) << 32 - width * 8;
        int polynomial = programmable ? word(POL) : POLYNOMIAL;
        int crc = word(DR) ^ data;
        for (int i = 0; i < width * 8; i++) {
            crc = crc < 0 ? crc << 1 ^ polynomial : crc << 1;
        }
        setWord(DR, crc);
    }

    /** CR.REV_IN: by byte, half-word or word (RM0351 14.3.3). */
    private int reversed(int value, int width) {
        int mode = word(CR) >>> 5 & 3;
        int bits = width * 8;
        int group = mode == 0 ? 0 : Math.min(bits, 4 << mode);
        int out = group == 0 ? value : 0;
        for (int at = 0; group != 0 && at < bits; at += group) {
            int part = value >>> at & (group == 32 ? -1 : (1 << group) - 1);
            out |= Integer.reverse(part) >>> 32 - group << at;
        }
        return out;
    }
}
