package dev.updraft.emulator.core;

import dev.updraft.emulator.instruction.Insn;
import dev.updraft.emulator.instruction.Op;

/** The DSP extension: saturation, parallel sums, halfword multiplies (Armv7-M ARM A4.4.3 to A4.4.7). */
final class Dsp {
    private Dsp() {}

    /** Returns false when the instruction is none of these. */
    static boolean execute(Insn insn, Registers s) {
        int[] r = s.r;
        int a = r[insn.rn];
        int b = r[insn.rm];
        int rd = insn.rd;
        switch (insn.op) {
            case Op.SSAT -> r[rd] = signed(s, shifted(insn, a), insn.imm);
            case Op.USAT -> r[rd] = unsigned(s, shifted(insn, a), insn.imm);
            case Op.SSAT16 -> r[rd] = halves(signed(s, (short) a, insn.imm), signed(s, a >> 16, insn.imm));
            case Op.USAT16 -> r[rd] = halves(unsigned(s, (short) a, insn.imm), unsigned(s, a >> 16, insn.imm));
            case Op.QADD -> r[rd] = saturate(s, (long) b + a);
            case Op.QSUB -> r[rd] = saturate(s, (long) b - a);
            case Op.QDADD -> r[rd] = saturate(s, (long) b + saturate(s, 2L * a));
            case Op.QDSUB -> r[rd] = saturate(s, (long) b - saturate(s, 2L * a));
            case Op.PARALLEL -> r[rd] = parallel(insn.sub, a, b, s);
            case Op.SEL -> {
                int mask = (s.ge & 1) * 0xFF
                        | (s.ge >> 1 & 1) * 0xFF00
                        | (s.ge >> 2 & 1) * 0xFF0000
                        | (s.ge >> 3) * 0xFF000000;
                r[rd] = a & mask | b & ~mask;
            }
            case Op.PKHBT -> r[rd] = a & 0xFFFF | b << insn.shift & 0xFFFF0000;
            case Op.PKHTB -> r[rd] = a & 0xFFFF0000 | b >> (insn.shift == 0 ? 31 : insn.shift) & 0xFFFF;
            case Op.USAD8 -> r[rd] = differences(a, b) + (insn.ra == 15 ? 0 : r[insn.ra]);
            case Op.SXTAB16 -> r[rd] = extend16(insn, a, b, true);
            case Op.UXTAB16 -> r[rd] = extend16(insn, a, b, false);
            case Op.SMUL_HALVES -> r[rd] = half(a, insn.sub >> 1) * half(b, insn.sub & 1);
            case Op.SMLA_HALVES -> r[rd] = accumulate(s, half(a, insn.sub >> 1) * half(b, insn.sub & 1), r[insn.ra]);
            case Op.SMULW -> r[rd] = (int) ((long) a * half(b, insn.sub & 1) >> 16);
            case Op.SMLAW -> r[rd] = accumulate(s, (int) ((long) a * half(b, insn.sub & 1) >> 16), r[insn.ra]);
            case Op.SMLAL_HALVES -> addToPair(insn, r, half(a, insn.sub >> 1) * half(b, insn.sub & 1));
            case Op.SMLAD -> r[rd] = dual(s, insn, a, b);
            case Op.SMLALD -> addToPair(insn, r, products(insn.sub, a, b));
            case Op.SMMLA -> r[rd] = mostSignificant(insn, a, b, insn.ra == 15 ? 0 : r[insn.ra]);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** For translated code, which passes only what {@link #execute} knows. */
    static void translated(Insn insn, Registers s) {
        if (!execute(insn, s)) {
            throw new IllegalStateException("operation " + insn.op);
        }
    }

    private static int shifted(Insn insn, int value) {
        return insn.shiftType == 2 ? value >> (insn.shift == 0 ? 31 : insn.shift) : value << insn.shift;
    }

    private static int signed(Registers s, int value, int width) {
        int limit = (int) ((1L << width - 1) - 1);
        if (value > limit || value < ~limit) {
            s.q = 1;
            return value > limit ? limit : ~limit;
        }
        return value;
    }

    private static int unsigned(Registers s, int value, int width) {
        int limit = (1 << width) - 1;
        if (value < 0 || value > limit) {
            s.q = 1;
            return value < 0 ? 0 : limit;
        }
        return value;
    }

    private static int saturate(Registers s, long value) {
        int result = Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
        if (result != value) {
            s.q = 1;
        }
        return result;
    }

    private static int halves(int low, int high) {
        return low & 0xFFFF | high << 16;
    }

    private static int half(int value, int top) {
        return top == 0 ? (short) value : value >> 16;
    }

    static int accumulate(Registers s, int product, int addend) {
        int sum = product + addend;
        if (((product ^ sum) & (addend ^ sum)) < 0) {
            s.q = 1;
        }
        return sum;
    }

    private static void addToPair(Insn insn, int[] r, long value) {
        long sum = ((long) r[insn.ra] << 32 | r[insn.rd] & 0xFFFF_FFFFL) + value;
        r[insn.rd] = (int) sum;
        r[insn.ra] = (int) (sum >>> 32);
    }

    private static long products(int sub, int a, int b) {
        int other = (sub & 1) != 0 ? Integer.rotateRight(b, 16) : b;
        long low = (long) (short) a * (short) other;
        long high = (long) (a >> 16) * (other >> 16);
        return (sub & 2) != 0 ? low - high : low + high;
    }

    private static int dual(Registers s, Insn insn, int a, int b) {
        long sum = products(insn.sub, a, b) + (insn.ra == 15 ? 0 : s.r[insn.ra]);
        if (sum != (int) sum) {
            s.q = 1;
        }
        return (int) sum;
    }

    private static int mostSignificant(Insn insn, int a, int b, int addend) {
        long product = (long) a * b;
        long sum = ((long) addend << 32) + ((insn.sub & 2) != 0 ? -product : product);
        return (int) (sum + ((insn.sub & 1) != 0 ? 0x8000_0000L : 0) >>> 32);
    }

    private static int extend16(Insn insn, int a, int b, boolean signed) {
        int rotated = Integer.rotateRight(b, insn.imm);
        int low = signed ? (byte) rotated : rotated & 0xFF;
        int high = signed ? (byte) (rotated >> 16) : rotated >> 16 & 0xFF;
        return insn.rn == 15 ? halves(low, high) : halves(a + low, (a >> 16) + high);
    }

    private static int differences(int a, int b) {
        int sum = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            sum += Math.abs((a >>> shift & 0xFF) - (b >>> shift & 0xFF));
        }
        return sum;
    }

    /** Sums and differences of bytes or halfwords: wrapping, saturating or halving, signed or not (A5.3.13, A5.3.14). */
    private static int parallel(int sub, int a, int b, Registers s) {
        boolean unsigned = (sub & 0x40) != 0;
        int kind = sub >> 4 & 3; // 0 wraps and sets GE, 1 saturates, 2 halves
        int which = sub & 7; // 0 ADD8, 1 ADD16, 2 ASX, 4 SUB8, 5 SUB16, 6 SAX
        boolean bytes = (which & 3) == 0;
        int width = bytes ? 8 : 16;
        int result = 0;
        int ge = 0;
        for (int lane = 0; lane < 32; lane += width) {
            boolean crossed = which == 2 || which == 6;
            boolean subtract = crossed ? (lane == 0) == (which == 2) : which >= 4;
            int x = lane(a, lane, width, unsigned);
            int y = lane(b, crossed ? 16 - lane : lane, width, unsigned);
            int value = subtract ? x - y : x + y;
            boolean greaterOrEqual = unsigned && !subtract ? value >>> width != 0 : value >= 0;
            if (greaterOrEqual) {
                ge |= (bytes ? 1 : 3) << (lane >> 3);
            }
            if (kind == 1) {
                value = unsigned
                        ? Math.clamp(value, 0, (1 << width) - 1)
                        : Math.clamp(value, -1 << width - 1, (1 << width - 1) - 1);
            } else if (kind == 2) {
                value >>= 1;
            }
            result |= (value & (1 << width) - 1) << lane;
        }
        if (kind == 0) {
            s.ge = ge;
        }
        return result;
    }

    private static int lane(int value, int lane, int width, boolean unsigned) {
        int up = value << 32 - width - lane;
        return unsigned ? up >>> 32 - width : up >> 32 - width;
    }
}
