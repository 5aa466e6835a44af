package dev.updraft.delta;

/** Writes nothing, and counts what it would cost. */
final class PriceCounter implements BitCoder {
    private static final float[] PRICE = new float[4097];

    static {
        for (int i = 0; i <= 4096; i++) {
            PRICE[i] = (float) (-Math.log((i + 0.5) / 4097) / Math.log(2));
        }
    }

    /** Bits so far. */
    double bits;

    @Override
    public int code(int probability, int bit) {
        bits += PRICE[(bit != 0 ? probability : 65536 - probability) >>> 4];
        return bit;
    }
}
