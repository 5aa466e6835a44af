package dev.updraft.emulator.instruction;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One decoded instruction; what its operands mean is said in {@link Op}. */
public final class Insn {
    /** Always executed. */
    public static final int ALWAYS = 14;
    /** Numbers of the stack pointer and the link register. */
    public static final int SP = 13;

    public static final int LR = 14;

    public int op = Op.UNKNOWN;
    public int rd;
    public int rn;
    public int rm;
    public int ra;
    public int imm;
    /** 0 LSL, 1 LSR, 2 ASR, 3 ROR, 4 RRX. */
    public int shiftType;

    public int shift;
    /** Carry of a modified immediate, or -1 to leave it. */
    public int carry = -1;

    public int sub;
    public boolean setFlags;
    public boolean writeBack;
    /** Address is the base itself; the offset is added for the write-back only. */
    public boolean postIndexed;

    public boolean descending;
    /** The second operand is rm shifted left by shift, not imm. */
    public boolean byRegister;

    public int cond = ALWAYS;
    /** ITSTATE before it. */
    public int it;

    public int pc;
    /** 2 or 4 bytes. */
    public int size;

    public int encoding;

    @Nullable
    public Insn inner;

    public Insn inner() {
        return Objects.requireNonNull(inner);
    }

    public int next() {
        return pc + size;
    }

    /** Same place and state, to be executed when the condition holds. */
    public Insn conditional() {
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

    public void data(int function, boolean flags, int destination, int first, int second) {
        op = (flags ? Op.REG_S : Op.REG) + function;
        sub = function;
        setFlags = flags;
        rd = destination;
        rn = first;
        rm = second;
        byRegister = true;
    }

    public void immediate(int function, boolean flags, int destination, int first, int value) {
        op = (flags ? Op.IMM_S : Op.IMM) + function;
        sub = function;
        setFlags = flags;
        rd = destination;
        rn = first;
        imm = value;
    }

    public void shifted(int function, boolean flags, int destination, int first, int second, int type, int amount) {
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

    public void access(int which, int register, int base, int offset) {
        op = Op.LDR + which;
        sub = which;
        rd = register;
        rn = base;
        imm = offset;
    }

    public void accessIndexed(int which, int register, int base, int index, int amount) {
        op = Op.LDR_REG + which;
        sub = which;
        rd = register;
        rn = base;
        rm = index;
        shift = amount;
        byRegister = true;
    }
}
