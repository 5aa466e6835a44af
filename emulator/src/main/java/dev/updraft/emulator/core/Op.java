package dev.updraft.emulator.core;

/**
 * What a decoded instruction does. Encodings that do the same are one operation; operands are fields of {@link Insn}.
 * Data processing is a group (what the second operand is, whether flags are set) plus one of sixteen functions.
 */
final class Op {
    // The sixteen functions of data processing.
    static final int AND = 0;
    static final int BIC = 1;
    static final int ORR = 2;
    static final int ORN = 3;
    static final int EOR = 4;
    static final int ADD = 5;
    static final int ADC = 6;
    static final int SBC = 7;
    static final int SUB = 8;
    static final int RSB = 9;
    static final int MOV = 10;
    static final int MVN = 11;
    static final int TST = 12;
    static final int TEQ = 13;
    static final int CMP = 14;
    static final int CMN = 15;

    // Groups of data processing: rd = rn FUNCTION imm, or rd = rn FUNCTION rm; _S sets flags.
    static final int IMM = 0;
    static final int IMM_S = 16;
    static final int REG = 32;
    static final int REG_S = 48;

    /** rd = rm shifted by imm, 1 to 31. */
    static final int LSL_IMM = 64;

    static final int LSL_IMM_S = 65;
    /** Shifts right by 1 to 32. */
    static final int LSR_IMM = 66;

    static final int LSR_IMM_S = 67;
    static final int ASR_IMM = 68;
    static final int ASR_IMM_S = 69;

    /** rd = rn FUNCTION(sub) shifted rm; flags if setFlags. Also everything that writes sp. */
    static final int SHIFTED = 70;
    /** rd = rn shifted (shiftType) by the low byte of rm. */
    static final int SHIFT_REG = 71;

    static final int MOVT = 72;

    // Loads and stores in the order of Insn.sub: rt in rd, address rn + imm.
    static final int LDR = 73;
    static final int LDRH = 74;
    static final int LDRB = 75;
    static final int LDRSH = 76;
    static final int LDRSB = 77;
    static final int STR = 78;
    static final int STRH = 79;
    static final int STRB = 80;
    // Address rn + (rm << shift).
    static final int LDR_REG = 81;
    static final int LDRH_REG = 82;
    static final int LDRB_REG = 83;
    static final int LDRSH_REG = 84;
    static final int LDRSB_REG = 85;
    static final int STR_REG = 86;
    static final int STRH_REG = 87;
    static final int STRB_REG = 88;
    /** A word at address imm. */
    static final int LDR_LITERAL = 89;
    /** Any load or store that writes its base back, or loads sp; sub names the access. */
    static final int ACCESS = 90;
    /** Loads pc; operands as ACCESS. */
    static final int LDR_PC = 91;

    /** Registers in imm, lowest at rn (ascending) or below it (descending), base written back if writeBack. */
    static final int LDM = 92;

    static final int LDM_PC = 93;
    static final int STM = 94;
    static final int LDRD = 95;
    static final int STRD = 96;
    /** sub is the width. */
    static final int LDREX = 97;

    static final int STREX = 98;
    static final int CLREX = 99;
    /** sub is the width of an entry. */
    static final int TABLE_BRANCH = 100;

    /** To address imm. */
    static final int B = 101;

    static final int B_COND = 102;
    static final int BL = 103;
    static final int BX = 104;
    static final int BLX = 105;
    static final int CBZ = 106;
    static final int CBNZ = 107;
    /** pc = rm, no change of state. */
    static final int MOV_PC = 108;
    /** pc += rm. */
    static final int ADD_PC = 109;

    static final int MUL = 110;
    static final int MUL_S = 111;
    static final int MLA = 112;
    static final int MLS = 113;
    /** rd is the low word, ra the high one. */
    static final int UMULL = 114;

    static final int SMULL = 115;
    static final int UMLAL = 116;
    static final int SMLAL = 117;
    static final int UMAAL = 118;
    static final int SDIV = 119;
    static final int UDIV = 120;

    // Extensions: rm rotated right by imm; with an addend in rn.
    static final int SXTB = 121;
    static final int SXTH = 122;
    static final int UXTB = 123;
    static final int UXTH = 124;
    static final int SXTAB = 125;
    static final int SXTAH = 126;
    static final int UXTAB = 127;
    static final int UXTAH = 128;
    static final int SXTAB16 = 129;
    static final int UXTAB16 = 130;

    /** Least significant bit in shift, width in imm. */
    static final int BFI = 131;

    static final int BFC = 132;
    static final int UBFX = 133;
    static final int SBFX = 134;

    static final int REV = 135;
    static final int REV16 = 136;
    static final int REVSH = 137;
    static final int RBIT = 138;
    static final int CLZ = 139;

    static final int SSAT = 140;
    static final int USAT = 141;
    static final int SSAT16 = 142;
    static final int USAT16 = 143;
    static final int QADD = 144;
    static final int QSUB = 145;
    static final int QDADD = 146;
    static final int QDSUB = 147;
    /** sub: bits 2:0 the sum, bits 6:4 the prefix, as encoded (A5.3.13). */
    static final int PARALLEL = 148;

    static final int SEL = 149;
    static final int PKHBT = 150;
    static final int PKHTB = 151;
    static final int USAD8 = 152;

    // Halfword multiplies: sub bit 0 the top half of rm, bit 1 the top half of rn.
    static final int SMUL_HALVES = 153;
    static final int SMLA_HALVES = 154;
    static final int SMULW = 155;
    static final int SMLAW = 156;
    static final int SMLAL_HALVES = 157;
    /** sub bit 0: halves of rm exchanged; bit 1: difference. ra is 15 without addend. */
    static final int SMLAD = 158;

    static final int SMLALD = 159;
    /** sub bit 0: rounded; bit 1: subtracts. ra is 15 without addend. */
    static final int SMMLA = 160;

    static final int IT = 161;
    static final int NOP = 162;
    static final int BARRIER = 163;
    static final int WFI = 164;
    static final int WFE = 165;
    static final int SEV = 166;
    static final int SVC = 167;
    static final int BKPT = 168;
    static final int CPS = 169;
    static final int MRS = 170;
    static final int MSR = 171;
    /** Permanently undefined, or disabled: UsageFault. */
    static final int UNDEFINED = 172;
    /** Not known to this emulator. */
    static final int UNKNOWN = 173;
    /** inner, when cond holds. */
    static final int CONDITIONAL = 174;
    /** A coprocessor that is not there or not enabled. */
    static final int NO_COPROCESSOR = 175;

    /** Anything that the floating-point unit does, by its encoding; no operation has a higher number. */
    static final int FLOATING_POINT = 180;

    /** Loads by sub, in the order of LDR to STRB. */
    static int width(int sub) {
        return switch (sub) {
            case 0, 5 -> 4;
            case 1, 3, 6 -> 2;
            default -> 1;
        };
    }

    /** Whether the block of straight-line code ends behind this operation. */
    static boolean endsBlock(int op) {
        return switch (op) {
            case LDR_PC, LDM_PC, TABLE_BRANCH, B, B_COND, BL, BX, BLX, CBZ, CBNZ, MOV_PC, ADD_PC -> true;
            case BARRIER, WFI, WFE, SEV, SVC, BKPT, CPS, MSR, UNDEFINED, UNKNOWN, NO_COPROCESSOR -> true;
            default -> false;
        };
    }

    private Op() {}
}
