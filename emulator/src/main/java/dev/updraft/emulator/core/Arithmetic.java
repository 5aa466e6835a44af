package dev.updraft.emulator.core;

/** What translated code calls instead of repeating it. */
final class Arithmetic {
    private Arithmetic() {}

    static int carryOfSubtract(int a, int b) {
        return carryOfAddWithCarry(a, ~b, a - b);
    }

    static int carryOfAddWithCarry(int a, int b, int sum) {
        return (a & b | (a | b) & ~sum) >>> 31;
    }

    static int overflowOfAdd(int a, int b, int sum) {
        return (a ^ sum) & (b ^ sum);
    }

    static int overflowOfSubtract(int a, int b) {
        return (a ^ b) & (a ^ a - b);
    }

    /** LSL by the low byte of a register. */
    static int shift(int value, int amount, int type) {
        int count = amount & 0xFF;
        return count == 0 ? value : Shifts.shift(value, type, count, 0);
    }

    static int carryOfShift(int value, int amount, int type, int carry) {
        int count = amount & 0xFF;
        return count == 0 ? carry : Shifts.carry(value, type, count, carry);
    }

    static long unsignedProduct(int a, int b) {
        return (a & 0xFFFF_FFFFL) * (b & 0xFFFF_FFFFL);
    }

    static long pair(int low, int high) {
        return (long) high << 32 | low & 0xFFFF_FFFFL;
    }

    static long accumulateTwice(int a, int b, int low, int high) {
        return unsignedProduct(a, b) + (low & 0xFFFF_FFFFL) + (high & 0xFFFF_FFFFL);
    }

    static int reverseBytesInHalves(int value) {
        return (value & 0xFF00FF) << 8 | value >>> 8 & 0xFF00FF;
    }
}
