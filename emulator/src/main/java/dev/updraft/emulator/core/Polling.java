package dev.updraft.emulator.core;

import dev.updraft.emulator.instruction.Insn;
import dev.updraft.emulator.instruction.Op;

/**
 * Recognises loops that only wait: {@code while (!(USART1->SR & TXE)) {}}, {@code while (!flag) {}}, {@code for (;;) {}}. Such a
 * block jumps to its own start, stores nothing, and carries nothing from one pass to the next, so that each pass does the same as
 * the one before as long as its loads give the same.
 */
final class Polling {
    private static final int LONGEST = 8;

    /** Stands for the flags among the registers. */
    private static final int FLAGS = 1 << 16;

    private Polling() {}

    static boolean is(Insn[] code) {
        Insn last = code[code.length - 1];
        boolean loop = code.length <= LONGEST && code[0].it == 0 && branches(last) && last.imm == code[0].pc;
        if (!loop) {
            return false;
        }
        int writes = 0;
        for (Insn insn : code) {
            if (insn != last && !plain(insn)) {
                return false;
            }
            writes |= writes(insn);
        }
        int written = 0;
        for (Insn insn : code) {
            if ((reads(insn) & writes & ~written) != 0) {
                return false; // a value of the pass before
            }
            written |= writes(insn);
        }
        return true;
    }

    private static boolean branches(Insn insn) {
        return insn.op == Op.B || insn.op == Op.B_COND || insn.op == Op.CBZ || insn.op == Op.CBNZ;
    }

    private static boolean load(Insn insn) {
        return insn.op >= Op.LDR && insn.op <= Op.LDRSB
                || insn.op >= Op.LDR_REG && insn.op <= Op.LDRSB_REG
                || insn.op == Op.LDR_LITERAL;
    }

    private static boolean data(Insn insn) {
        return insn.op < Op.LSL_IMM;
    }

    private static boolean plain(Insn insn) {
        if (load(insn)) {
            return !insn.writeBack;
        }
        if (data(insn)) {
            int function = insn.op & 15;
            return function != Op.ADC && function != Op.SBC;
        }
        return switch (insn.op) {
            case Op.LSL_IMM, Op.LSL_IMM_S, Op.LSR_IMM, Op.LSR_IMM_S, Op.ASR_IMM, Op.ASR_IMM_S -> true;
            case Op.UBFX, Op.UXTB, Op.UXTH, Op.NOP -> true;
            default -> false;
        };
    }

    /** At least what it reads. */
    private static int reads(Insn insn) {
        if (insn.op == Op.B || insn.op == Op.NOP || insn.op == Op.LDR_LITERAL) {
            return 0;
        }
        if (insn.op == Op.B_COND) {
            return FLAGS;
        }
        int function = insn.op & 15;
        boolean first = !data(insn) || function != Op.MOV && function != Op.MVN;
        boolean second = insn.byRegister || !data(insn) && !load(insn);
        return (first && readsFirst(insn) ? 1 << insn.rn : 0) | (second ? 1 << insn.rm : 0);
    }

    /** Shifts and extensions have their operand in rm. */
    private static boolean readsFirst(Insn insn) {
        return data(insn) || load(insn) || insn.op == Op.UBFX || insn.op == Op.CBZ || insn.op == Op.CBNZ;
    }

    /** What it writes. Flags that are written in part are as they were before in their other part, in each pass the same. */
    private static int writes(Insn insn) {
        boolean flags = data(insn) && (insn.op & 16) != 0
                || insn.op == Op.LSL_IMM_S
                || insn.op == Op.LSR_IMM_S
                || insn.op == Op.ASR_IMM_S;
        int function = insn.op & 15;
        boolean compares = data(insn) && function >= Op.TST;
        boolean result = !compares && !branches(insn) && insn.op != Op.NOP;
        return (flags ? FLAGS : 0) | (result ? 1 << insn.rd : 0);
    }
}
