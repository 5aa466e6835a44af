package dev.updraft.rehearsal.device;

/** SHA-256's compression of one block (FIPS 180-4, 6.2.2), which the JDK only offers as part of a whole digest. */
final class Sha256Block {
    private static final int ROUNDS = 64;
    private static final int[] K = new int[ROUNDS];

    /** The state that every digest begins with: fractional parts of the square roots of the first primes. */
    static final int[] INITIAL = new int[8];

    static {
        int found = 0;
        for (int candidate = 2; found < ROUNDS; candidate++) {
            if (isPrime(candidate)) {
                K[found] = fraction(Math.cbrt(candidate), candidate, 3);
                if (found < INITIAL.length) {
                    INITIAL[found] = fraction(Math.sqrt(candidate), candidate, 2);
                }
                found++;
            }
        }
    }

    private Sha256Block() {}

    private static boolean isPrime(int n) {
        for (int i = 2; i * i <= n; i++) {
            if (n % i == 0) {
                return false;
            }
        }
        return true;
    }

    /** 32 bits behind the point of the root, exactly: the largest whole r with r^power <= n * 2^(32 * power). */
    private static int fraction(double root, int n, int power) {
        var goal = java.math.BigInteger.valueOf(n).shiftLeft(32 * power);
        var guess = new java.math.BigDecimal(root)
                .multiply(java.math.BigDecimal.valueOf(1L << 32))
                .toBigInteger()
                .subtract(java.math.BigInteger.valueOf(64));
        while (guess.add(java.math.BigInteger.ONE).pow(power).compareTo(goal) <= 0) {
            guess = guess.add(java.math.BigInteger.ONE);
        }
        return guess.intValue();
    }

    /**
     * @param state 8 words, changed
     * @param block 16 words, big-endian in the message
     */
    static void compress(int[] state, int[] block) {
        int[] w = new int[ROUNDS];
        System.arraycopy(block, 0, w, 0, 16);
        for (int i = 16; i < ROUNDS; i++) {
            int s0 = Integer.rotateRight(w[i - 15], 7) ^ Integer.rotateRight(w[i - 15], 18) ^ w[i - 15] >>> 3;
            int s1 = Integer.rotateRight(w[i - 2], 17) ^ Integer.rotateRight(w[i - 2], 19) ^ w[i - 2] >>> 10;
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        int a = state[0], b = state[1], c = state[2], d = state[3];
        int e = state[4], f = state[5], g = state[6], h = state[7];
        for (int i = 0; i < ROUNDS; i++) {
            int s1 = Integer.rotateRight(e, 6) ^ Integer.rotateRight(e, 11) ^ Integer.rotateRight(e, 25);
            int one = h + s1 + (e & f ^ ~e & g) + K[i] + w[i];
            int s0 = Integer.rotateRight(a, 2) ^ Integer.rotateRight(a, 13) ^ Integer.rotateRight(a, 22);
            int two = s0 + (a & b ^ a & c ^ b & c);
            h = g;
            g = f;
            f = e;
            e = d + one;
            d = c;
            c = b;
            b = a;
            a = one + two;
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }
}
