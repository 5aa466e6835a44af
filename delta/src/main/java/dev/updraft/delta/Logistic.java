package dev.updraft.delta;

/** ln(p / (1 - p)) and back, in integers: probabilities of 65536, logarithms of 256. */
final class Logistic {
    private static final int[] LOGARITHM = new int[64];
    private static final int[] SQUASHED = new int[46];
    /** Beyond this a probability does not change any more. */
    static final int LIMIT = 2815;

    static {
        for (int i = 0; i < 64; i++) {
            LOGARITHM[i] = (int) StrictMath.round(256 * StrictMath.log(1 + i / 64.0));
        }
        for (int i = 0; i < 46; i++) {
            SQUASHED[i] = (int) Math.min(65535, StrictMath.round(65536 / (1 + StrictMath.exp(-i / 4.0))));
        }
    }

    private Logistic() {}

    static int logarithm(int value) {
        int top = 31 - Integer.numberOfLeadingZeros(value);
        return (top * 45426 >> 8) + LOGARITHM[value << 15 - top >> 9 & 63];
    }

    static int squashed(int index) {
        return SQUASHED[index];
    }

    static int stretch(int probability) {
        return logarithm(probability) - logarithm(65536 - probability);
    }

    static int squash(int value) {
        int size = Math.min(Math.abs(value), LIMIT);
        int from = SQUASHED[size >> 6];
        int probability = from + ((SQUASHED[(size >> 6) + 1] - from) * (size & 63) >> 6);
        return value >= 0 ? probability : 65536 - probability;
    }
}
