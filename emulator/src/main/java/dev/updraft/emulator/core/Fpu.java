package dev.updraft.emulator.core;

/**
 * The single-precision floating-point unit FPv4-SP (Armv7-M ARM A6.4, A7.5, B1.5.7 for lazy stacking). Rounding is to nearest; the
 * exception flags that are kept are invalid operation and division by zero.
 */
final class Fpu {
    private static final int FPCA = 4;
    private static final int INVALID = 1;
    private static final int DIVIDED_BY_ZERO = 2;
    private static final int DEFAULT_NAN_MODE = 1 << 25;
    private static final int FLAGS = 0xF000_0000;
    private static final int DEFAULT_NAN = 0x7FC0_0000;
    private static final int ASPEN = 1 << 31;
    private static final int LSPEN = 1 << 30;
    private static final int LSPACT = 1;
    /** S0 to S15, FPSCR, and a word that keeps the frame aligned. */
    static final int FRAME = 18 * 4;

    private final Registers s;
    private final DataPort port;
    private final Bus bus;

    /** S0 to S31. */
    final int[] registers = new int[32];

    int status;
    /** FPCCR. */
    int contextControl = ASPEN | LSPEN;
    /** FPCAR: where the state that was not stacked yet belongs. */
    int contextAddress;
    /** FPDSCR. */
    int defaultStatus;
    /** CPACR. */
    int access;

    Fpu(Registers s, DataPort port, Bus bus) {
        this.s = s;
        this.port = port;
        this.bus = bus;
    }

    void reset() {
        status = 0;
        contextControl = ASPEN | LSPEN;
        contextAddress = 0;
        defaultStatus = 0;
        access = 0;
    }

    int[] save() {
        int[] out = java.util.Arrays.copyOf(registers, 37);
        out[32] = status;
        out[33] = contextControl;
        out[34] = contextAddress;
        out[35] = defaultStatus;
        out[36] = access;
        return out;
    }

    void restore(int[] from) {
        System.arraycopy(from, 0, registers, 0, 32);
        status = from[32];
        contextControl = from[33];
        contextAddress = from[34];
        defaultStatus = from[35];
        access = from[36];
    }

    /** Exception entry: the state is stacked above the basic frame at once, or when it is first needed. */
    void stack(int address) {
        contextAddress = address;
        if ((contextControl & LSPEN) != 0) {
            contextControl |= LSPACT;
        } else {
            push();
        }
    }

    private void push() {
        for (int i = 0; i < 16; i++) {
            bus.write(contextAddress + 4 * i, 4, registers[i]);
        }
        bus.write(contextAddress + 64, 4, status);
    }

    /** Exception return with an extended frame. */
    void unstack(int address) {
        if ((contextControl & LSPACT) != 0) {
            contextControl &= ~LSPACT; // never stacked, still in the registers
            return;
        }
        for (int i = 0; i < 16; i++) {
            registers[i] = bus.read(address + 4 * i, 4);
        }
        status = bus.read(address + 64, 4);
    }

    void execute(Insn insn, int i) {
        int rights = access >>> 20 & 3;
        if (rights == 0 || rights == 1 && !s.privileged()) {
            throw Fault.usage(
                    Fault.NOCP,
                    "floating-point instruction at 0x" + Integer.toHexString(insn.pc) + " while CPACR forbids it");
        }
        if ((contextControl & LSPACT) != 0) {
            push();
            contextControl &= ~LSPACT;
        }
        if ((contextControl & ASPEN) != 0 && (s.control & FPCA) == 0) {
            status = defaultStatus;
            s.control |= FPCA;
        }
        int hw1 = insn.encoding >>> 16;
        int hw2 = insn.encoding & 0xFFFF;
        if ((hw1 & 0x1000) != 0) {
            throw Fault.unknown(insn);
        } else if ((hw1 & 0x200) == 0) {
            if ((hw1 & 0x1E0) == 0x040) {
                transferPair(hw1, hw2);
            } else {
                loadOrStore(insn, hw1, hw2, i);
            }
        } else if ((hw2 & 0x10) != 0) {
            transfer(insn, hw1, hw2);
        } else if ((hw2 & 0x100) != 0) {
            throw Fault.unknown(insn); // double precision
        } else {
            compute(insn, hw1, hw2);
        }
    }

    /** VMOV between two core registers and two singles or a double. */
    private void transferPair(int hw1, int hw2) {
        int first = (hw2 & 0x100) != 0 ? 2 * (hw2 >>> 1 & 16 | hw2 & 15) : (hw2 & 15) << 1 | hw2 >>> 5 & 1;
        int rt = hw2 >>> 12;
        int rt2 = hw1 & 15;
        if ((hw1 & 0x10) != 0) {
            s.r[rt] = registers[first & 31];
            s.r[rt2] = registers[first + 1 & 31];
        } else {
            registers[first & 31] = s.r[rt];
            registers[first + 1 & 31] = s.r[rt2];
        }
    }

    /** VLDR, VSTR, VLDM, VSTM, VPUSH, VPOP. */
    private void loadOrStore(Insn insn, int hw1, int hw2, int i) {
        boolean pairs = (hw2 & 0x100) != 0;
        boolean up = (hw1 & 0x80) != 0;
        boolean writeBack = (hw1 & 0x20) != 0;
        boolean single = (hw1 & 0x120) == 0x100;
        int d = hw1 >>> 6 & 1;
        int first = pairs ? 2 * (d << 4 | hw2 >>> 12) : hw2 >>> 12 << 1 | d;
        int words = single ? (pairs ? 2 : 1) : (hw2 & 0xFF) & (pairs ? ~1 : ~0);
        int offset = (hw2 & 0xFF) * 4;
        int rn = hw1 & 15;
        int base = rn == 15 ? insn.pc + 4 & ~3 : s.r[rn];
        int address = up ? (single ? base + offset : base) : base - offset;
        DataPort.requireWordAligned(address);
        if (first + words > 32) {
            throw Fault.unknown(insn);
        }
        if ((hw1 & 0x10) != 0) {
            int[] loaded = new int[words];
            for (int n = 0; n < words; n++) {
                loaded[n] = port.load32(address + 4 * n, i);
            }
            System.arraycopy(loaded, 0, registers, first, words);
        } else {
            for (int n = 0; n < words; n++) {
                port.store32(address + 4 * n, registers[first + n], i);
            }
        }
        if (writeBack) {
            s.r[rn] = up ? base + offset : base - offset;
        }
    }

    /** VMOV between a core register and a single or half a double; VMRS, VMSR. */
    private void transfer(Insn insn, int hw1, int hw2) {
        int rt = hw2 >>> 12;
        boolean toCore = (hw1 & 0x10) != 0;
        int opcode = hw1 >>> 5 & 7;
        if ((hw2 & 0x100) != 0) {
            int at = 2 * (hw2 >>> 3 & 16 | hw1 & 15) + (opcode & 1) & 31;
            move(rt, at, toCore);
        } else if (opcode == 0) {
            move(rt, (hw1 & 15) << 1 | hw2 >>> 7 & 1, toCore);
        } else if (opcode == 7 && (hw1 & 15) == 1) {
            if (!toCore) {
                status = s.r[rt];
            } else if (rt == 15) {
                int q = s.q;
                s.setNzcvq(status);
                s.q = q;
            } else {
                s.r[rt] = status;
            }
        } else {
            throw Fault.unknown(insn);
        }
    }

    private void move(int rt, int at, boolean toCore) {
        if (toCore) {
            s.r[rt] = registers[at];
        } else {
            registers[at] = s.r[rt];
        }
    }

    private void compute(Insn insn, int hw1, int hw2) {
        int d = hw2 >>> 12 << 1 | hw1 >>> 6 & 1;
        int n = registers[(hw1 & 15) << 1 | hw2 >>> 7 & 1];
        int m = registers[(hw2 & 15) << 1 | hw2 >>> 5 & 1];
        int sign = 0x8000_0000;
        int operation = hw1 >>> 5 & 4 | hw1 >>> 4 & 3;
        boolean other = (hw2 & 0x40) != 0;
        int sum = registers[d];
        registers[d] = switch (operation) {
            case 0 -> add(sum, other ? multiply(n, m) ^ sign : multiply(n, m));
            case 1 -> add(sum ^ sign, other ? multiply(n, m) ^ sign : multiply(n, m));
            case 2 -> other ? multiply(n, m) ^ sign : multiply(n, m);
            case 3 -> add(n, other ? m ^ sign : m);
            case 4 -> divide(n, m);
            case 5 -> fused(sum ^ sign, other ? n ^ sign : n, m);
            case 6 -> fused(sum, other ? n ^ sign : n, m);
            default -> other ? unary(insn, hw1 & 15, (hw2 & 0x80) != 0, m, d) : constant(hw1 & 15, hw2 & 15);
        };
    }

    /** VFPExpandImm (A6.4.1). */
    private static int constant(int high, int low) {
        int exponent = (high & 4) != 0 ? 0x7C : 0x80;
        return (high & 8) << 28 | (exponent | high & 3) << 23 | low << 19;
    }

    private int unary(Insn insn, int which, boolean second, int m, int d) {
        float value = Float.intBitsToFloat(m);
        return switch (which) {
            case 0 -> second ? m & 0x7FFF_FFFF : m;
            case 1 -> second ? squareRoot(m) : m ^ 0x8000_0000;
            case 4 -> compare(registers[d], m, second, d);
            case 5 -> compare(registers[d], 0, second, d);
            case 8 -> Float.floatToRawIntBits(second ? (float) m : (float) Integer.toUnsignedLong(m));
            case 12 -> toUnsigned(second ? value : (float) Math.rint(value));
            case 13 -> toSigned(second ? value : (float) Math.rint(value));
            case 10, 11, 14, 15 -> fixedPoint(insn, which);
            default -> throw Fault.unknown(insn);
        };
    }

    private int toSigned(float value) {
        if (Float.isNaN(value) || value >= 0x1p31f || value < -0x1p31f) {
            status |= INVALID;
        }
        return (int) value;
    }

    private int toUnsigned(float value) {
        if (Float.isNaN(value) || value >= 0x1p32f || value <= -1f) {
            status |= INVALID;
        }
        return (int) Math.clamp((long) value, 0, 0xFFFF_FFFFL);
    }

    /** VCVT between single and fixed point (A7.7.228): the operand is the destination. */
    private int fixedPoint(Insn insn, int which) {
        int hw2 = insn.encoding & 0xFFFF;
        boolean wide = (hw2 & 0x80) != 0;
        boolean unsigned = (which & 1) != 0;
        int d = hw2 >>> 12 << 1 | insn.encoding >>> 22 & 1;
        int fraction = (wide ? 32 : 16) - ((hw2 & 15) << 1 | hw2 >>> 5 & 1);
        int value = registers[d];
        if ((which & 4) == 0) {
            double number = wide
                    ? (unsigned ? Integer.toUnsignedLong(value) : value)
                    : (unsigned ? value & 0xFFFF : (short) value);
            return Float.floatToRawIntBits((float) Math.scalb(number, -fraction));
        }
        long scaled = (long) Math.scalb((double) Float.intBitsToFloat(value), fraction);
        int size = wide ? 32 : 16;
        long lowest = unsigned ? 0 : -1L << size - 1;
        long highest = unsigned ? (1L << size) - 1 : (1L << size - 1) - 1;
        long limited = Math.clamp(scaled, lowest, highest);
        if (limited != scaled || Float.isNaN(Float.intBitsToFloat(value))) {
            status |= INVALID;
        }
        return (int) limited;
    }

    private static boolean isNan(int bits) {
        return (bits & 0x7FFF_FFFF) > 0x7F80_0000;
    }

    private static boolean signals(int bits) {
        return isNan(bits) && (bits & 0x40_0000) == 0;
    }

    /** FPProcessNaNs (A2.5.3): signalling ones first. */
    private int nan(int first, int second) {
        int chosen = signals(first) ? first : signals(second) ? second : isNan(first) ? first : second;
        if (signals(chosen)) {
            status |= INVALID;
        }
        return (status & DEFAULT_NAN_MODE) != 0 ? DEFAULT_NAN : chosen | 0x40_0000;
    }

    private int result(float value) {
        if (Float.isNaN(value)) { // from operands that are none
            status |= INVALID;
            return DEFAULT_NAN;
        }
        return Float.floatToRawIntBits(value);
    }

    private int add(int a, int b) {
        return isNan(a) || isNan(b) ? nan(a, b) : result(Float.intBitsToFloat(a) + Float.intBitsToFloat(b));
    }

    private int multiply(int a, int b) {
        return isNan(a) || isNan(b) ? nan(a, b) : result(Float.intBitsToFloat(a) * Float.intBitsToFloat(b));
    }

    private int divide(int a, int b) {
        if (isNan(a) || isNan(b)) {
            return nan(a, b);
        }
        float divisor = Float.intBitsToFloat(b);
        float dividend = Float.intBitsToFloat(a);
        if (divisor == 0 && dividend != 0 && !Float.isInfinite(dividend)) {
            status |= DIVIDED_BY_ZERO;
        }
        return result(dividend / divisor);
    }

    private int fused(int sum, int a, int b) {
        if (isNan(sum) || isNan(a) || isNan(b)) {
            return signals(sum) || !signals(a) && !signals(b) && isNan(sum) ? nan(sum, sum) : nan(a, b);
        }
        return result(Math.fma(Float.intBitsToFloat(a), Float.intBitsToFloat(b), Float.intBitsToFloat(sum)));
    }

    private int squareRoot(int m) {
        return isNan(m) ? nan(m, m) : result((float) Math.sqrt(Float.intBitsToFloat(m)));
    }

    /** VCMP sets the flags in FPSCR; the destination keeps its value. */
    private int compare(int a, int b, boolean signalling, int d) {
        float x = Float.intBitsToFloat(a);
        float y = Float.intBitsToFloat(b);
        int flags;
        if (isNan(a) || isNan(b)) {
            flags = 0x3000_0000;
            if (signalling || signals(a) || signals(b)) {
                status |= INVALID;
            }
        } else {
            flags = x == y ? 0x6000_0000 : x < y ? 0x8000_0000 : 0x2000_0000;
        }
        status = status & ~FLAGS | flags;
        return registers[d];
    }
}
