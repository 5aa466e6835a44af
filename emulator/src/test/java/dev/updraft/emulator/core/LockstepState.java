package dev.updraft.emulator.core;

import java.util.Random;

/** What two processors are compared by, memory left out. */
final class LockstepState {
    private static final int[] CORNERS = {
        0, 1, -1, 2, 31, 32, 33, 255, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF, 0x8000, 0x7FFF, 0x1_0000
    };
    private static final int[] FLOATS = {
        0,
        0x3F80_0000,
        0x7F80_0000,
        0x7FC0_0000,
        0x7F80_0001,
        0x0080_0000,
        0x007F_FFFF,
        1,
        0x7F7F_FFFF,
        0x4F00_0000,
        0x4F80_0000,
        0x4EFF_FFFF,
        0x3F00_0000,
        0x4000_0000,
        0x3FC0_0000,
        0x4B00_0000,
        0x4B80_0000,
        0x7FFF_FFFF,
        0x3FF0_0000,
        0x7FF0_0000
    };

    final int[] r = new int[15];
    /** APSR: N, Z, C, V, Q and GE. */
    int flags;

    int fpscr;
    /** S0 to S31. */
    final int[] s = new int[32];

    int pc;

    /** Registers as a program may find them; corner cases are frequent. */
    void randomise(Random random, int sp) {
        for (int i = 0; i < 15; i++) {
            r[i] = switch (random.nextInt(4)) {
                case 0 -> CORNERS[random.nextInt(CORNERS.length)];
                case 1 -> random.nextInt() >> random.nextInt(32);
                default -> random.nextInt();
            };
        }
        r[13] = sp;
        flags = random.nextInt() & 0xF80F_0000;
        fpscr = random.nextInt() & 0xF000_009F | (random.nextInt(4) == 0 ? random.nextInt() & 0x03C0_0000 : 0);
        for (int i = 0; i < 32; i++) {
            s[i] = switch (random.nextInt(4)) {
                case 0 -> FLOATS[random.nextInt(FLOATS.length)] | random.nextInt() & 0x8000_0000;
                case 1 -> random.nextInt();
                case 2 -> Float.floatToRawIntBits(random.nextInt(-64, 64) / 4f);
                default -> random.nextInt() & 0x807F_FFFF | random.nextInt(96, 160) << 23;
            };
        }
    }

    /** Halves of some registers become doubles with corner cases. */
    void randomiseDoubles(Random random) {
        for (int i = 0; i < 32; i += 2) {
            long bits = switch (random.nextInt(5)) {
                case 0 -> Double.doubleToRawLongBits(Float.intBitsToFloat(s[i]));
                case 1 -> random.nextLong() & 0x800F_FFFF_FFFF_FFFFL | (long) random.nextInt(1000, 1050) << 52;
                case 2 -> Double.doubleToRawLongBits(random.nextInt(-64, 64) / 4.0);
                case 3 ->
                    (random.nextBoolean() ? 0L : 0x7FE0_0000_0000_0000L)
                            + (random.nextLong() >> 1 & 0x803F_FFFF_FFFF_FFFFL);
                default -> random.nextLong();
            };
            s[i] = (int) bits;
            s[i + 1] = (int) (bits >>> 32);
        }
    }

    void copyFrom(LockstepState other) {
        System.arraycopy(other.r, 0, r, 0, r.length);
        System.arraycopy(other.s, 0, s, 0, s.length);
        flags = other.flags;
        fpscr = other.fpscr;
        pc = other.pc;
    }

    /** Says where this and another state differ; empty when nowhere. */
    String differences(LockstepState other, String mine, String theirs) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 15; i++) {
            compare(out, "r" + i, r[i], other.r[i], mine, theirs);
        }
        compare(out, "pc", pc, other.pc, mine, theirs);
        compare(out, "APSR", flags, other.flags, mine, theirs);
        compare(out, "FPSCR", fpscr, other.fpscr, mine, theirs);
        for (int i = 0; i < 32; i++) {
            compare(out, "s" + i, s[i], other.s[i], mine, theirs);
        }
        return out.toString();
    }

    private static void compare(StringBuilder out, String name, int one, int two, String mine, String theirs) {
        if (one != two) {
            out.append(String.format("  %s: %s %08x, %s %08x%n", name, mine, one, theirs, two));
        }
    }
}
