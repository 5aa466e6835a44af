package dev.updraft.emulator.flash;

/** Chance that is the same each time: a hash of what it is drawn for (the finaliser of SplitMix64). */
final class SeededRandom {
    private SeededRandom() {}

    static long of(long a, long b, long c) {
        return mix(mix(mix(a + 0x9E3779B97F4A7C15L) ^ b) + c);
    }

    private static long mix(long z) {
        long x = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        return x ^ x >>> 31;
    }
}
