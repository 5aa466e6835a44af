package dev.updraft.emulator.instruction;

/**
 * What a decoded instruction does. Encodings that do the same are one operation; operands are fields of {@link Insn}.
 * Data processing is a group (what the second operand is, whether flags are set) plus one of sixteen functions.
 */
public final class Op {
    // The sixteen functions of data processing.
    public static final int AND = 0;
    public static final int BIC = 1;
    public static final int ORR = 2;
    public static final int ORN = 3;
    public static final int EOR = 4;
    public static final int ADD = 5;
    public static final int ADC = 6;
    public static final int SBC = 7;
    public static final int SUB = 8;
    public static final int RSB = 9;
    public static final int MOV = 10;
    public static final int MVN = 11;
    public static final int TST = 12;
    public static final int TEQ = 13;
    public static final int CMP = 14;
    public static final int CMN = 15;

    // Groups of data processing: rd = rn FUNCTION imm, or rd = rn FUNCTION rm; _S sets flags.
    public static final int IMM = 0;
    public static final int IMM_S = 16;
    public static final int REG = 32;
    public static final int REG_S = 48;

    /** rd = rm shifted by imm, 1 to 31. */
    public static final int LSL_IMM = 64;

    public static final int LSL_IMM_S = 65;
    /** Shifts right by 1 to 32. */
    public static final int LSR_IMM = 66;

    public static final int LSR_IMM_S = 67;
    public static final int ASR_IMM = 68;
    public static final int ASR_IMM_S = 69;

    /** rd = rn FUNCTION(sub) shifted rm; flags if setFlags. Also everything that writes sp. */
    public static final int SHIFTED = 70;
    /** rd = rn shifted (shiftType) by the low byte of rm. */
    public static final int SHIFT_REG = 71;

    public static final int MOVT = 72;

    // Loads and stores in the order of Insn.sub: rt in rd, address rn + imm.
    public static final int LDR = 73;
    public static final int LDRH = 74;
    public static final int LDRB = 75;
    public static final int LDRSH = 76;
    public static final int LDRSB = 77;
    public static final int STR = 78;
    public static final int STRH = 79;
    public static final int STRB = 80;
    // Address rn + (rm << shift).
    public static final int LDR_REG = 81;
    public static final int LDRH_REG = 82;
    public static final int LDRB_REG = 83;
    public static final int LDRSH_REG = 84;
    public static final int LDRSB_REG = 85;
    public static final int STR_REG = 86;
    public static final int STRH_REG = 87;
    public static final int STRB_REG = 88;
    /** A word at address imm. */
    public static final int LDR_LITERAL = 89;
    /** Any load or store that writes its base back, or loads sp; sub names the access. */
    public static final int ACCESS = 90;
    /** Loads pc; operands as ACCESS. */
    public static final int LDR_PC = 91;

    /** Registers in imm, lowest at rn (ascending) or below it (descending), base written back if writeBack. */
    public static final int LDM = 92;

    public static final int LDM_PC = 93;
    public static final int STM = 94;
    public static final int LDRD = 95;
    public static final int STRD = 96;
    /** sub is the width. */
    public static final int LDREX = 97;

    public static final int STREX = 98;
    public static final int CLREX = 99;
    /** sub is the width of an entry. */
    public static final int TABLE_BRANCH = 100;

    /** To address imm. */
    public static final int B = 101;

    public static final int B_COND = 102;
    public static final int BL = 103;
    public static final int BX = 104;
    public static final int BLX = 105;
    public static final int CBZ = 106;
    public static final int CBNZ = 107;
    /** pc = rm, no change of state. */
    public static final int MOV_PC = 108;
    /** pc += rm. */
    public static final int ADD_PC = 109;

    public static final int MUL = 110;
    public static final int MUL_S = 111;
    public static final int MLA = 112;
    public static final int MLS = 113;
    /** rd is the low word, ra the high one. */
    public static final int UMULL = 114;

    public static final int SMULL = 115;
    public static final int UMLAL = 116;
    public static final int SMLAL = 117;
    public static final int UMAAL = 118;
    public static final int SDIV = 119;
    public static final int UDIV = 120;

    // Extensions: rm rotated right by imm; with an addend in rn.
    public static final int SXTB = 121;
    public static final int SXTH = 122;
    public static final int UXTB = 123;
    public static final int UXTH = 124;
    public static final int SXTAB = 125;
    public static final int SXTAH = 126;
    public static final int UXTAB = 127;
    public static final int UXTAH = 128;
    public static final int SXTAB16 = 129;
    public static final int UXTAB16 = 130;

    /** Least significant bit in shift, width in imm. */
    public static final int BFI = 131;

    public static final int BFC = 132;
    public static final int UBFX = 133;
    public static final int SBFX = 134;

    public static final int REV = 135;
    public static final int REV16 = 136;
    public static final int REVSH = 137;
    public static final int RBIT = 138;
    public static final int CLZ = 139;

    public static final int SSAT = 140;
    public static final int USAT = 141;
    public static final int SSAT16 = 142;
    public static final int USAT16 = 143;
    public static final int QADD = 144;
    public static final int QSUB = 145;
    public static final int QDADD = 146;
    public static final int QDSUB = 147;
    /** sub: bits 2:0 the sum, bits 6:4 the prefix, as encoded (A5.3.13). */
    public static final int PARALLEL = 148;

    public static final int SEL = 149;
    public static final int PKHBT = 150;
    public static final int PKHTB = 151;
    public static final int USAD8 = 152;

    // Halfword multiplies: sub bit 0 the top half of rm, bit 1 the top half of rn.
    public static final int SMUL_HALVES = 153;
    public static final int SMLA_HALVES = 154;
    public static final int SMULW = 155;
    public static final int SMLAW = 156;
    public static final int SMLAL_HALVES = 157;
    /** sub bit 0: halves of rm exchanged; bit 1: difference. ra is 15 without addend. */
    public static final int SMLAD = 158;

    public static final int SMLALD = 159;
    /** sub bit 0: rounded; bit 1: subtracts. ra is 15 without addend. */
    public static final int SMMLA = 160;

    public static final int IT = 161;
    public static final int NOP = 162;
    public static final int BARRIER = 163;
    public static final int WFI = 164;
    public static final int WFE = 165;
    public static final int SEV = 166;
    public static final int SVC = 167;
    public static final int BKPT = 168;
    public static final int CPS = 169;
    public static final int MRS = 170;
    public static final int MSR = 171;
    /** Permanently undefined, or disabled: UsageFault. */
    public static final int UNDEFINED = 172;
    /** Not known to this emulator. */
    public static final int UNKNOWN = 173;
    /** inner, when cond holds. */
    public static final int CONDITIONAL = 174;
    /** A coprocessor that is not there or not enabled. */
    public static final int NO_COPROCESSOR = 175;

    /** Anything that the floating-point unit does, by its encoding; no operation has a higher number. */
    public static final int FLOATING_POINT = 180;

    /** Loads by sub, in the order of LDR to STRB. */
    public static int width(int sub) {
        return switch (sub) {
            case 0, 5 -> 4;
            case 1, 3, 6 -> 2;
            default -> 1;
        };
    }

    /** Whether the block of straight-line code ends behind this operation. */
    public static boolean endsBlock(int op) {
        return switch (op) {
            case LDR_PC, LDM_PC, TABLE_BRANCH, B, B_COND, BL, BX, BLX, CBZ, CBNZ, MOV_PC, ADD_PC -> true;
            case BARRIER, WFI, WFE, SEV, SVC, BKPT, CPS, MSR, UNDEFINED, UNKNOWN, NO_COPROCESSOR -> true;
            default -> false;
        };
    }

    private Op() {}
}
