package dev.updraft.emulator.core;

import dev.updraft.emulator.instruction.Insn;
import dev.updraft.emulator.instruction.Op;
import org.jspecify.annotations.Nullable;

/** The registers of the processor (Armv7-M ARM B1.4). Flags are kept as the values that they are made from. */
final class Registers {
    static final int SP = Insn.SP;
    static final int LR = Insn.LR;
    static final int PC = 15;

    private final PendingWork attention;
    /** For calls through registers in translated code. */
    final CodeCache code;

    Registers(PendingWork attention, CodeCache code) {
        this.attention = attention;
        this.code = code;
    }

    /** What stands for each guest function that translated code calls, by {@link CodeLibrary#link}. */
    @Nullable
    Translated[] links = {};

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

    /** Instructions that translated code may still execute. */
    int left;
    /** Position, in its block, of the instruction under way; kept for those that may fault. */
    int at;
    /** The value that a handler branched to in order to return, or 0 (B1.5.8). */
    int exceptionReturn;

    /** Sets N and Z. */
    int result(int value) {
        n = value;
        z = value;
        return value;
    }

    /** Sets all flags. */
    int add(int a, int b) {
        int sum = a + b;
        n = sum;
        z = sum;
        c = Integer.compareUnsigned(sum, a) < 0 ? 1 : 0;
        v = (a ^ sum) & (b ^ sum);
        return sum;
    }

    /** Sets all flags. */
    int subtract(int a, int b) {
        int difference = a - b;
        n = difference;
        z = difference;
        c = Integer.compareUnsigned(a, b) >= 0 ? 1 : 0;
        v = (a ^ b) & (a ^ difference);
        return difference;
    }

    /** Sets all flags; subtracts when b is inverted. */
    int addWithCarry(int a, int b) {
        long wide = (a & 0xFFFF_FFFFL) + (b & 0xFFFF_FFFFL) + c;
        int sum = (int) wide;
        n = sum;
        z = sum;
        c = (int) (wide >>> 32);
        v = (a ^ sum) & (b ^ sum);
        return sum;
    }

    /** BX and its kind: bit 0 chooses the instruction set, high addresses return from an exception. */
    void branchExchange(int target) {
        if (exception != 0 && target >>> 28 == 15) {
            exceptionReturn = target;
            attention.asked = true;
        } else {
            thumb = (target & 1) != 0;
        }
        r[PC] = target & ~1;
    }

    /** {@link Op#SHIFTED}. */
    void shifted(Insn insn) {
        int carry = c;
        int b = r[insn.rm];
        if (insn.byRegister) {
            if (insn.shift != 0) {
                carry = Shifts.carry(b, insn.shiftType, insn.shift, c);
                b = Shifts.shift(b, insn.shiftType, insn.shift, c);
            }
        } else {
            b = insn.imm;
        }
        int a = r[insn.rn];
        if (!insn.setFlags) {
            int value = plain(insn.sub, a, b);
            r[insn.rd] = insn.rd == SP ? value & ~3 : value;
            return;
        }
        switch (insn.sub) {
            case Op.ADD -> r[insn.rd] = add(a, b);
            case Op.CMN -> add(a, b);
            case Op.SUB -> r[insn.rd] = subtract(a, b);
            case Op.CMP -> subtract(a, b);
            case Op.RSB -> r[insn.rd] = subtract(b, a);
            case Op.ADC -> r[insn.rd] = addWithCarry(a, b);
            case Op.SBC -> r[insn.rd] = addWithCarry(a, ~b);
            case Op.TST -> {
                result(a & b);
                c = carry;
            }
            case Op.TEQ -> {
                result(a ^ b);
                c = carry;
            }
            default -> {
                r[insn.rd] = result(plain(insn.sub, a, b));
                c = carry;
            }
        }
        if (insn.rd == SP) {
            r[SP] &= ~3;
        }
    }

    private int plain(int function, int a, int b) {
        return switch (function) {
            case Op.AND -> a & b;
            case Op.BIC -> a & ~b;
            case Op.ORR -> a | b;
            case Op.ORN -> a | ~b;
            case Op.EOR -> a ^ b;
            case Op.ADD -> a + b;
            case Op.ADC -> a + b + c;
            case Op.SBC -> a - b - 1 + c;
            case Op.SUB -> a - b;
            case Op.RSB -> b - a;
            case Op.MVN -> ~b;
            default -> b;
        };
    }

    /** {@link Op#SHIFT_REG}. */
    void shiftByRegister(Insn insn) {
        int amount = r[insn.rm] & 0xFF;
        int value = r[insn.rn];
        int shifted = amount == 0 ? value : Shifts.shift(value, insn.shiftType, amount, c);
        if (insn.setFlags) {
            if (amount != 0) {
                c = Shifts.carry(value, insn.shiftType, amount, c);
            }
            result(shifted);
        }
        r[insn.rd] = shifted;
    }

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
