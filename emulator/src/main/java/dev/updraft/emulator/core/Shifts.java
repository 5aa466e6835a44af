package dev.updraft.emulator.core;

/** Shift_C (Armv7-M ARM A2.2.1) for amounts of 1 to 255; type 0 LSL, 1 LSR, 2 ASR, 3 ROR, 4 RRX. */
final class Shifts {
    private Shifts() {}

    static int shift(int value, int type, int amount, int carryIn) {
        return switch (type) {
            case 0 -> amount > 31 ? 0 : value << amount;
            case 1 -> amount > 31 ? 0 : value >>> amount;
            case 2 -> value >> Math.min(amount, 31);
            case 3 -> Integer.rotateRight(value, amount);
            default -> carryIn << 31 | value >>> 1;
        };
    }

    /** The last bit that was shifted out. */
    static int carry(int value, int type, int amount, int carryIn) {
        return switch (type) {
            case 0 -> amount > 32 ? 0 : value >>> (32 - amount) & 1;
            case 1 -> amount > 32 ? 0 : value >>> (amount - 1) & 1;
            case 2 -> value >> Math.min(amount - 1, 31) & 1;
            case 3 -> value >>> (amount - 1 & 31) & 1;
            default -> value & 1;
        };
    }
}
