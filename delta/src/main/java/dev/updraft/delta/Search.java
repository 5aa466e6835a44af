package dev.updraft.delta;

import java.util.Arrays;

/** Decides what is copied from where: the cheapest way through the new image, by what each step is expected to cost in bits. */
final class Search {
    // What things cost, in bits: found by trying on pairs of published firmware. They decide how small a patch
    // is, never whether it is right.
    private static final float NEW_SOURCE = 4.9f;
    private static final float NEW_SOURCE_BIT = 0.98f;
    private static final float OLD_SOURCE = 5.25f;
    private static final float OLD_SOURCE_BIT = 1.5f;
    private static final float SAME_SOURCE = 4.4f;
    private static final float MAPPED_SOURCE = 5f;
    private static final float FIRST_HITS = 0.34f;
    private static final float CUT = 6.25f;
    private static final float MISS_EARLY = 2.5f;
    private static final float MISS_LATE = 7f;
    private static final float FIX = 3.4f;
    private static final float FIX_POINTER = 1.5f;
    private static final float MOST_OF_A_POINTER = 8f;
    private static final float END = 0.8f;
    private static final float CALL = 9.75f;
    /** A copy is given up when it has lost so much since its best moment; and is no longer taken for granted after so much. */
    private static final float LOST = 52f;

    private static final float DOUBTFUL = 20f;
    private static final int LONG = 64;

    private static final float NEVER = Float.MAX_VALUE;
    private static final int[] TRIES = {24, 24, 32};

    private final int oldSize;
    private final byte[] image;
    private final int size;
    private final int base;
    private final AddressMap map;
    private final boolean byMap;
    private final byte[] oldMasked;
    private final byte[] masked;
    private final Predictor predictor;

    private final float[] literal;
    private final float[] cost;
    private final int[] from;
    private final byte[] kind;
    private final int[] source;
    private final int[] shift;
    private final int[][] heads = new int[3][];
    private final int[][] next = new int[3][];
    private static final int[] WIDTH = {4, 8, 24};

    Search(
            byte[] old,
            int oldSize,
            byte[] image,
            int size,
            int base,
            AddressMap map,
            boolean byMap,
            byte[] oldMasked,
            byte[] masked,
            float[] literal) {
        this.oldSize = oldSize;
        this.image = image;
        this.size = size;
        this.base = base;
        this.map = map;
        this.byMap = byMap;
        this.oldMasked = oldMasked;
        this.masked = masked;
        predictor = new Predictor(old, oldSize, image, base, map);
        int nodes = size / 2 + 1;
        this.literal = literal;
        cost = new float[nodes];
        from = new int[nodes];
        kind = new byte[nodes];
        source = new int[nodes];
        shift = new int[nodes];
    }

    private static int hash(byte[] data, int at, int width) {
        int h = 0;
        for (int i = 0; i < width; i++) {
            h = h * 0x01000193 + (data[at + i] & 0xFF) + 1;
        }
        return (h ^ h >>> 15) * 0x9E3779B1;
    }

    private void index(int level, byte[] data, int at, int position) {
        if (at + WIDTH[level] <= data.length) {
            int slot = hash(data, at, WIDTH[level]) >>> 32 - 18;
            next[level][position] = heads[level][slot];
            heads[level][slot] = position;
        }
    }

    Script run() {
        Arrays.fill(cost, NEVER);
        cost[0] = 0;
        for (int level = 0; level < 3; level++) {
            heads[level] = new int[1 << 18];
            Arrays.fill(heads[level], -1);
            next[level] = new int[oldSize + size];
            for (int i = 0; i < oldSize; i++) {
                if (level != 0 || (i & 1) == 0) {
                    index(level, oldMasked, i, i);
                }
            }
        }
        int skip = 0;
        for (int node = 0; node < size / 2; node++) {
            int at = node * 2;
            if (node >= skip && cost[node] < NEVER) {
                int far = node(node);
                if (far > skip) {
                    skip = far;
                }
            }
            for (int level = 0; level < 3; level++) {
                index(level, masked, at, oldSize + at);
                if (level > 0) {
                    index(level, masked, at + 1, oldSize + at + 1);
                }
            }
        }
        return script();
    }

    private Script script() {
        int[] path = new int[size / 2 + 1];
        int steps = 0;
        for (int node = size / 2; node > 0; node = from[node]) {
            path[steps++] = node;
        }
        Script script = new Script();
        for (int i = steps - 1; i >= 0; i--) {
            script.add(kind[path[i]], from[path[i]] * 2, source[path[i]]);
        }
        return script;
    }

    private void relax(int to, float value, int node, int operation, int origin, int then) {
        if (value < cost[to]) {
            cost[to] = value;
            from[to] = node;
            kind[to] = (byte) operation;
            source[to] = origin;
            shift[to] = then;
        }
    }

    private int node(int node) {
        int at = node * 2;
        float here = cost[node];
        relax(node + 1, here + literal[node], node, Script.LITERAL, 0, shift[node]);
        if (at + 4 <= size) {
            int first = Predictor.half(image, at);
            int second = Predictor.half(image, at + 2);
            if (first >>> 11 == 0x1E && (second & 0xD000) == 0xD000) {
                relax(
                        node + 2,
                        here + Math.min(CALL, literal[node] + literal[node + 1] - 3),
                        node,
                        Script.CALL,
                        0,
                        shift[node]);
            }
        }
        int far = 0;
        int diagonal = shift[node];
        far = Math.max(far, copy(node, false, at + diagonal, SAME_SOURCE));
        if (byMap) {
            long back = map.back((base + at) & 0xFFFF_FFFFL, (base & 0xFFFF_FFFFL) + oldSize);
            if (back >= 0 && (int) (back - base) - at != diagonal) {
                far = Math.max(far, copy(node, false, (int) (back - base), MAPPED_SOURCE));
            }
        }
        if (far > node + LONG) {
            return far;
        }
        for (int level = 2; level >= 0; level--) {
            if (at + WIDTH[level] > size) {
                continue;
            }
            int slot = hash(masked, at, WIDTH[level]) >>> 32 - 18;
            int tries = TRIES[level];
            int longest = 0;
            for (int p = heads[level][slot]; p >= 0 && tries > 0; p = next[level][p], tries--) {
                boolean isNew = p >= oldSize;
                int origin = isNew ? p - oldSize : p;
                byte[] data = isNew ? masked : oldMasked;
                int length = same(data, origin, at);
                if (length < WIDTH[level] || length < longest) {
                    continue;
                }
                if (length > longest) {
                    longest = length;
                } else if (isNew || level < 2) {
                    continue;
                }
                float start = isNew
                        ? NEW_SOURCE + NEW_SOURCE_BIT * log2((at - origin) / 2)
                        : OLD_SOURCE + OLD_SOURCE_BIT * log2(1 + Math.abs(origin - at - diagonal));
                far = Math.max(far, copy(node, isNew, origin, start));
            }
            if (far > node + LONG) {
                return far;
            }
        }
        return 0;
    }

    private static float log2(int value) {
        return value <= 1 ? 0 : (float) (Math.log(value) / Math.log(2));
    }

    private int same(byte[] data, int origin, int at) {
        int most = Math.min(400, Math.min(data.length - origin, size - at));
        int n = 0;
        while (n < most && data[origin + n] == masked[at + n]) {
            n++;
        }
        return n;
    }

    /** Follows one copy as far as it pays; the node of its best end. */
    private int copy(int node, boolean isNew, int origin, float start) {
        int at = node * 2;
        float total = cost[node] + start;
        float gain = -start;
        float best = 0;
        int bestNode = 0;
        float bestCost = 0;
        int run = 0;
        int operation = isNew ? Script.COPY_NEW : Script.COPY_OLD;
        int then = isNew ? shift[node] : origin - at;
        int units = 0;
        int smooth = 0;
        predictor.tail = false;
        int i = at;
        while (i < size && gain > best - LOST) {
            int from = origin + i - at;
            int length;
            boolean hit;
            boolean pointer;
            if (byMap || isNew) {
                if (!predictor.predict(isNew, from, i, size)) {
                    break;
                }
                length = predictor.length;
                pointer = predictor.type != 0;
                hit = length == 2
                        ? predictor.value == Predictor.half(image, i)
                        : predictor.value == (Predictor.half(image, i) | Predictor.half(image, i + 2) << 16);
            } else {
                if (from < 0 || from + 2 > oldSize) {
                    break;
                }
                length = 2;
                pointer = false;
                hit = oldMasked[from] == masked[i] && oldMasked[from + 1] == masked[i + 1];
            }
            predictor.tail = predictor.nextTail;
            float covered = literal[i / 2] + (length == 4 ? literal[i / 2 + 1] : 0);
            if (hit) {
                float price = run > 32 ? 0.01f : run > 8 ? 0.06f : run > 3 ? 0.2f : FIRST_HITS;
                total += price;
                gain += covered - price;
                run++;
                i += length;
                units++;
                if (units <= 40) {
                    relax(i / 2, total + CUT, node, operation, origin, then);
                }
            } else {
                float miss = run > 32 ? MISS_LATE : run > 8 ? (MISS_LATE + MISS_EARLY) / 2 : MISS_EARLY;
                relax(i / 2, total + miss + END, node, operation, origin, then);
                if (i == at) {
                    return 0;
                }
                if (pointer) {
                    float price = miss + FIX_POINTER + Math.min(MOST_OF_A_POINTER, covered);
                    total += price;
                    gain += covered - price;
                    i += length;
                } else {
                    float price = miss + FIX + literal[i / 2];
                    total += price;
                    gain += literal[i / 2] - price;
                    i += 2;
                }
                run = 0;
                units++;
            }
            if (gain < best - DOUBTFUL && smooth == 0) {
                smooth = bestNode;
            }
            if (gain > best) {
                best = gain;
                bestNode = i / 2;
                bestCost = total;
            }
        }
        if (bestNode > 0) {
            relax(bestNode, bestCost + 4, node, operation, origin, then);
        }
        smooth = smooth == 0 ? bestNode : smooth;
        return smooth - node > LONG ? smooth : 0;
    }
}
