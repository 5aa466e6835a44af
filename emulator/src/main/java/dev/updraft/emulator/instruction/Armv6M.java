package dev.updraft.emulator.instruction;

/** The part of Thumb that Armv6-M has (Armv6-M ARM A5.2, A5.3). */
public final class Armv6M {
    private Armv6M() {}

    /** @param encoding of a 16-bit instruction, or of a 32-bit one with its first halfword above */
    public static boolean has(int encoding) {
        if (encoding >>> 16 != 0) {
            boolean call = (encoding & 0xF800_D000) == 0xF000_D000;
            boolean special = (encoding & 0xFFE0_D000) == 0xF380_8000 || (encoding & 0xFFE0_D000) == 0xF3E0_8000;
            boolean barrier = (encoding & 0xFFF0_D0C0) == 0xF3B0_8040 && (encoding & 0x30) != 0x30;
            return call || special || barrier;
        }
        boolean compareAndBranch = (encoding & 0xF500) == 0xB100;
        boolean ifThen = (encoding & 0xFF00) == 0xBF00 && (encoding & 15) != 0;
        return !compareAndBranch && !ifThen;
    }
}
