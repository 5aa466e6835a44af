package dev.updraft.emulator.instruction;

/** Decodes 32-bit branches and system instructions (Armv7-M ARM A5.3.4). */
final class WideBranchDecoder {
    private WideBranchDecoder() {}

    static void decode(Insn insn, int hw1, int hw2) {
        int sign = hw1 >>> 10 & 1;
        int j1 = hw2 >>> 13 & 1;
        int j2 = hw2 >>> 11 & 1;
        if ((hw2 & 0x1000) != 0) { // B, BL with 24 bits
            int i1 = j1 ^ sign ^ 1;
            int i2 = j2 ^ sign ^ 1;
            int offset = -sign << 24 | i1 << 23 | i2 << 22 | (hw1 & 0x3FF) << 12 | (hw2 & 0x7FF) << 1;
            insn.op = (hw2 & 0x4000) != 0 ? Op.BL : Op.B;
            insn.imm = insn.pc + 4 + offset;
        } else if ((hw2 & 0x4000) != 0) {
            insn.op = Op.UNDEFINED; // BLX to ARM code, which this profile does not have
        } else if ((hw1 & 0x380) != 0x380) {
            insn.op = Op.B_COND;
            insn.cond = hw1 >>> 6 & 15;
            insn.imm = insn.pc + 4 + (-sign << 20 | j2 << 19 | j1 << 18 | (hw1 & 0x3F) << 12 | (hw2 & 0x7FF) << 1);
        } else {
            system(insn, hw1, hw2);
        }
    }

    private static void system(Insn insn, int hw1, int hw2) {
        switch (hw1 >>> 4 & 0x7F) {
            case 0x38, 0x39 -> {
                insn.op = Op.MSR;
                insn.rn = hw1 & 15;
                insn.imm = hw2 & 0xFF;
                insn.sub = hw2 >>> 10 & 3;
            }
            case 0x3A -> insn.op = (hw2 & 0x700) == 0 ? NarrowDecoder.hint(hw2 & 0xFF) : Op.UNKNOWN;
            case 0x3B -> {
                switch (hw2 >>> 4 & 15) {
                    case 2 -> insn.op = Op.CLREX;
                    case 4, 5, 6 -> insn.op = Op.BARRIER;
                    default -> insn.op = Op.UNKNOWN;
                }
            }
            case 0x3E, 0x3F -> {
                insn.op = Op.MRS;
                insn.rd = hw2 >>> 8 & 15;
                insn.imm = hw2 & 0xFF;
            }
            case 0x7F -> insn.op = Op.UNDEFINED; // UDF.W
            default -> insn.op = Op.UNKNOWN;
        }
    }
}
