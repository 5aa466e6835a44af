package dev.updraft.emulator.instruction;

/** Decodes 16-bit Thumb instructions (Armv7-M ARM A5.2). */
public final class NarrowDecoder {
    private NarrowDecoder() {}

    /** Bits {@code high:low} of a halfword. */
    private static int bits(int value, int high, int low) {
        return value >>> low & (1 << (high - low + 1)) - 1;
    }

    /** @param inIt whether it stands in an IT block, where most of these leave the flags alone */
    public static void decode(Insn insn, int hw, boolean inIt) {
        switch (hw >>> 12) {
            case 0, 1 -> shiftOrAdd(insn, hw, !inIt);
            case 2, 3 -> immediate8(insn, hw, !inIt);
            case 4 -> {
                if ((hw & 0x0C00) == 0) {
                    dataProcessing(insn, hw, !inIt);
                } else if ((hw & 0x0C00) == 0x0400) {
                    special(insn, hw);
                } else {
                    insn.op = Op.LDR_LITERAL;
                    insn.rd = bits(hw, 10, 8);
                    insn.imm = (insn.pc + 4 & ~3) + (hw & 0xFF) * 4;
                }
            }
            case 5 -> {
                int[] order = {5, 6, 7, 4, 0, 1, 2, 3};
                insn.accessIndexed(order[bits(hw, 11, 9)], hw & 7, bits(hw, 5, 3), bits(hw, 8, 6), 0);
            }
            case 6 -> insn.access((hw & 0x800) != 0 ? 0 : 5, hw & 7, bits(hw, 5, 3), bits(hw, 10, 6) * 4);
            case 7 -> insn.access((hw & 0x800) != 0 ? 2 : 7, hw & 7, bits(hw, 5, 3), bits(hw, 10, 6));
            case 8 -> insn.access((hw & 0x800) != 0 ? 1 : 6, hw & 7, bits(hw, 5, 3), bits(hw, 10, 6) * 2);
            case 9 -> insn.access((hw & 0x800) != 0 ? 0 : 5, bits(hw, 10, 8), Insn.SP, (hw & 0xFF) * 4);
            case 10 -> {
                int rd = bits(hw, 10, 8);
                if ((hw & 0x800) == 0) {
                    insn.immediate(Op.MOV, false, rd, 0, (insn.pc + 4 & ~3) + (hw & 0xFF) * 4);
                } else {
                    insn.immediate(Op.ADD, false, rd, Insn.SP, (hw & 0xFF) * 4);
                }
            }
            case 11 -> miscellaneous(insn, hw);
            case 12 -> multiple(insn, hw);
            case 13 -> conditionalBranch(insn, hw);
            default -> {
                insn.op = Op.B;
                insn.imm = insn.pc + 4 + (hw << 21 >> 20);
            }
        }
    }

    private static void shiftOrAdd(Insn insn, int hw, boolean flags) {
        int rd = hw & 7;
        int rn = bits(hw, 5, 3);
        int amount = bits(hw, 10, 6);
        switch (bits(hw, 12, 11)) {
            case 0 -> insn.shifted(Op.MOV, flags, rd, 0, rn, 0, amount);
            case 1 -> insn.shifted(Op.MOV, flags, rd, 0, rn, 1, amount == 0 ? 32 : amount);
            case 2 -> insn.shifted(Op.MOV, flags, rd, 0, rn, 2, amount == 0 ? 32 : amount);
            default -> {
                int function = (hw & 0x200) == 0 ? Op.ADD : Op.SUB;
                if ((hw & 0x400) == 0) {
                    insn.data(function, flags, rd, rn, bits(hw, 8, 6));
                } else {
                    insn.immediate(function, flags, rd, rn, bits(hw, 8, 6));
                }
            }
        }
    }

    private static void immediate8(Insn insn, int hw, boolean flags) {
        int rd = bits(hw, 10, 8);
        int value = hw & 0xFF;
        switch (bits(hw, 12, 11)) {
            case 0 -> insn.immediate(Op.MOV, flags, rd, 0, value);
            case 1 -> insn.immediate(Op.CMP, true, 0, rd, value);
            case 2 -> insn.immediate(Op.ADD, flags, rd, rd, value);
            default -> insn.immediate(Op.SUB, flags, rd, rd, value);
        }
    }

    private static void dataProcessing(Insn insn, int hw, boolean flags) {
        int rd = hw & 7;
        int rm = bits(hw, 5, 3);
        switch (bits(hw, 9, 6)) {
            case 0 -> insn.data(Op.AND, flags, rd, rd, rm);
            case 1 -> insn.data(Op.EOR, flags, rd, rd, rm);
            case 2 -> shiftByRegister(insn, 0, flags, rd, rm);
            case 3 -> shiftByRegister(insn, 1, flags, rd, rm);
            case 4 -> shiftByRegister(insn, 2, flags, rd, rm);
            case 5 -> insn.data(Op.ADC, flags, rd, rd, rm);
            case 6 -> insn.data(Op.SBC, flags, rd, rd, rm);
            case 7 -> shiftByRegister(insn, 3, flags, rd, rm);
            case 8 -> insn.data(Op.TST, true, 0, rd, rm);
            case 9 -> insn.immediate(Op.RSB, flags, rd, rm, 0);
            case 10 -> insn.data(Op.CMP, true, 0, rd, rm);
            case 11 -> insn.data(Op.CMN, true, 0, rd, rm);
            case 12 -> insn.data(Op.ORR, flags, rd, rd, rm);
            case 13 -> {
                insn.op = flags ? Op.MUL_S : Op.MUL;
                insn.rd = rd;
                insn.rn = rd;
                insn.rm = rm;
            }
            case 14 -> insn.data(Op.BIC, flags, rd, rd, rm);
            default -> insn.data(Op.MVN, flags, rd, 0, rm);
        }
    }

    private static void shiftByRegister(Insn insn, int type, boolean flags, int rd, int rm) {
        insn.op = Op.SHIFT_REG;
        insn.shiftType = type;
        insn.setFlags = flags;
        insn.rd = rd;
        insn.rn = rd;
        insn.rm = rm;
    }

    /** Operations on all sixteen registers (A5.2.3). */
    private static void special(Insn insn, int hw) {
        int rd = hw & 7 | (hw & 0x80) >>> 4;
        int rm = bits(hw, 6, 3);
        switch (bits(hw, 9, 8)) {
            case 0 -> addHigh(insn, rd, rm);
            case 1 -> insn.data(Op.CMP, true, 0, rd, rm);
            case 2 -> {
                if (rd == 15) {
                    insn.op = Op.MOV_PC;
                    insn.rm = rm;
                } else if (rm == 15) {
                    insn.immediate(Op.MOV, false, rd, 0, insn.pc + 4);
                } else {
                    insn.data(Op.MOV, false, rd, 0, rm);
                    toSp(insn);
                }
            }
            default -> {
                insn.op = (hw & 0x80) != 0 ? Op.BLX : Op.BX;
                insn.rm = rm;
            }
        }
    }

    private static void addHigh(Insn insn, int rd, int rm) {
        if (rd == 15) {
            insn.op = Op.ADD_PC;
            insn.rm = rm;
        } else if (rm == 15) {
            insn.immediate(Op.ADD, false, rd, rd, insn.pc + 4);
        } else {
            insn.data(Op.ADD, false, rd, rd, rm);
            toSp(insn);
        }
    }

    /** The low two bits of sp are always 0 (B1.4.1), so what writes it with anything goes the careful way. */
    private static void toSp(Insn insn) {
        if (insn.rd == Insn.SP) {
            insn.op = Op.SHIFTED;
        }
    }

    private static void miscellaneous(Insn insn, int hw) {
        if ((hw & 0x0500) == 0x0100) {
            insn.op = (hw & 0x800) != 0 ? Op.CBNZ : Op.CBZ;
            insn.rn = hw & 7;
            insn.imm = insn.pc + 4 + (bits(hw, 7, 3) << 1 | (hw & 0x200) >>> 3);
            return;
        }
        switch (bits(hw, 11, 8)) {
            case 0 -> insn.immediate((hw & 0x80) == 0 ? Op.ADD : Op.SUB, false, Insn.SP, Insn.SP, (hw & 0x7F) * 4);
            case 2 -> {
                insn.op = new int[] {Op.SXTH, Op.SXTB, Op.UXTH, Op.UXTB}[bits(hw, 7, 6)];
                insn.rd = hw & 7;
                insn.rm = bits(hw, 5, 3);
            }
            case 4, 5 -> {
                insn.op = Op.STM;
                insn.rn = Insn.SP;
                insn.imm = hw & 0xFF | (hw & 0x100) << 6;
                insn.writeBack = true;
                insn.descending = true;
            }
            case 6 -> {
                if ((hw & 0xE0) == 0x60) {
                    insn.op = Op.CPS;
                    insn.imm = hw & 0x1F;
                }
            }
            case 10 -> {
                int which = bits(hw, 7, 6);
                if (which != 2) {
                    insn.op = which == 0 ? Op.REV : which == 1 ? Op.REV16 : Op.REVSH;
                    insn.rd = hw & 7;
                    insn.rm = bits(hw, 5, 3);
                }
            }
            case 12, 13 -> {
                insn.op = (hw & 0x100) != 0 ? Op.LDM_PC : Op.LDM;
                insn.rn = Insn.SP;
                insn.imm = hw & 0xFF | (hw & 0x100) << 7;
                insn.writeBack = true;
            }
            case 14 -> {
                insn.op = Op.BKPT;
                insn.imm = hw & 0xFF;
            }
            case 15 -> {
                if ((hw & 15) != 0) {
                    insn.op = Op.IT;
                    insn.imm = hw & 0xFF;
                } else {
                    insn.op = hint(bits(hw, 7, 4));
                }
            }
            default -> insn.op = Op.UNKNOWN;
        }
    }

    static int hint(int number) {
        return switch (number) {
            case 2 -> Op.WFE;
            case 3 -> Op.WFI;
            case 4 -> Op.SEV;
            default -> Op.NOP;
        };
    }

    private static void multiple(Insn insn, int hw) {
        insn.rn = bits(hw, 10, 8);
        insn.imm = hw & 0xFF;
        boolean load = (hw & 0x800) != 0;
        insn.op = load ? Op.LDM : Op.STM;
        insn.writeBack = !load || (insn.imm & 1 << insn.rn) == 0;
    }

    private static void conditionalBranch(Insn insn, int hw) {
        int cond = bits(hw, 11, 8);
        if (cond == 14) {
            insn.op = Op.UNDEFINED;
        } else if (cond == 15) {
            insn.op = Op.SVC;
            insn.imm = hw & 0xFF;
        } else {
            insn.op = Op.B_COND;
            insn.cond = cond;
            insn.imm = insn.pc + 4 + (hw << 24 >> 23);
        }
    }
}
