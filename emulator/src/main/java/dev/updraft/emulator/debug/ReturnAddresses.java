package dev.updraft.emulator.debug;

import dev.updraft.emulator.core.Cpu;
import dev.updraft.emulator.memory.LittleEndian;
import java.util.ArrayList;
import java.util.List;

/**
 * Who called whom, as far as the stack shows it without debug information: words that point behind a call instruction. A value
 * that an earlier call left behind can be among them.
 */
public final class ReturnAddresses {
    private static final int MOST = 16;
    private static final int FARTHEST = 2048;

    private ReturnAddresses() {}

    /** Addresses of the instructions that calls would return to, innermost first; the link register's first when it is one. */
    public static List<Integer> of(Cpu cpu) {
        List<Integer> found = new ArrayList<>();
        if (follows(cpu, cpu.register(14))) {
            found.add(cpu.register(14) & ~1);
        }
        int sp = cpu.register(13);
        for (int offset = 0; offset < FARTHEST && found.size() < MOST; offset += 4) {
            byte[] word = cpu.bus().peek(sp + offset, 4);
            if (word == null) {
                break;
            }
            int value = LittleEndian.get(word, 0, 4);
            if (follows(cpu, value) && (found.isEmpty() || found.getLast() != (value & ~1))) {
                found.add(value & ~1);
            }
        }
        return found;
    }

    /** Whether the instruction before an address is BL or BLX (A7.7.18, A7.7.19). */
    private static boolean follows(Cpu cpu, int value) {
        if ((value & 1) == 0) {
            return false;
        }
        byte[] before = cpu.bus().peek((value & ~1) - 4, 4);
        if (before == null) {
            return false;
        }
        int high = LittleEndian.get(before, 0, 2);
        int low = LittleEndian.get(before, 2, 2);
        boolean bl = (high & 0xF800) == 0xF000 && (low & 0xD000) == 0xD000;
        boolean blx = (low & 0xFF87) == 0x4780;
        return bl || blx;
    }
}
