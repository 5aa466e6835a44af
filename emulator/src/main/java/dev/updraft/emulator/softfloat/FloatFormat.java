package dev.updraft.emulator.softfloat;

/** A binary floating-point format (Armv7-M ARM A2.5.1); values are their bits, right-aligned in a long. */
public enum FloatFormat {
    HALF(16, 10),
    SINGLE(32, 23),
    DOUBLE(64, 52);

    public final int width;
    public final int fractionBits;
    /** What is added to an exponent; also the largest exponent. */
    public final int bias;
    /** Positive infinity: everything above is NaN. */
    public final long infinity;

    public final long sign;

    FloatFormat(int width, int fractionBits) {
        this.width = width;
        this.fractionBits = fractionBits;
        bias = (1 << width - fractionBits - 2) - 1;
        infinity = (2L * bias + 1) << fractionBits;
        sign = 1L << width - 1;
    }

    public long magnitude(long bits) {
        return bits & sign - 1;
    }

    public boolean negative(long bits) {
        return (bits & sign) != 0;
    }

    public boolean isNan(long bits) {
        return magnitude(bits) > infinity;
    }

    public boolean isInfinite(long bits) {
        return magnitude(bits) == infinity;
    }

    public boolean isZero(long bits) {
        return magnitude(bits) == 0;
    }

    public boolean isSubnormal(long bits) {
        return magnitude(bits) != 0 && magnitude(bits) >>> fractionBits == 0;
    }

    private long quiet() {
        return 1L << fractionBits - 1;
    }

    public boolean signals(long bits) {
        return isNan(bits) && (bits & quiet()) == 0;
    }

    public long quieted(long bits) {
        return bits | quiet();
    }

    public long defaultNan() {
        return infinity | quiet();
    }

    /** The significand of a finite number as an integer. */
    public long significand(long bits) {
        long fraction = bits & (1L << fractionBits) - 1;
        return magnitude(bits) >>> fractionBits == 0 ? fraction : fraction | 1L << fractionBits;
    }

    /** Such that the number is its significand times two to this power. */
    public int exponent(long bits) {
        return (int) Math.max(1, magnitude(bits) >>> fractionBits) - bias - fractionBits;
    }
}
