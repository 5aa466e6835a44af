package dev.updraft.delta;

/** What a unit of a copy is expected to be: the bytes at its source, with what they point at moved as the map says. */
final class Predictor {
    static final int PLAIN = 0,
            CALL = 1,
            JUMP = 2,
            BRANCH = 3,
            CODE_POINTER = 4,
            RAM_POINTER = 5,
            LOW_HALF = 6,
            HIGH_HALF = 7;

    private final byte[] old;
    private final int oldSize;
    private final byte[] out;
    private final int codeSize;
    private final int base;
    private final AddressMap map;

    @org.jspecify.annotations.Nullable
    Model model;

    // The last prediction
    int type;
    int length;
    int value;
    int raw;
    /** Where the unit pointed in its source; what the correction is remembered by. */
    int target;
    /** Where it is taken to point. */
    int moved;
    /** 0: as it was, 1: moved by the map, 2: by a correction. */
    int trust;
    /** Whether the next halfword is the second of an instruction, and whether it will be once the last prediction is taken. */
    boolean tail;

    boolean nextTail;

    Predictor(byte[] old, int oldSize, byte[] out, int base, AddressMap map) {
        this.old = old;
        this.oldSize = oldSize;
        this.out = out;
        codeSize = Math.max(oldSize, out.length);
        this.base = base;
        this.map = map;
    }

    static int half(byte[] data, int at) {
        return data[at] & 0xFF | (data[at + 1] & 0xFF) << 8;
    }

    static boolean inRam(int word) {
        int region = word >>> 20;
        return region == 0x200 || region == 0x240 || region == 0x100 || region == 0x300 || region == 0x380;
    }

    private boolean inCode(int word) {
        return Integer.compareUnsigned(word - base, codeSize) < 0;
    }

    private int moved(int target) {
        if (model != null && model.corrected(target)) {
            trust = 2;
            return model.correction(target);
        }
        int to = map.map(target);
        trust = to == target ? 0 : 1;
        return to;
    }

    /** @param fromNew whether the source is what was already written */
    boolean predict(boolean fromNew, int source, int at, int end) {
        byte[] data = fromNew ? out : old;
        int sourceEnd = fromNew ? at : oldSize;
        type = PLAIN;
        trust = 0;
        length = 2;
        nextTail = false;
        if (source < 0 || source > sourceEnd - 2) {
            return false;
        }
        raw = value = half(data, source);
        nextTail = !tail && raw >= 0xE800 && (source & 1) == 0;
        if ((source & 1) != 0 || source + 4 > sourceEnd || at + 4 > end) {
            return true;
        }
        int second = half(data, source + 2);
        int from = base + source + 4;
        int to = base + at + 4;
        if (!tail && raw >>> 11 == 0x1E) {
            if ((second & 0xD000) == 0xD000 || (second & 0xD000) == 0x9000) {
                target = from + Thumb.wideOffset(raw, second);
                moved = fromNew ? target : moved(target);
                if (inCode(target) && Thumb.wideFits(moved - to)) {
                    type = (second & 0x4000) != 0 ? CALL : JUMP;
                    trust = trust == 0 && moved - to != target - from ? 1 : trust;
                    set(second, Thumb.wide(moved - to, second));
                }
            } else if ((second & 0xD000) == 0x8000 && (raw >>> 6 & 15) < 14 && !fromNew) {
                target = from + Thumb.narrowOffset(raw, second);
                moved = moved(target);
                if (Thumb.narrowFits(moved - to)) {
                    type = BRANCH;
                    trust = trust == 0 && moved - to != target - from ? 1 : trust;
                    set(second, Thumb.narrow(moved - to, raw, second));
                }
            } else if (!fromNew && second < 0x8000 && (raw & 0xFB70) == 0xF240) {
                half32(source, second);
            }
        }
        if (type == PLAIN && (at & 3) == 0 && (source & 3) == 0 && !fromNew) {
            int word = raw | second << 16;
            if (inRam(word)) {
                target = word;
                moved = moved(target);
                type = RAM_POINTER;
                set(second, moved);
            } else if (inCode(word)) {
                target = word;
                moved = moved(target);
                type = CODE_POINTER;
                set(second, moved);
            }
        }
        return true;
    }

    private void set(int second, int to) {
        length = 4;
        nextTail = false;
        raw |= second << 16;
        value = to;
    }

    /** MOVW and MOVT: both halves of an address are needed to know where it points. */
    private void half32(int source, int second) {
        boolean high = (raw & 0x0080) != 0;
        int register = second & 0x0F00;
        for (int distance = 4; distance <= 12; distance += 2) {
            int other = high ? source - distance : source + distance;
            if (other < 0 || other + 4 > oldSize) {
                return;
            }
            int first = half(old, other);
            int next = half(old, other + 2);
            if ((first & 0xFBF0) == (high ? 0xF240 : 0xF2C0) && next < 0x8000 && (next & 0x0F00) == register) {
                int mine = Thumb.immediate(raw, second);
                int its = Thumb.immediate(first, next);
                target = high ? mine << 16 | its : its << 16 | mine;
                if (!inRam(target) && !inCode(target)) {
                    return;
                }
                moved = moved(target);
                type = high ? HIGH_HALF : LOW_HALF;
                int value16 = high ? moved >>> 16 : moved & 0xFFFF;
                set(second, Thumb.withImmediate(raw | second << 16, value16));
                return;
            }
        }
    }
}
