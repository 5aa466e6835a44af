package dev.updraft.emulator.instruction;

/** Decodes register data processing, multiplies and divides of 32-bit Thumb (Armv7-M ARM A5.3.12 to A5.3.17). */
final class MultiplyDecoder {
    private MultiplyDecoder() {}

    /** Shifts by register, extensions, parallel sums, and operations on bits. */
    static void register(Insn insn, int hw1, int hw2) {
        int op1 = hw1 >>> 4 & 15;
        int op2 = hw2 >>> 4 & 15;
        insn.rn = hw1 & 15;
        insn.rd = hw2 >>> 8 & 15;
        insn.rm = hw2 & 15;
        if ((hw2 & 0xF000) != 0xF000) {
            insn.op = Op.UNKNOWN;
        } else if ((op1 & 8) == 0 && op2 == 0) {
            insn.op = Op.SHIFT_REG;
            insn.shiftType = op1 >>> 1;
            insn.setFlags = (op1 & 1) != 0;
        } else if ((op1 & 8) == 0 && op2 >= 8) {
            extend(insn, op1, op2);
        } else if ((op1 & 8) != 0 && op2 < 8 && (op2 & 3) != 3) {
            insn.op = Op.PARALLEL;
            insn.sub = op1 & 7 | op2 << 4;
        } else if (op1 >= 8 && op1 <= 11 && (op2 & 12) == 8) {
            miscellaneous(insn, op1 & 3, op2 & 3);
        }
    }

    private static void extend(Insn insn, int op1, int op2) {
        boolean alone = insn.rn == 15;
        insn.imm = (op2 & 3) * 8;
        insn.op = switch (op1) {
            case 0 -> alone ? Op.SXTH : Op.SXTAH;
            case 1 -> alone ? Op.UXTH : Op.UXTAH;
            case 2 -> Op.SXTAB16;
            case 3 -> Op.UXTAB16;
            case 4 -> alone ? Op.SXTB : Op.SXTAB;
            case 5 -> alone ? Op.UXTB : Op.UXTAB;
            default -> Op.UNKNOWN;
        };
    }

    private static void miscellaneous(Insn insn, int op1, int op2) {
        insn.op = switch (op1 << 2 | op2) {
            case 0 -> Op.QADD;
            case 1 -> Op.QDADD;
            case 2 -> Op.QSUB;
            case 3 -> Op.QDSUB;
            case 4 -> Op.REV;
            case 5 -> Op.REV16;
            case 6 -> Op.RBIT;
            case 7 -> Op.REVSH;
            case 8 -> Op.SEL;
            case 12 -> Op.CLZ;
            default -> Op.UNKNOWN;
        };
    }

    static void multiply(Insn insn, int hw1, int hw2) {
        int op2 = hw2 >>> 4 & 3;
        insn.rn = hw1 & 15;
        insn.ra = hw2 >>> 12;
        insn.rd = hw2 >>> 8 & 15;
        insn.rm = hw2 & 15;
        insn.sub = op2;
        boolean alone = insn.ra == 15;
        if ((hw2 & 0xC0) != 0) {
            insn.op = Op.UNKNOWN;
            return;
        }
        insn.op = switch (hw1 >>> 4 & 7) {
            case 0 -> op2 == 0 ? alone ? Op.MUL : Op.MLA : op2 == 1 ? Op.MLS : Op.UNKNOWN;
            case 1 -> alone ? Op.SMUL_HALVES : Op.SMLA_HALVES;
            case 2 -> op2 < 2 ? Op.SMLAD : Op.UNKNOWN;
            case 3 -> op2 < 2 ? alone ? Op.SMULW : Op.SMLAW : Op.UNKNOWN;
            case 4 -> op2 < 2 ? Op.SMLAD : Op.UNKNOWN;
            case 5 -> op2 < 2 ? Op.SMMLA : Op.UNKNOWN;
            case 6 -> op2 < 2 ? Op.SMMLA : Op.UNKNOWN;
            default -> op2 == 0 ? Op.USAD8 : Op.UNKNOWN;
        };
        if ((hw1 >>> 4 & 7) == 4 || (hw1 >>> 4 & 7) == 6) {
            insn.sub |= 2; // SMUSD, SMLSD; SMMLS
        }
    }

    static void longMultiply(Insn insn, int hw1, int hw2) {
        int op2 = hw2 >>> 4 & 15;
        insn.rn = hw1 & 15;
        insn.rd = hw2 >>> 12;
        insn.ra = hw2 >>> 8 & 15;
        insn.rm = hw2 & 15;
        switch (hw1 >>> 4 & 7) {
            case 0 -> insn.op = op2 == 0 ? Op.SMULL : Op.UNKNOWN;
            case 1 -> divide(insn, Op.SDIV, op2);
            case 2 -> insn.op = op2 == 0 ? Op.UMULL : Op.UNKNOWN;
            case 3 -> divide(insn, Op.UDIV, op2);
            case 4 -> {
                if (op2 == 0) {
                    insn.op = Op.SMLAL;
                } else if (op2 >>> 2 == 2) {
                    insn.op = Op.SMLAL_HALVES;
                    insn.sub = op2 & 3;
                } else if (op2 >>> 1 == 6) {
                    insn.op = Op.SMLALD;
                    insn.sub = op2 & 1;
                }
            }
            case 5 -> {
                if (op2 >>> 1 == 6) {
                    insn.op = Op.SMLALD;
                    insn.sub = op2 & 1 | 2;
                }
            }
            case 6 -> insn.op = op2 == 0 ? Op.UMLAL : op2 == 6 ? Op.UMAAL : Op.UNKNOWN;
            default -> insn.op = Op.UNKNOWN;
        }
    }

    private static void divide(Insn insn, int op, int op2) {
        if (op2 == 15) {
            insn.op = op;
            insn.rd = insn.ra;
        }
    }
}
