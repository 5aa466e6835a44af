package dev.updraft.emulator.core;

/** The registers of the processor (Armv7-M ARM B1.4). Flags are kept as the values that they are made from. */
final class Registers {
    static final int SP = 13;
    static final int LR = 14;
    static final int PC = 15;

    /** r0 to r14, and the address of the next instruction in 15. */
    final int[] r = new int[16];

    /** N is its sign. */
    int n;
    /** Z is whether it is 0. */
    int z = 1;
    /** 0 or 1. */
    int c;
    /** V is its sign. */
    int v;
    /** Saturation flag, 0 or 1. */
    int q;
    /** APSR.GE, 4 bits. */
    int ge;
    /** ITSTATE before the next instruction; 0 outside of IT blocks. */
    int it;
    /** Number of the exception being handled, 0 in thread mode. */
    int exception;
    /** Bit 24 of EPSR; the processor faults when it is clear. */
    boolean thumb = true;

    boolean primask;
    boolean faultmask;
    int basepri;
    /** CONTROL: nPRIV 0, SPSEL 1, FPCA 2. */
    int control;
    /** The stack pointer that r13 is not at the moment. */
    int otherSp;
    /** The address that an exclusive load marked, or -1 (never aligned). */
    int exclusive = -1;

    boolean usesProcessStack() {
        return (control & 2) != 0 && exception == 0;
    }

    boolean privileged() {
        return exception != 0 || (control & 1) == 0;
    }

    int msp() {
        return usesProcessStack() ? otherSp : r[SP];
    }

    int psp() {
        return usesProcessStack() ? r[SP] : otherSp;
    }

    void setMsp(int value) {
        if (usesProcessStack()) {
            otherSp = value & ~3;
        } else {
            r[SP] = value & ~3;
        }
    }

    void setPsp(int value) {
        if (usesProcessStack()) {
            r[SP] = value & ~3;
        } else {
            otherSp = value & ~3;
        }
    }

    /** Changes mode or SPSEL; r13 follows. */
    void setMode(int newException, int newControl) {
        boolean before = usesProcessStack();
        exception = newException;
        control = newControl;
        if (before != usesProcessStack()) {
            int other = otherSp;
            otherSp = r[SP];
            r[SP] = other;
        }
    }

    int apsr() {
        return (n & 0x8000_0000) | (z == 0 ? 0x4000_0000 : 0) | c << 29 | (v >>> 31) << 28 | q << 27 | ge << 16;
    }

    void setNzcvq(int value) {
        n = value;
        z = ~value & 0x4000_0000;
        c = value >>> 29 & 1;
        v = value << 3;
        q = value >>> 27 & 1;
    }

    int xpsr() {
        return apsr() | (it & 3) << 25 | (it >>> 2) << 10 | (thumb ? 1 << 24 : 0) | exception;
    }

    void setXpsrExceptMode(int value) {
        setNzcvq(value);
        ge = value >>> 16 & 15;
        it = value >>> 25 & 3 | (value >>> 10 & 0x3F) << 2;
        thumb = (value >>> 24 & 1) != 0;
    }

    /** Everything, as numbers. */
    int[] save() {
        int[] out = new int[32];
        System.arraycopy(r, 0, out, 0, 16);
        out[16] = n;
        out[17] = z;
        out[18] = c;
        out[19] = v;
        out[20] = q;
        out[21] = ge;
        out[22] = it;
        out[23] = exception;
        out[24] = thumb ? 1 : 0;
        out[25] = primask ? 1 : 0;
        out[26] = faultmask ? 1 : 0;
        out[27] = basepri;
        out[28] = control;
        out[29] = otherSp;
        out[30] = exclusive;
        return out;
    }

    void restore(int[] from) {
        System.arraycopy(from, 0, r, 0, 16);
        n = from[16];
        z = from[17];
        c = from[18];
        v = from[19];
        q = from[20];
        ge = from[21];
        it = from[22];
        exception = from[23];
        thumb = from[24] != 0;
        primask = from[25] != 0;
        faultmask = from[26] != 0;
        basepri = from[27];
        control = from[28];
        otherSp = from[29];
        exclusive = from[30];
    }

    void reset() {
        restore(new int[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, -1
        });
    }
}
