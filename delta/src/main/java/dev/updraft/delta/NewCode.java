package dev.updraft.delta;

import java.util.Arrays;

/** One halfword that is not copied: the byte that names the operation first, then the other one, each under a few contexts. */
final class NewCode {
    /** How much is known of the halfword: nothing; what stands where a copy ended lately; just ended; in a copy that goes on. */
    static final int NO_HINT = 0;

    static final int OLD_HINT = 1;
    static final int FRESH_HINT = 2;
    static final int IN_COPY = 3;

    private static final int DIFFERENCES = 6;

    private final Model model;
    private final int[] lastDifference = new int[32];

    NewCode(Model model) {
        this.model = model;
    }

    void reset() {
        Arrays.fill(lastDifference, 0);
    }

    /**
     * Codes a halfword.
     *
     * @param before the halfword before it
     * @param align address of the halfword modulo 4
     * @param hint what it may be
     * @param hinted how much the hint is worth
     */
    int code(int value, int before, int align, int hint, int hinted) {
        int[] c = model.context;
        int operation = before >>> 8 << 8;
        int set = Math.min(FRESH_HINT, hinted);
        c[0] = hinted == NO_HINT ? 1 << 26 | operation : 2 << 26 | hinted << 18 | hint >>> 8 << 8;
        c[1] = 3 << 26 | operation | (hinted >= FRESH_HINT ? 1 << 22 : 0);
        c[2] = 4 << 26 | before << 8;
        int high = model.literal(set, value >>> 8);
        boolean as = high == hint >>> 8;
        if (hinted == IN_COPY && as) {
            return high << 8 | difference(value, hint);
        }
        c[0] = hinted == NO_HINT
                ? 5 << 26 | align << 16 | high << 8
                : 6 << 26 | (as ? high >>> 3 << 20 | 1 << 16 : 0) | hinted << 18 | (hint & 0xFF) << 8;
        c[1] = 7 << 26 | high << 8;
        c[2] = 8 << 26 ^ before * 0x31500 ^ high << 8;
        return high << 8 | model.literal(3 + set, value & 0xFF);
    }

    /** The same operation with another operand: an offset that moved as others of its kind did. */
    private int difference(int value, int hint) {
        int high = hint >>> 8;
        int last = lastDifference[high >>> 3];
        int[] c = model.context;
        c[0] = 9 << 26 | last << 8;
        c[1] = 10 << 26 | hint << 8;
        c[2] = 11 << 26 | last << 16 | high << 8;
        int difference = model.literal(DIFFERENCES, value - hint & 0xFF);
        if (difference != 0) {
            lastDifference[high >>> 3] = difference;
        }
        return hint + difference & 0xFF;
    }
}
