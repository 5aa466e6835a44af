package dev.updraft.delta;

/** The few Thumb-2 instructions that name an address (Armv7-M manual, A7.7.12, A7.7.18, A7.7.76, A7.7.79): their offsets, and the same instruction with another one. */
final class Thumb {
    private Thumb() {}

    /** BL and B.W (T1, T4). */
    static int wideOffset(int first, int second) {
        int sign = first >>> 10 & 1;
        int i1 = ~(second >>> 13 ^ sign) & 1;
        int i2 = ~(second >>> 11 ^ sign) & 1;
        int offset = sign << 24 | i1 << 23 | i2 << 22 | (first & 0x3FF) << 12 | (second & 0x7FF) << 1;
        return offset << 7 >> 7;
    }

    static boolean wideFits(int offset) {
        return (offset & 1) == 0 && offset >= -(1 << 24) && offset < 1 << 24;
    }

    static int wide(int offset, int second) {
        int sign = offset >>> 24 & 1;
        int j1 = ~(offset >>> 23 ^ sign) & 1;
        int j2 = ~(offset >>> 22 ^ sign) & 1;
        int first = 0xF000 | sign << 10 | offset >>> 12 & 0x3FF;
        return first | (second & 0xD000 | j1 << 13 | j2 << 11 | offset >>> 1 & 0x7FF) << 16;
    }

    /** B with a condition (T3). */
    static int narrowOffset(int first, int second) {
        int offset = (first >>> 10 & 1) << 20
                | (second >>> 11 & 1) << 19
                | (second >>> 13 & 1) << 18
                | (first & 0x3F) << 12
                | (second & 0x7FF) << 1;
        return offset << 11 >> 11;
    }

    static boolean narrowFits(int offset) {
        return (offset & 1) == 0 && offset >= -(1 << 20) && offset < 1 << 20;
    }

    static int narrow(int offset, int first, int second) {
        int start = first & 0xFBC0 | (offset >>> 20 & 1) << 10 | offset >>> 12 & 0x3F;
        int end = second & 0xD000 | (offset >>> 19 & 1) << 11 | (offset >>> 18 & 1) << 13 | offset >>> 1 & 0x7FF;
        return start | end << 16;
    }

    /** MOVW and MOVT. */
    static int immediate(int first, int second) {
        return (first & 15) << 12 | (first >>> 10 & 1) << 11 | (second >>> 12 & 7) << 8 | second & 0xFF;
    }

    static int withImmediate(int word, int value) {
        int first = word & 0xFBF0 | value >>> 12 & 15 | (value >>> 11 & 1) << 10;
        int second = word >>> 16 & 0x8F00 | (value >>> 8 & 7) << 12 | value & 0xFF;
        return first | second << 16;
    }
}
