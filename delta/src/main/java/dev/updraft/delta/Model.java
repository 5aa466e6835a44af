package dev.updraft.delta;

import java.util.Arrays;

/** The adaptive probabilities of one frame, and what it remembers of calls and corrections. */
final class Model {
    /** How far a probability goes towards what happened, of 65536, by how often it was asked before: 1 / (n + 1.6). */
    static int rate(int asked) {
        return 655_360 / (10 * asked + 16);
    }

    // Where each decision's counters are
    static final int OPERATION_BY_HISTORY = 0;
    static final int OPERATION_BY_CODE = 64;
    static final int OPERATION_BY_COPY = 192;
    static final int CALL_BY_HISTORY = 224;
    static final int CALL_BY_CODE = 240;
    static final int CALL_BY_LAST = 304;
    static final int MISS_BY_TYPE = 336;
    static final int MISS_BY_RUN = 432;
    static final int MISS_BY_CODE = 496;
    static final int END_BY_TYPE = 560;
    static final int END_BY_LENGTH = 624;
    static final int END_BY_CODE = 640;
    static final int FIX = 704;
    static final int CALL_KNOWN = FIX + 25;
    static final int SOURCE = 736;
    static final int NUMBERS = 784;
    static final int NUMBER = 66;
    static final int NUMBER_KINDS = 3;
    static final int CALL_TARGET = NUMBERS + NUMBER_KINDS * NUMBER;
    static final int CALL_PLACE = CALL_TARGET + 64;

    // What numbers are of. The map's are read before the frame's, which start anew.
    static final int GAP = 0;
    static final int SHIFT = 1;
    static final int OLD_SOURCE = 0;
    static final int NEW_SOURCE = 1;
    static final int CORRECTION = 2;

    // Which weights mix a decision
    static final int MIX_OPERATION = 0;
    static final int MIX_SOURCE = 1;
    static final int MIX_CALL = 2;
    static final int MIX_MISS = 3;
    static final int MIX_END = 7;
    static final int MIXES = 8;
    static final int RUNS = 24;
    static final int LITERAL_SETS = 7;

    private final BitCoder coder;
    private final RamClass ram;
    private final short[] counters;
    private final int[] runs = new int[RUNS];
    private final short[] weights = new short[MIXES * 3];
    private final byte[] histories;
    private final short[] historyWeights;
    private final int[] cacheFrom;
    private final int[] cacheTo;
    private final int[] calls;
    private final int[] input = new int[3];
    private final int[] place = new int[3];
    /** What the next byte of new code is predicted by. */
    final int[] context = new int[3];

    Model(BitCoder coder, RamClass ram) {
        this.coder = coder;
        this.ram = ram;
        counters = new short[CALL_PLACE + (1 << ram.callBits)];
        histories = new byte[ram.literalInputs * ram.literalSlots * 16];
        historyWeights = new short[LITERAL_SETS * 2 * 4 * ram.literalInputs];
        cacheFrom = new int[1 << ram.cacheBits];
        cacheTo = new int[1 << ram.cacheBits];
        calls = new int[1 << ram.callBits];
        reset();
    }

    void reset() {
        Arrays.fill(counters, (short) 0x8000);
        Arrays.fill(counters, MISS_BY_TYPE, END_BY_TYPE, (short) 0x1000);
        Arrays.fill(runs, 0x0400_0000);
        Arrays.fill(weights, (short) (8192 * 4 / 10));
        Arrays.fill(histories, (byte) 0);
        Arrays.fill(historyWeights, (short) (ram.literalInputs == 2 ? 8192 / 2 : 8192 * 2 / 5));
        Arrays.fill(cacheFrom, 0);
        Arrays.fill(cacheTo, 0);
        Arrays.fill(calls, 0);
    }

    // Single decisions

    int bit(int index, int bit) {
        int result = coder.code(probability(index), bit);
        learn(index, result);
        return result;
    }

    /** Of 65536; never certain. */
    private int probability(int index) {
        return Math.max(1, (counters[index] & 0xFFFF) >>> 4) << 4;
    }

    /** 12 bits of probability, 4 of how often it was asked. */
    private void learn(int index, int bit) {
        int state = counters[index] & 0xFFFF;
        int p = state >>> 4;
        int n = state & 15;
        p += ((bit << 12) - bit - p) * rate(n) >> 16;
        counters[index] = (short) (p << 4 | Math.min(15, n + 1));
    }

    /** Whether a whole run is as predicted: next to certain, so with 22 bits of probability and 10 of count. */
    int run(int index, int bit) {
        int state = runs[index];
        int p = state >>> 10;
        int n = state & 1023;
        int result = coder.code(Math.max(1, p >>> 6), bit);
        p += ((result << 22) - result - p >> 7) * rate(n) >> 9;
        runs[index] = p << 10 | Math.min(250, n + 1);
        return result;
    }

    /** Three predictions, mixed. */
    int mixed(int mix, int a, int b, int c, int bit) {
        int w = mix * 3;
        int sa = Logistic.stretch(probability(a));
        int sb = Logistic.stretch(probability(b));
        int sc = Logistic.stretch(probability(c));
        int p = Logistic.squash(weights[w] * sa + weights[w + 1] * sb + weights[w + 2] * sc >> 13);
        int result = coder.code(p, bit);
        int error = (result << 16) - p;
        learn(weights, w, sa, error);
        learn(weights, w + 1, sb, error);
        learn(weights, w + 2, sc, error);
        learn(a, result);
        learn(b, result);
        learn(c, result);
        return result;
    }

    private static void learn(short[] weights, int index, int input, int error) {
        int weight = weights[index] + (input * error + 0x8000 >> 16);
        weights[index] = (short) Math.max(-32768, Math.min(32767, weight));
    }

    // Numbers

    /** A number from 0 to 2^30: how many bits it has, then the bits. */
    int number(int kind, int value) {
        int base = NUMBERS + kind * NUMBER;
        int bits = 31 - Integer.numberOfLeadingZeros(value + 1);
        int n = 0;
        while (n < 30 && bit(base + n, n < bits ? 1 : 0) != 0) {
            n++;
        }
        int result = 1;
        for (int i = n - 1; i >= 0; i--) {
            int next = value + 1 >>> i & 1;
            if (i == n - 1) {
                next = bit(base + 32 + n, next);
            } else if (i < 2) {
                next = bit(base + 64 + i, next);
            } else {
                next = coder.code(32768, next);
            }
            result = result << 1 | next;
        }
        return result - 1;
    }

    int signed(int kind, int value) {
        int folded = number(kind, value << 1 ^ value >> 31);
        return folded >>> 1 ^ -(folded & 1);
    }

    private int tree(int at, int bits, int value) {
        int node = 1;
        for (int i = bits - 1; i >= 0; i--) {
            node = node << 1 | bit(at + node, value >>> i & 1);
        }
        return node - (1 << bits);
    }

    private int plain(int bits, int value) {
        int result = 0;
        for (int i = bits - 1; i >= 0; i--) {
            result = result << 1 | coder.code(32768, value >>> i & 1);
        }
        return result;
    }

    // New code

    /** The sixteen histories of a context: found again by the check in their first byte, or the less used of two made new. */
    private int slots(int k, int salt) {
        int hash = (context[k] + salt * 0x1003F) * 0x2C1B3C6D;
        hash = (hash ^ hash >>> 15) * 0x9E3779B1;
        int slot = (hash >>> 16) * ram.literalSlots >>> 16;
        byte check = (byte) (hash >>> 4 | 1);
        int first = k * ram.literalSlots + slot << 4;
        int second = k * ram.literalSlots + (slot ^ 1) << 4;
        if (histories[first] == check) {
            return first;
        }
        if (histories[second] == check) {
            return second;
        }
        int at = (histories[first + 1] & 0xFF) <= (histories[second + 1] & 0xFF) ? first : second;
        Arrays.fill(histories, at, at + 16, (byte) 0);
        histories[at] = check;
        return at;
    }

    /** One byte of new code, under the contexts in {@link #context}. */
    int literal(int set, int value) {
        int high = nibble(set * 2, 0, value >>> 4);
        int low = nibble(set * 2 + 1, high + 1, value & 15);
        return high << 4 | low;
    }

    private int nibble(int set, int salt, int value) {
        int inputs = ram.literalInputs;
        for (int k = 0; k < inputs; k++) {
            place[k] = slots(k, salt);
        }
        int node = 1;
        for (int i = 3; i >= 0; i--) {
            int w = (set * 4 + i) * inputs;
            int dot = 0;
            for (int k = 0; k < inputs; k++) {
                input[k] = History.STRETCHED[histories[place[k] + node] & 0xFF];
                dot += historyWeights[w + k] * input[k];
            }
            int p = Logistic.squash(dot >> 13);
            int bit = coder.code(p, value >>> i & 1);
            int error = (bit << 16) - p;
            for (int k = 0; k < inputs; k++) {
                learn(historyWeights, w + k, input[k], error);
                int at = place[k] + node;
                histories[at] = History.NEXT[(histories[at] & 0xFF) * 2 + bit];
            }
            node = node << 1 | bit;
        }
        return node & 15;
    }

    // What was corrected, and what was called

    private int cacheSlot(int target) {
        return target * 0x9E3779B1 >>> 32 - ram.cacheBits;
    }

    boolean corrected(int target) {
        return cacheFrom[cacheSlot(target)] == target;
    }

    int correction(int target) {
        return cacheTo[cacheSlot(target)];
    }

    void correct(int target, int to) {
        cacheFrom[cacheSlot(target)] = target;
        cacheTo[cacheSlot(target)] = to;
    }

    /** Where a target is among those called last; -1 when it is not. */
    int called(int target) {
        for (int i = 0; i < calls.length; i++) {
            if (calls[i] == target) {
                return i;
            }
        }
        return -1;
    }

    /** What is called: by its place among the last ones, or by its offset in halfwords. */
    int call(int offset, int offsetBits, int place, int base) {
        int to;
        int from = place;
        if (bit(CALL_KNOWN, place >= 0 ? 1 : 0) != 0) {
            from = tree(CALL_PLACE, ram.callBits, place);
            to = calls[from];
        } else {
            int top = Math.min(6, offsetBits);
            int high = tree(CALL_TARGET, top, offset >>> offsetBits - top);
            to = base + ((high << offsetBits - top | plain(offsetBits - top, offset)) << 1);
            from = calls.length - 1;
        }
        System.arraycopy(calls, 0, calls, 1, from);
        calls[0] = to;
        return to;
    }
}
