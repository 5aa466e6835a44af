package dev.updraft.emulator.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One decoded instruction; what its operands mean is said in {@link Op}. */
final class Insn {
    /** Always executed. */
    static final int ALWAYS = 14;

    int op = Op.UNKNOWN;
    int rd;
    int rn;
    int rm;
    int ra;
    int imm;
    /** 0 LSL, 1 LSR, 2 ASR, 3 ROR, 4 RRX. */
    int shiftType;

    int shift;
    /** Carry of a modified immediate, or -1 to leave it. */
    int carry = -1;

    int sub;
    boolean setFlags;
    boolean writeBack;
    /** Address is the base itself; the offset is added for the write-back only. */
    boolean postIndexed;

    boolean descending;
    /** The second operand is rm shifted left by shift, not imm. */
    boolean byRegister;

    int cond = ALWAYS;
    /** ITSTATE before it. */
    int it;

    int pc;
    /** 2 or 4 bytes. */
    int size;

    int encoding;

    @Nullable
    Insn inner;

    Insn inner() {
        return Objects.requireNonNull(inner);
    }

    int next() {
        return pc + size;
    }

    /** Same place and state, to be executed when the condition holds. */
    Insn conditional() {
        Insn outer = new Insn();
        outer.op = Op.CONDITIONAL;
        outer.cond = cond;
        outer.it = it;
        outer.pc = pc;
        outer.size = size;
        outer.encoding = encoding;
        outer.inner = this;
        return outer;
    }

    void data(int function, boolean flags, int destination, int first, int second) {
        op = (flags ? Op.REG_S : Op.REG) + function;
        sub = function;
        setFlags = flags;
        rd = destination;
        rn = first;
        rm = second;
        byRegister = true;
    }

    void immediate(int function, boolean flags, int destination, int first, int value) {
        op = (flags ? Op.IMM_S : Op.IMM) + function;
        sub = function;
        setFlags = flags;
        rd = destination;
        rn = first;
        imm = value;
    }

    void shifted(int function, boolean flags, int destination, int first, int second, int type, int amount) {
        data(function, flags, destination, first, second);
        if (amount == 0) {
            return;
        }
        shiftType = type;
        shift = amount;
        if (function == Op.MOV && type <= 2) {
            op = Op.LSL_IMM + 2 * type + (flags ? 1 : 0);
            imm = amount;
        } else {
            op = Op.SHIFTED;
        }
    }

    void access(int which, int register, int base, int offset) {
        op = Op.LDR + which;
        sub = which;
        rd = register;
        rn = base;
        imm = offset;
    }

    void accessIndexed(int which, int register, int base, int index, int amount) {
        op = Op.LDR_REG + which;
        sub = which;
        rd = register;
        rn = base;
        rm = index;
        shift = amount;
        byRegister = true;
    }
}
