package dev.updraft.emulator.softfloat;

import java.math.BigInteger;

/**
 * Floating-point arithmetic as the manual's pseudocode has it (Armv7-M ARM A2.5): every operation on exact numbers, rounded once, with
 * all rounding modes and cumulative flags of FPSCR. {@link FloatMath} does what is common faster.
 */
public class SoftFloat {
    public static final int INVALID = 1;
    public static final int DIVIDED_BY_ZERO = 2;
    private static final int OVERFLOW = 4;
    private static final int UNDERFLOW = 8;
    public static final int INEXACT = 16;
    private static final int INPUT_DENORMAL = 128;
    public static final int FLUSH_TO_ZERO = 1 << 24;
    private static final int DEFAULT_NAN = 1 << 25;
    private static final int ALTERNATIVE_HALF = 1 << 26;

    // FPSCR.RMode, and to nearest with ties away from zero, which only instructions name.
    public static final int NEAREST = 0;
    private static final int UP = 1;
    private static final int DOWN = 2;
    public static final int TO_ZERO = 3;
    public static final int AWAY = 4;

    /** FPSCR. */
    public int status;

    public int roundingMode() {
        return status >>> 22 & 3;
    }

    /** An operand; in flush-to-zero mode subnormal ones are 0. */
    public long operand(FloatFormat f, long bits) {
        if ((status & FLUSH_TO_ZERO) != 0 && f != FloatFormat.HALF && f.isSubnormal(bits)) {
            status |= INPUT_DENORMAL;
            return bits & f.sign;
        }
        return bits;
    }

    /** FPProcessNaN: an operand that is one, as a result. */
    public long nan(FloatFormat f, long bits) {
        if (f.signals(bits)) {
            status |= INVALID;
        }
        return (status & DEFAULT_NAN) != 0 ? f.defaultNan() : f.quieted(bits);
    }

    /** FPProcessNaNs: the first that signals, or the first. */
    private long nan(FloatFormat f, long a, long b) {
        return nan(f, f.signals(a) || !f.signals(b) && f.isNan(a) ? a : b);
    }

    private long invalid(FloatFormat f) {
        status |= INVALID;
        return f.defaultNan();
    }

    private static long signed(FloatFormat f, boolean negative, long magnitude) {
        return negative ? magnitude | f.sign : magnitude;
    }

    /** A finite number: {@code significand} times two to the {@code exponent}; zeros have a sign. */
    private record Exact(boolean negative, BigInteger significand, int exponent) {
        static Exact of(FloatFormat f, long bits) {
            return new Exact(f.negative(bits), BigInteger.valueOf(f.significand(bits)), f.exponent(bits));
        }

        Exact times(Exact other) {
            return new Exact(
                    negative != other.negative, significand.multiply(other.significand), exponent + other.exponent);
        }

        boolean isZero() {
            return significand.signum() == 0;
        }

        private BigInteger scaled(int to) {
            BigInteger shifted = significand.shiftLeft(exponent - to);
            return negative ? shifted.negate() : shifted;
        }
    }

    private long sum(FloatFormat f, Exact a, Exact b) {
        int exponent = Math.min(a.exponent, b.exponent);
        BigInteger sum = a.scaled(exponent).add(b.scaled(exponent));
        if (sum.signum() == 0) {
            boolean bothZero = a.isZero() && b.isZero() && a.negative == b.negative;
            return signed(f, bothZero ? a.negative : roundingMode() == DOWN, 0);
        }
        return round(f, sum.signum() < 0, sum.abs(), exponent, false);
    }

    public long add(FloatFormat f, long first, long second) {
        long a = operand(f, first);
        long b = operand(f, second);
        if (f.isNan(a) || f.isNan(b)) {
            return nan(f, a, b);
        }
        if (f.isInfinite(a) || f.isInfinite(b)) {
            return f.isInfinite(a) && f.isInfinite(b) && a != b ? invalid(f) : f.isInfinite(a) ? a : b;
        }
        return sum(f, Exact.of(f, a), Exact.of(f, b));
    }

    public long multiply(FloatFormat f, long first, long second) {
        long a = operand(f, first);
        long b = operand(f, second);
        if (f.isNan(a) || f.isNan(b)) {
            return nan(f, a, b);
        }
        if (f.isInfinite(a) || f.isInfinite(b)) {
            return f.isZero(a) || f.isZero(b) ? invalid(f) : signed(f, f.negative(a ^ b), f.infinity);
        }
        return round(f, Exact.of(f, a).times(Exact.of(f, b)));
    }

    /** FPMulAdd: addend + a * b, rounded once. */
    public long fused(FloatFormat f, long addend, long first, long second) {
        long c = operand(f, addend);
        long a = operand(f, first);
        long b = operand(f, second);
        boolean meaningless = f.isInfinite(a) && f.isZero(b) || f.isZero(a) && f.isInfinite(b);
        if (f.isNan(c) && !f.signals(c) && meaningless) {
            return invalid(f);
        }
        if (f.isNan(a) || f.isNan(b) || f.isNan(c)) {
            boolean product = f.signals(a) || f.signals(b);
            return f.signals(c) || f.isNan(c) && !product ? nan(f, c) : nan(f, a, b);
        }
        boolean infinite = f.isInfinite(a) || f.isInfinite(b);
        if (meaningless || infinite && f.isInfinite(c) && f.negative(a ^ b) != f.negative(c)) {
            return invalid(f);
        }
        if (infinite || f.isInfinite(c)) {
            return infinite ? signed(f, f.negative(a ^ b), f.infinity) : c;
        }
        return sum(f, Exact.of(f, c), Exact.of(f, a).times(Exact.of(f, b)));
    }

    public long divide(FloatFormat f, long first, long second) {
        long a = operand(f, first);
        long b = operand(f, second);
        if (f.isNan(a) || f.isNan(b)) {
            return nan(f, a, b);
        }
        if (f.isInfinite(a) && f.isInfinite(b) || f.isZero(a) && f.isZero(b)) {
            return invalid(f);
        }
        boolean negative = f.negative(a ^ b);
        if (f.isInfinite(a) || f.isZero(b)) {
            status |= f.isInfinite(a) ? 0 : DIVIDED_BY_ZERO;
            return signed(f, negative, f.infinity);
        }
        if (f.isInfinite(b) || f.isZero(a)) {
            return signed(f, negative, 0);
        }
        int extra = 2 * f.fractionBits + 4;
        BigInteger[] quotient = BigInteger.valueOf(f.significand(a))
                .shiftLeft(extra)
                .divideAndRemainder(BigInteger.valueOf(f.significand(b)));
        int exponent = f.exponent(a) - f.exponent(b) - extra;
        return round(f, negative, quotient[0], exponent, quotient[1].signum() != 0);
    }

    public long squareRoot(FloatFormat f, long value) {
        long a = operand(f, value);
        if (f.isNan(a)) {
            return nan(f, a);
        }
        if (f.isZero(a) || a == f.infinity) {
            return a;
        }
        if (f.negative(a)) {
            return invalid(f);
        }
        int exponent = f.exponent(a);
        int extra = 2 * f.fractionBits + 4 + (exponent & 1);
        BigInteger[] root =
                BigInteger.valueOf(f.significand(a)).shiftLeft(extra).sqrtAndRemainder();
        return round(f, false, root[0], (exponent - extra) / 2, root[1].signum() != 0);
    }

    private long round(FloatFormat f, Exact value) {
        return value.isZero()
                ? signed(f, value.negative, 0)
                : round(f, value.negative, value.significand, value.exponent, false);
    }

    private long round(FloatFormat f, boolean negative, BigInteger significand, int exponent, boolean more) {
        return round(f, negative, significand, exponent, more, roundingMode());
    }

    /** FPRound of a number that is not 0; {@code more}: there are further digits behind the significand. */
    private long round(FloatFormat f, boolean negative, BigInteger significand, int exponent, boolean more, int mode) {
        int magnitude = significand.bitLength() - 1 + exponent;
        int lowest = 1 - f.bias;
        boolean tiny = magnitude < lowest;
        if (tiny && f != FloatFormat.HALF && (status & FLUSH_TO_ZERO) != 0) {
            status |= UNDERFLOW;
            return signed(f, negative, 0);
        }
        int drop = Math.max(magnitude, lowest) - f.fractionBits - exponent;
        boolean inexact = more || drop > 0 && significand.getLowestSetBit() < drop;
        long kept = roundOff(significand, drop, more, negative, mode).longValueExact();
        long power = tiny ? 0 : magnitude + f.bias - 1;
        long result = magnitude > f.bias + 1 ? Long.MAX_VALUE : kept + (power << f.fractionBits);
        if (f == FloatFormat.HALF && (status & ALTERNATIVE_HALF) != 0) {
            if (result > 0x7FFF) { // no infinity there
                status |= INVALID;
                return signed(f, negative, 0x7FFF);
            }
        } else if (result >= f.infinity) {
            status |= OVERFLOW | INEXACT;
            boolean toInfinity = mode == NEAREST || mode == AWAY || mode == (negative ? DOWN : UP);
            return signed(f, negative, toInfinity ? f.infinity : f.infinity - 1);
        }
        if (inexact) {
            status |= INEXACT | (tiny ? UNDERFLOW : 0);
        }
        return signed(f, negative, result);
    }

    /** A magnitude without its lowest {@code drop} bits (added, when negative), rounded. */
    private static BigInteger roundOff(BigInteger magnitude, int drop, boolean more, boolean negative, int mode) {
        if (drop <= 0) {
            return magnitude.shiftLeft(-drop);
        }
        BigInteger kept = magnitude.shiftRight(drop);
        int lowest = magnitude.getLowestSetBit();
        if (!more && (lowest < 0 || lowest >= drop)) {
            return kept;
        }
        boolean half = magnitude.testBit(drop - 1);
        boolean beyondHalf = half && (more || lowest < drop - 1);
        boolean up = switch (mode) {
            case NEAREST -> beyondHalf || half && kept.testBit(0);
            case AWAY -> half;
            case UP -> !negative;
            case DOWN -> negative;
            default -> false;
        };
        return up ? kept.add(BigInteger.ONE) : kept;
    }

    /** FixedToFP: an integer with so many fraction bits. */
    public long fromInteger(FloatFormat f, long value, int fraction, int mode) {
        return value == 0 ? 0 : round(f, value < 0, BigInteger.valueOf(value).abs(), -fraction, false, mode);
    }

    /** FPToFixed: with so many fraction bits, in so many bits. */
    public int toInteger(FloatFormat f, long value, int fraction, int size, boolean unsigned, int mode) {
        long a = operand(f, value);
        if (f.isNan(a)) {
            status |= INVALID;
            return 0;
        }
        boolean negative = f.negative(a);
        long lowest = unsigned ? 0 : -1L << size - 1;
        long highest = unsigned ? (1L << size) - 1 : (1L << size - 1) - 1;
        int exponent = f.exponent(a) + fraction;
        if (f.isInfinite(a) || !f.isZero(a) && exponent + f.fractionBits > 64) {
            status |= INVALID;
            return (int) (negative ? lowest : highest);
        }
        BigInteger magnitude = BigInteger.valueOf(f.significand(a));
        BigInteger rounded = roundOff(magnitude, -exponent, false, negative, mode);
        BigInteger integer = negative ? rounded.negate() : rounded;
        long limited = integer.min(BigInteger.valueOf(highest))
                .max(BigInteger.valueOf(lowest))
                .longValueExact();
        if (!integer.equals(BigInteger.valueOf(limited))) {
            status |= INVALID;
        } else if (!rounded.shiftLeft(Math.max(0, -exponent)).equals(magnitude.shiftLeft(Math.max(0, exponent)))) {
            status |= INEXACT;
        }
        return (int) limited;
    }

    /** FPRoundInt; {@code exact}: says when that changed the number. */
    public long roundToIntegral(FloatFormat f, long value, int mode, boolean exact) {
        long a = operand(f, value);
        if (f.isNan(a)) {
            return nan(f, a);
        }
        int exponent = f.exponent(a);
        if (f.isInfinite(a) || f.isZero(a) || exponent >= 0) {
            return a;
        }
        boolean negative = f.negative(a);
        BigInteger rounded = roundOff(BigInteger.valueOf(f.significand(a)), -exponent, false, negative, mode);
        long result = rounded.signum() == 0
                ? signed(f, negative, 0)
                : round(f, negative, rounded, 0, false, NEAREST); // exact
        if (exact && result != a) {
            status |= INEXACT;
        }
        return result;
    }

    /** FPSingleToHalf, FPHalfToSingle, FPSingleToDouble, FPDoubleToSingle. */
    public long convert(FloatFormat from, FloatFormat to, long value) {
        long a = operand(from, value);
        boolean negative = from.negative(a);
        boolean alternative = (status & ALTERNATIVE_HALF) != 0;
        boolean special = from.magnitude(a) >= from.infinity && !(from == FloatFormat.HALF && alternative);
        if (special && to == FloatFormat.HALF && alternative) {
            status |= INVALID;
            return signed(to, negative, from.isNan(a) ? 0 : 0x7FFF);
        }
        if (special && from.isNan(a)) {
            long quiet = nan(from, a);
            long payload = from.magnitude(quiet) & (1L << from.fractionBits) - 1;
            int shift = to.fractionBits - from.fractionBits;
            return signed(to, from.negative(quiet), to.infinity | (shift >= 0 ? payload << shift : payload >>> -shift));
        }
        if (special) {
            return signed(to, negative, to.infinity);
        }
        return round(to, Exact.of(from, a));
    }

    /** FPMaxNum and FPMinNum: a number wins against a quiet NaN. */
    public long extreme(FloatFormat f, long first, long second, boolean max) {
        long a = operand(f, first);
        long b = operand(f, second);
        if (f.isNan(a) || f.isNan(b)) {
            boolean quiet = !f.signals(a) && !f.signals(b);
            return quiet && f.isNan(a) != f.isNan(b) ? f.isNan(a) ? b : a : nan(f, a, b);
        }
        if (f.isZero(a) && f.isZero(b)) {
            return max ? a & b : a | b;
        }
        return compareNumbers(f, a, b) > 0 == max ? a : b;
    }

    private static int compareNumbers(FloatFormat f, long a, long b) {
        return Long.compare(
                f.negative(a) ? -f.magnitude(a) : f.magnitude(a), f.negative(b) ? -f.magnitude(b) : f.magnitude(b));
    }

    /** FPCompare: N, Z, C and V of FPSCR. */
    public void compare(FloatFormat f, long first, long second, boolean signalling) {
        long a = operand(f, first);
        long b = operand(f, second);
        int flags;
        if (f.isNan(a) || f.isNan(b)) {
            flags = 0x3000_0000;
            if (signalling || f.signals(a) || f.signals(b)) {
                status |= INVALID;
            }
        } else {
            int order = compareNumbers(f, a, b);
            flags = order == 0 ? 0x6000_0000 : order < 0 ? 0x8000_0000 : 0x2000_0000;
        }
        status = status & 0x0FFF_FFFF | flags;
    }
}
