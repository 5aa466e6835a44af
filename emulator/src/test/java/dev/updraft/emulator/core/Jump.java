package dev.updraft.emulator.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Forward branches of every kind, for {@link RandomCode}. */
final class Jump {
    static final int KINDS = 12;

    /** The one that overwrites lr. */
    static final int LINKING = 6;

    private Jump() {}

    /** Halfwords that {@link #write} may need. */
    static int length(int kind) {
        return switch (kind) {
            case 0, 1, 2 -> 1;
            case 3, 4 -> 2;
            case 5, 6, 7 -> 5;
            case 8, 9 -> 8;
            default -> 9;
        };
    }

    /** Code at {@code from}, at most {@link #length} halfwords, that goes to {@code to} always or sometimes; may overwrite a low register. */
    static List<Integer> write(int kind, int from, int to, int low, Random random) {
        List<Integer> out = new ArrayList<>();
        int distance = to - from - 4;
        int cond = random.nextInt(14);
        switch (kind) {
            case 0 -> narrow(out, 0xD000 | cond << 8, distance, 254, 0xFF);
            case 1 -> narrow(out, 0xE000, distance, 2046, 0x7FF);
            case 2 -> {
                if (distance >= 0 && distance <= 126) { // cbz, cbnz
                    out.add(0xB100
                            | random.nextInt(2) << 11
                            | distance >> 6 << 9
                            | (distance >> 1 & 31) << 3
                            | random.nextInt(8));
                }
            }
            case 3 -> {
                out.add(0xF000 | cond << 6 | distance >> 12 & 0x3F);
                out.add(0x8000 | distance >> 1 & 0x7FF);
            }
            case 4 -> {
                out.add(0xF000 | distance >> 12 & 0x3FF);
                out.add(0xB800 | distance >> 1 & 0x7FF);
            }
            case 5 -> through(out, low, to | 1, 0x4700 | low << 3); // bx
            case 6 -> through(out, low, to | 1, 0x4780 | low << 3); // blx
            case 7 -> through(out, low, to | random.nextInt(2), 0x4687 | low << 3); // mov pc
            case 8 -> through(out, low, to | 1, 0xB400 | 1 << low, 0xBD00); // push {rN}; pop {pc}
            case 9 ->
                through(
                        out,
                        low,
                        to | 1,
                        0xF84D,
                        low << 12 | 0xD04,
                        0xF85D,
                        0xFB04); // str rN, [sp, #-4]!; ldr pc, [sp], #4
            case 10 -> { // tbb [pc, rN] with two entries, of which the second is taken
                if (distance / 2 < 250) {
                    out.add(0x2001 | low << 8);
                    int entry = (to - (from + 6)) / 2;
                    out.addAll(List.of(0xE8DF, 0xF000 | low, entry << 8 | entry));
                }
            }
            default -> {
                int entry = (to - (from + 6)) / 2;
                out.addAll(List.of(0x2000 | low << 8, 0xE8DF, 0xF010 | low, entry));
            }
        }
        return out;
    }

    private static void narrow(List<Integer> out, int opcode, int distance, int furthest, int mask) {
        if (distance <= furthest) {
            out.add(opcode | distance >> 1 & mask);
        }
    }

    private static void through(List<Integer> out, int low, int target, int... then) {
        for (int half = 0; half < 2; half++) {
            int value = target >>> 16 * half & 0xFFFF;
            out.add((half == 0 ? 0xF240 : 0xF2C0) | value >>> 12 | (value & 0x800) >>> 1);
            out.add((value & 0x700) << 4 | low << 8 | value & 0xFF);
        }
        for (int halfword : then) {
            out.add(halfword);
        }
    }
}
