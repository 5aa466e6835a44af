package dev.updraft.emulator.softfloat;

/**
 * {@link SoftFloat}, with a short way for what programs do nearly always: round to nearest, no flushing to zero, a result that is
 * neither tiny nor special. There the JVM's arithmetic gives the same bits, and only the inexact flag is left to find out.
 */
public final class FloatMath extends SoftFloat {
    private static final int MODES = FLUSH_TO_ZERO | 3 << 22;
    private static final double TINY = 0x1p-900;

    /** Whether a result is far from where rounding differs. */
    private static boolean plain(float value) {
        float size = Math.abs(value);
        return size > 2 * Float.MIN_NORMAL && size <= Float.MAX_VALUE;
    }

    private static boolean plain(double value) {
        double size = Math.abs(value);
        return size > TINY && size <= Double.MAX_VALUE;
    }

    private boolean modesAllow() {
        return (status & MODES) == 0;
    }

    private boolean knownInexact() {
        return (status & INEXACT) != 0;
    }

    private long inexactUnless(boolean exact, long result) {
        if (!exact) {
            status |= INEXACT;
        }
        return result;
    }

    private long inexactUnless(boolean exact, float result) {
        return inexactUnless(exact, Float.floatToRawIntBits(result) & 0xFFFF_FFFFL);
    }

    private long inexactUnless(boolean exact, double result) {
        return inexactUnless(exact, Double.doubleToRawLongBits(result));
    }

    /** Whether {@code sum}, which is a + b rounded, is exact (Knuth's TwoSum). */
    private static boolean sumIsExact(double a, double b, double sum) {
        double back = sum - a;
        return a - (sum - back) + (b - back) == 0;
    }

    @Override
    public long add(FloatFormat f, long a, long b) {
        if (modesAllow()) {
            if (f == FloatFormat.SINGLE) {
                float x = Float.intBitsToFloat((int) a);
                float y = Float.intBitsToFloat((int) b);
                float sum = x + y;
                if (plain(sum)) {
                    double wide = (double) x + y;
                    return inexactUnless(knownInexact() || wide == sum && sumIsExact(x, y, wide), sum);
                }
            } else {
                double x = Double.longBitsToDouble(a);
                double y = Double.longBitsToDouble(b);
                double sum = x + y;
                if (plain(sum)) {
                    return inexactUnless(knownInexact() || sumIsExact(x, y, sum), sum);
                }
            }
        }
        return super.add(f, a, b);
    }

    @Override
    public long multiply(FloatFormat f, long a, long b) {
        if (modesAllow()) {
            if (f == FloatFormat.SINGLE) {
                double product = (double) Float.intBitsToFloat((int) a) * Float.intBitsToFloat((int) b);
                float result = (float) product;
                if (plain(result)) {
                    return inexactUnless(result == product, result);
                }
            } else {
                double x = Double.longBitsToDouble(a);
                double y = Double.longBitsToDouble(b);
                double product = x * y;
                if (plain(product)) {
                    return inexactUnless(knownInexact() || Math.fma(x, y, -product) == 0, product);
                }
            }
        }
        return super.multiply(f, a, b);
    }

    @Override
    public long divide(FloatFormat f, long a, long b) {
        if (modesAllow()) {
            if (f == FloatFormat.SINGLE) {
                float x = Float.intBitsToFloat((int) a);
                float y = Float.intBitsToFloat((int) b);
                float quotient = x / y;
                if (plain(quotient) && y != 0 && !Float.isInfinite(x)) {
                    return inexactUnless((double) quotient * y == x, quotient);
                }
            } else {
                double x = Double.longBitsToDouble(a);
                double y = Double.longBitsToDouble(b);
                double quotient = x / y;
                if (plain(quotient) && plain(x) && plain(y)) {
                    return inexactUnless(knownInexact() || Math.fma(-quotient, y, x) == 0, quotient);
                }
            }
        }
        return super.divide(f, a, b);
    }

    @Override
    public long squareRoot(FloatFormat f, long a) {
        if (modesAllow()) {
            if (f == FloatFormat.SINGLE) {
                float x = Float.intBitsToFloat((int) a);
                float root = (float) Math.sqrt(x);
                if (plain(root)) {
                    return inexactUnless((double) root * root == x, root);
                }
            } else {
                double x = Double.longBitsToDouble(a);
                double root = Math.sqrt(x);
                if (plain(root) && plain(x)) {
                    return inexactUnless(knownInexact() || Math.fma(-root, root, x) == 0, root);
                }
            }
        }
        return super.squareRoot(f, a);
    }

    @Override
    public long fused(FloatFormat f, long addend, long a, long b) {
        if (modesAllow() && f == FloatFormat.SINGLE) {
            float c = Float.intBitsToFloat((int) addend);
            float x = Float.intBitsToFloat((int) a);
            float y = Float.intBitsToFloat((int) b);
            float result = Math.fma(x, y, c);
            if (plain(result)) {
                double product = (double) x * y;
                double sum = product + c;
                return inexactUnless(knownInexact() || sum == result && sumIsExact(product, c, sum), result);
            }
        } else if (modesAllow() && knownInexact()) {
            double result =
                    Math.fma(Double.longBitsToDouble(a), Double.longBitsToDouble(b), Double.longBitsToDouble(addend));
            if (plain(result)) {
                return Double.doubleToRawLongBits(result);
            }
        }
        return super.fused(f, addend, a, b);
    }
}
