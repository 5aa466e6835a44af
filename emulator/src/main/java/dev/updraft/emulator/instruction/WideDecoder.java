package dev.updraft.emulator.instruction;

/** Decodes 32-bit Thumb instructions (Armv7-M ARM A5.3). */
public final class WideDecoder {
    /** Data-processing functions by their opcode (A5.3.1, A5.3.11); -1 is not one. */
    private static final int[] FUNCTIONS = {
        Op.AND, Op.BIC, Op.ORR, Op.ORN, Op.EOR, -1, -1, -1, Op.ADD, -1, Op.ADC, Op.SBC, -1, Op.SUB, Op.RSB, -1
    };

    private WideDecoder() {}

    private static int bits(int value, int high, int low) {
        return value >>> low & (1 << (high - low + 1)) - 1;
    }

    /** @param hw1 the halfword at the lower address */
    public static void decode(Insn insn, int hw1, int hw2) {
        switch (bits(hw1, 12, 11)) {
            case 1 -> {
                if ((hw1 & 0x400) != 0) {
                    insn.op = Op.NO_COPROCESSOR;
                } else if ((hw1 & 0x200) != 0) {
                    shiftedRegister(insn, hw1, hw2);
                } else if ((hw1 & 0x40) == 0) {
                    multiple(insn, hw1, hw2);
                } else {
                    dualOrExclusive(insn, hw1, hw2);
                }
            }
            case 2 -> {
                if ((hw2 & 0x8000) != 0) {
                    WideBranchDecoder.decode(insn, hw1, hw2);
                } else if ((hw1 & 0x200) == 0) {
                    modifiedImmediate(insn, hw1, hw2);
                } else {
                    plainImmediate(insn, hw1, hw2);
                }
            }
            default -> {
                if ((hw1 & 0x400) != 0) {
                    insn.op = Op.NO_COPROCESSOR;
                } else if ((hw1 & 0x200) == 0) {
                    single(insn, hw1, hw2);
                } else if ((hw1 & 0x100) == 0) {
                    MultiplyDecoder.register(insn, hw1, hw2);
                } else if ((hw1 & 0x80) == 0) {
                    MultiplyDecoder.multiply(insn, hw1, hw2);
                } else {
                    MultiplyDecoder.longMultiply(insn, hw1, hw2);
                }
            }
        }
    }

    private static void multiple(Insn insn, int hw1, int hw2) {
        int mode = bits(hw1, 8, 7);
        boolean load = (hw1 & 0x10) != 0;
        if (mode == 0 || mode == 3) {
            return;
        }
        insn.rn = hw1 & 15;
        insn.imm = hw2;
        insn.writeBack = (hw1 & 0x20) != 0;
        insn.descending = mode == 2;
        insn.op = !load ? Op.STM : (hw2 & 0x8000) != 0 ? Op.LDM_PC : Op.LDM;
    }

    private static void dualOrExclusive(Insn insn, int hw1, int hw2) {
        boolean load = (hw1 & 0x10) != 0;
        insn.rn = hw1 & 15;
        insn.rd = bits(hw2, 15, 12);
        if ((hw1 & 0x120) != 0) { // LDRD, STRD: P or W
            insn.op = load ? Op.LDRD : Op.STRD;
            insn.ra = bits(hw2, 11, 8);
            insn.imm = (hw2 & 0xFF) * 4 * ((hw1 & 0x80) != 0 ? 1 : -1);
            insn.postIndexed = (hw1 & 0x100) == 0;
            insn.writeBack = (hw1 & 0x20) != 0;
            if (insn.rn == 15) {
                insn.sub = 1; // relative to the aligned pc
            }
        } else if ((hw1 & 0x80) == 0) { // word exclusive
            insn.op = load ? Op.LDREX : Op.STREX;
            insn.sub = 4;
            insn.imm = (hw2 & 0xFF) * 4;
            insn.ra = bits(hw2, 11, 8);
        } else {
            int which = bits(hw2, 7, 4);
            if (load && which <= 1) {
                insn.op = Op.TABLE_BRANCH;
                insn.sub = which + 1;
                insn.rm = hw2 & 15;
            } else if (which == 4 || which == 5) {
                insn.op = load ? Op.LDREX : Op.STREX;
                insn.sub = which - 3;
                insn.ra = hw2 & 15;
            }
        }
    }

    private static void shiftedRegister(Insn insn, int hw1, int hw2) {
        int opcode = bits(hw1, 8, 5);
        int rn = hw1 & 15;
        int rd = bits(hw2, 11, 8);
        int rm = hw2 & 15;
        boolean flags = (hw1 & 0x10) != 0;
        int type = bits(hw2, 5, 4);
        int amount = bits(hw2, 14, 12) << 2 | bits(hw2, 7, 6);
        if (opcode == 6) { // PKH
            insn.op = (hw2 & 0x20) != 0 ? Op.PKHTB : Op.PKHBT;
            insn.rd = rd;
            insn.rn = rn;
            insn.rm = rm;
            insn.shift = amount;
            return;
        }
        if (amount == 0 && type != 0) {
            if (type == 3) {
                type = 4; // RRX
                amount = 1;
            } else {
                amount = 32;
            }
        }
        int function = function(opcode, rn, rd, flags);
        if (function < 0) {
            return;
        }
        insn.shifted(function, flags, rd, rn, rm, type, amount);
        careful(insn);
    }

    /** Some functions without destination or first operand are others: TST, TEQ, CMN, CMP, MOV, MVN. */
    private static int function(int opcode, int rn, int rd, boolean flags) {
        int function = FUNCTIONS[opcode];
        if (rd == 15 && flags) {
            return switch (function) {
                case Op.AND -> Op.TST;
                case Op.EOR -> Op.TEQ;
                case Op.ADD -> Op.CMN;
                case Op.SUB -> Op.CMP;
                default -> -1;
            };
        }
        if (rn == 15) {
            return function == Op.ORR ? Op.MOV : function == Op.ORN ? Op.MVN : -1;
        }
        return rd == 15 ? -1 : function;
    }

    private static void careful(Insn insn) {
        if (insn.rd == Insn.SP && insn.op >= Op.REG && insn.op < Op.SHIFTED) {
            insn.op = Op.SHIFTED;
        }
    }

    private static void modifiedImmediate(Insn insn, int hw1, int hw2) {
        int rd = bits(hw2, 11, 8);
        int rn = hw1 & 15;
        boolean flags = (hw1 & 0x10) != 0;
        int function = function(bits(hw1, 8, 5), rn, rd, flags);
        if (function < 0) {
            return;
        }
        int twelve = (hw1 & 0x400) << 1 | bits(hw2, 14, 12) << 8 | hw2 & 0xFF;
        int value = expand(twelve);
        insn.immediate(function, flags, rd, rn, value);
        insn.carry = twelve >>> 10 == 0 ? -1 : value >>> 31;
    }

    /** ThumbExpandImm (A5.3.2). */
    static int expand(int twelve) {
        int low = twelve & 0xFF;
        if (twelve >>> 10 == 0) {
            return switch (twelve >>> 8) {
                case 0 -> low;
                case 1 -> low << 16 | low;
                case 2 -> low << 24 | low << 8;
                default -> low * 0x01010101;
            };
        }
        return Integer.rotateRight(0x80 | low & 0x7F, twelve >>> 7);
    }

    private static void plainImmediate(Insn insn, int hw1, int hw2) {
        int rd = bits(hw2, 11, 8);
        int rn = hw1 & 15;
        int twelve = (hw1 & 0x400) << 1 | bits(hw2, 14, 12) << 8 | hw2 & 0xFF;
        int sixteen = rn << 12 | twelve;
        int amount = bits(hw2, 14, 12) << 2 | bits(hw2, 7, 6);
        int low = hw2 & 0x1F;
        switch (bits(hw1, 8, 4)) {
            case 0 -> addWide(insn, Op.ADD, rd, rn, twelve);
            case 10 -> addWide(insn, Op.SUB, rd, rn, twelve);
            case 4 -> insn.immediate(Op.MOV, false, rd, 0, sixteen);
            case 12 -> {
                insn.op = Op.MOVT;
                insn.rd = rd;
                insn.imm = sixteen << 16;
            }
            case 16, 18, 24, 26 -> saturate(insn, hw1, rd, rn, amount, low);
            case 20 -> bitField(insn, Op.SBFX, rd, rn, amount, low + 1);
            case 28 -> bitField(insn, Op.UBFX, rd, rn, amount, low + 1);
            case 22 -> bitField(insn, rn == 15 ? Op.BFC : Op.BFI, rd, rn, amount, low + 1 - amount);
            default -> insn.op = Op.UNKNOWN;
        }
    }

    private static void addWide(Insn insn, int function, int rd, int rn, int value) {
        if (rn == 15) {
            int base = insn.pc + 4 & ~3;
            insn.immediate(Op.MOV, false, rd, 0, function == Op.ADD ? base + value : base - value);
        } else {
            insn.immediate(function, false, rd, rn, value);
        }
    }

    private static void bitField(Insn insn, int op, int rd, int rn, int lsb, int width) {
        if (width <= 0 || lsb + width > 32) {
            return;
        }
        insn.op = op;
        insn.rd = rd;
        insn.rn = rn;
        insn.shift = lsb;
        insn.imm = width;
    }

    private static void saturate(Insn insn, int hw1, int rd, int rn, int amount, int low) {
        boolean unsigned = (hw1 & 0x80) != 0;
        boolean arithmetic = (hw1 & 0x20) != 0;
        insn.rd = rd;
        insn.rn = rn;
        insn.imm = unsigned ? low : low + 1;
        if (arithmetic && amount == 0) {
            insn.op = unsigned ? Op.USAT16 : Op.SSAT16;
            return;
        }
        insn.op = unsigned ? Op.USAT : Op.SSAT;
        insn.shiftType = arithmetic ? 2 : 0;
        insn.shift = amount;
    }

    /** Loads and stores of one item, and memory hints (A5.3.7 to A5.3.10). */
    private static void single(Insn insn, int hw1, int hw2) {
        boolean load = (hw1 & 0x10) != 0;
        boolean signed = (hw1 & 0x100) != 0;
        int size = bits(hw1, 6, 5);
        int rn = hw1 & 15;
        int rt = bits(hw2, 15, 12);
        if (size == 3 || signed && (!load || size == 2) || !load && rn == 15) {
            insn.op = Op.UNDEFINED;
            return;
        }
        int which = load ? (size == 2 ? 0 : size == 1 ? signed ? 3 : 1 : signed ? 4 : 2) : 7 - size;
        boolean word = which == 0;
        if (load && rt == 15 && !word) {
            insn.op = Op.NOP; // PLD, PLI and unallocated hints
            return;
        }
        if (load && rn == 15) {
            literal(insn, which, rt, (insn.pc + 4 & ~3) + ((hw1 & 0x80) != 0 ? hw2 & 0xFFF : -(hw2 & 0xFFF)));
            return;
        }
        if ((hw1 & 0x80) != 0) {
            insn.access(which, rt, rn, hw2 & 0xFFF);
        } else if ((hw2 & 0x800) == 0) {
            if ((hw2 & 0x7C0) != 0) {
                insn.op = Op.UNDEFINED;
                return;
            }
            insn.accessIndexed(which, rt, rn, hw2 & 15, bits(hw2, 5, 4));
        } else {
            int offset = (hw2 & 0x200) != 0 ? hw2 & 0xFF : -(hw2 & 0xFF);
            boolean pre = (hw2 & 0x400) != 0;
            boolean writeBack = (hw2 & 0x100) != 0;
            if (!pre && !writeBack) {
                insn.op = Op.UNDEFINED;
                return;
            }
            insn.access(which, rt, rn, offset);
            insn.postIndexed = !pre;
            insn.writeBack = writeBack;
            if (insn.writeBack) {
                insn.op = Op.ACCESS;
            }
        }
        if (word && rt == 15) {
            insn.op = Op.LDR_PC;
        } else if (load && rt == Insn.SP) {
            insn.op = Op.ACCESS;
        }
    }

    private static void literal(Insn insn, int which, int rt, int address) {
        if (which == 0 && rt < 13 || which == 0 && rt == 14) {
            insn.op = Op.LDR_LITERAL;
            insn.rd = rt;
            insn.imm = address;
            return;
        }
        insn.access(which, rt, 15, address);
        insn.op = rt == 15 ? Op.LDR_PC : Op.ACCESS;
    }
}
