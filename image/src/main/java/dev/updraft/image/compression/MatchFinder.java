package dev.updraft.image.compression;

import java.util.Arrays;

/** Finds the longest earlier run that equals what comes next; chains of positions with the same two bytes. */
final class MatchFinder {
    /** Two literals take 18 bits, and most references less. */
    private static final int SHORTEST = 2;

    private static final int PAIRS = 1 << 16;

    private final byte[] bytes;
    private final int window;
    private final int longest;
    private final int[] newest = new int[PAIRS];
    private final int[] previous;
    private int distance;
    private int count;

    MatchFinder(byte[] bytes, int window, int longest) {
        this.bytes = bytes;
        this.window = window;
        this.longest = longest;
        this.previous = new int[window];
        Arrays.fill(newest, -1);
    }

    /** Looks at each position once, in order. */
    void find(int at) {
        distance = 0;
        count = 0;
        if (at + SHORTEST > bytes.length) {
            return;
        }
        int pair = (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
        int limit = Math.min(longest, bytes.length - at);
        for (int from = newest[pair]; from >= 0 && at - from <= window; from = older(from)) {
            int equal = equalBytes(from, at, limit);
            if (equal >= SHORTEST && equal > count) {
                count = equal;
                distance = at - from;
                if (equal == limit) {
                    break;
                }
            }
        }
        previous[at % window] = newest[pair];
        newest[pair] = at;
    }

    /** The next position in the chain; a slot that a newer position has taken over ends it. */
    private int older(int from) {
        int next = previous[from % window];
        return next < from ? next : -1;
    }

    private int equalBytes(int from, int at, int limit) {
        int equal = 0;
        while (equal < limit && bytes[from + equal] == bytes[at + equal]) {
            equal++;
        }
        return equal;
    }

    int distance() {
        return distance;
    }

    /** 0 if there is no run worth a reference. */
    int count() {
        return count;
    }
}
