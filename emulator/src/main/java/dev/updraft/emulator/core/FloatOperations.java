package dev.updraft.emulator.core;

import dev.updraft.emulator.softfloat.FloatFormat;
import dev.updraft.emulator.softfloat.FloatMath;
import dev.updraft.emulator.softfloat.SoftFloat;

/**
 * Floating-point data processing (Armv7-M ARM A6.5, A7.7) in single and double precision, FPv4 and FPv5. Executed from the encoding;
 * the registers are S0 to S31, of which two make a D register.
 */
final class FloatOperations {
    private static final FloatFormat S = FloatFormat.SINGLE;
    private static final FloatFormat D = FloatFormat.DOUBLE;

    private final FloatMath math;
    private final Registers core;
    private final int[] registers;
    private final CpuModel model;

    FloatOperations(FloatMath math, Registers core, int[] registers, CpuModel model) {
        this.math = math;
        this.core = core;
        this.registers = registers;
        this.model = model;
    }

    /** Register by the four bits at {@code from} and the bit at {@code extra}. */
    private static int register(FloatFormat f, int encoding, int from, int extra) {
        int four = encoding >>> from & 15;
        int one = encoding >>> extra & 1;
        return f == S ? four << 1 | one : four << 1 | one << 5;
    }

    private static int destination(FloatFormat f, int encoding) {
        return register(f, encoding, 12, 22);
    }

    private static int first(FloatFormat f, int encoding) {
        return register(f, encoding, 16, 7);
    }

    private static int second(FloatFormat f, int encoding) {
        return register(f, encoding, 0, 5);
    }

    private long get(FloatFormat f, int register) {
        long low = registers[register] & 0xFFFF_FFFFL;
        return f == S ? low : low | (long) registers[register + 1] << 32;
    }

    private void set(FloatFormat f, int register, long value) {
        registers[register] = (int) value;
        if (f == D) {
            registers[register + 1] = (int) (value >>> 32);
        }
    }

    /** Returns false when there is no such instruction on this processor. */
    boolean execute(int encoding) {
        FloatFormat f = (encoding & 0x100) != 0 ? D : S;
        if (f == D && (!model.doublePrecision || (encoding & 0x40_0000) != 0 && !narrows(encoding))) {
            return false;
        }
        return (encoding & 1 << 28) != 0 ? model.version5 && version5(encoding, f) : arithmetic(encoding, f);
    }

    /** Whether a double gives a single or an integer, so that the destination is an S register. */
    private static boolean narrows(int encoding) {
        int which = encoding >>> 16 & 15;
        return (encoding & 0xB0_0040) == 0xB0_0040 && (which == 7 || which >= 12)
                || (encoding & 1 << 28) != 0 && which >= 12 && (encoding & 0xB0_0000) == 0xB0_0000;
    }

    private boolean arithmetic(int encoding, FloatFormat f) {
        int operation = encoding >>> 21 & 4 | encoding >>> 20 & 3;
        boolean other = (encoding & 0x40) != 0;
        if (operation == 7) {
            return other ? unary(encoding, f) : constant(encoding, f);
        }
        if (operation == 4 && other || f == D && !inRange(encoding)) {
            return false;
        }
        int d = destination(f, encoding);
        long sum = get(f, d);
        long n = get(f, first(f, encoding));
        long m = get(f, second(f, encoding));
        long sign = f.sign;
        set(
                f,
                d,
                switch (operation) {
                    case 0 -> math.add(f, sum, negated(math.multiply(f, n, m), other, f));
                    case 1 -> math.add(f, sum ^ sign, negated(math.multiply(f, n, m), other, f));
                    case 2 -> negated(math.multiply(f, n, m), other, f);
                    case 3 -> math.add(f, n, negated(m, other && !f.isNan(m), f));
                    case 4 -> math.divide(f, n, m);
                    case 5 -> math.fused(f, sum ^ sign, negated(n, other, f), m);
                    default -> math.fused(f, sum, negated(n, other, f), m);
                });
        return true;
    }

    /** There are sixteen D registers: the fifth bit of a number is 0. */
    private static boolean inRange(int encoding) {
        return (encoding & 0x40_00A0) == 0;
    }

    private static long negated(long value, boolean yes, FloatFormat f) {
        return yes ? value ^ f.sign : value;
    }

    /** VMOV with an immediate: VFPExpandImm (A6.4.1). */
    private boolean constant(int encoding, FloatFormat f) {
        int eight = encoding >>> 12 & 0xF0 | encoding & 15;
        long exponent = (eight & 0x40) != 0 ? f.bias - 3L : f.bias + 1L;
        long value = (exponent & ~3L | eight >>> 4 & 3) << f.fractionBits | (eight & 15L) << f.fractionBits - 4;
        set(f, destination(f, encoding), (eight & 0x80) != 0 ? value | f.sign : value);
        return true;
    }

    private boolean unary(int encoding, FloatFormat f) {
        int which = encoding >>> 16 & 15;
        boolean second = (encoding & 0x80) != 0;
        int d = destination(f, encoding);
        if (which == 8) {
            long value = registers[second(S, encoding)];
            set(f, d, math.fromInteger(f, second ? value : value & 0xFFFF_FFFFL, 0, math.roundingMode()));
            return true;
        }
        if (which == 2 || which == 3) {
            return half(encoding, f, which == 3, second);
        }
        if ((which & 10) == 10) {
            return which < 12 || which >= 14 ? fixed(encoding, f) : toInteger(encoding, f, second);
        }
        if (f == D && (encoding & 0x20) != 0) {
            return false;
        }
        long m = get(f, second(f, encoding));
        switch (which) {
            case 0 -> set(f, d, second ? m & ~f.sign : m);
            case 1 -> set(f, d, second ? math.squareRoot(f, m) : m ^ f.sign);
            case 4 -> math.compare(f, get(f, d), m, second);
            case 5 -> math.compare(f, get(f, d), 0, second);
            case 6, 7 -> {
                return which == 7 && second ? betweenPrecisions(encoding, f, m) : integral(f, d, m, which, second);
            }
            default -> {
                return toInteger(encoding, f, second);
            }
        }
        return true;
    }

    private boolean integral(FloatFormat f, int d, long m, int which, boolean second) {
        if (!model.version5) {
            return false;
        }
        int mode = which == 6 && second ? SoftFloat.TO_ZERO : math.roundingMode();
        set(f, d, math.roundToIntegral(f, m, mode, which == 7));
        return true;
    }

    private boolean betweenPrecisions(int encoding, FloatFormat f, long m) {
        FloatFormat to = f == S ? D : S;
        if (!model.doublePrecision || to == D && (encoding & 0x40_0000) != 0) {
            return false;
        }
        set(to, destination(to, encoding), math.convert(f, to, m));
        return true;
    }

    private boolean half(int encoding, FloatFormat f, boolean narrow, boolean top) {
        int shift = top ? 16 : 0;
        if (narrow) {
            int d = destination(S, encoding);
            long value = math.convert(f, FloatFormat.HALF, get(f, second(f, encoding)));
            registers[d] = registers[d] & ~(0xFFFF << shift) | (int) value << shift;
        } else {
            int value = registers[second(S, encoding)] >>> shift & 0xFFFF;
            set(f, destination(f, encoding), math.convert(FloatFormat.HALF, f, value));
        }
        return true;
    }

    private boolean toInteger(int encoding, FloatFormat f, boolean toZero) {
        boolean unsigned = (encoding & 1 << 16) == 0;
        int mode = toZero ? SoftFloat.TO_ZERO : math.roundingMode();
        registers[destination(S, encoding)] = math.toInteger(f, get(f, second(f, encoding)), 0, 32, unsigned, mode);
        return true;
    }

    /** VCVT between floating and fixed point: the operand is the destination. */
    private boolean fixed(int encoding, FloatFormat f) {
        boolean unsigned = (encoding & 1 << 16) != 0;
        int size = (encoding & 0x80) != 0 ? 32 : 16;
        int fraction = size - ((encoding & 15) << 1 | encoding >>> 5 & 1);
        int d = destination(f, encoding);
        if (fraction < 0) {
            return false;
        }
        if ((encoding & 1 << 18) != 0) {
            int value = math.toInteger(f, get(f, d), fraction, size, unsigned, SoftFloat.TO_ZERO);
            set(f, d, unsigned ? value & 0xFFFF_FFFFL : value);
        } else {
            int up = 32 - size;
            long value = unsigned ? (registers[d] << up & 0xFFFF_FFFFL) >>> up : registers[d] << up >> up;
            set(f, d, math.fromInteger(f, value, fraction, SoftFloat.NEAREST));
        }
        return true;
    }

    private boolean version5(int encoding, FloatFormat f) {
        int d = destination(f, encoding);
        long m = get(f, second(f, encoding));
        if ((encoding & 0x80_0000) == 0) { // VSEL
            if (f == D && !inRange(encoding) || (encoding & 0x40) != 0) {
                return false;
            }
            int condition = encoding >>> 20 & 3; // EQ, VS, GE, GT
            boolean holds = Interpreter.holds(core, condition == 1 ? 6 : condition == 0 ? 0 : condition * 2 + 6);
            set(f, d, holds ? get(f, first(f, encoding)) : m);
            return true;
        }
        if ((encoding & 0x30_0000) == 0) {
            if (f == D && !inRange(encoding)) {
                return false;
            }
            set(f, d, math.extreme(f, get(f, first(f, encoding)), m, (encoding & 0x40) == 0));
            return true;
        }
        int mode = new int[] {SoftFloat.AWAY, SoftFloat.NEAREST, 1, 2}[encoding >>> 16 & 3];
        if ((encoding & 0xBC_0040) == 0xB8_0040 && (encoding & 0x80) == 0) {
            set(f, d, math.roundToIntegral(f, m, mode, false));
            return true;
        }
        if ((encoding & 0xBC_0040) == 0xBC_0040) {
            registers[destination(S, encoding)] = math.toInteger(f, m, 0, 32, (encoding & 0x80) == 0, mode);
            return true;
        }
        return false;
    }
}
