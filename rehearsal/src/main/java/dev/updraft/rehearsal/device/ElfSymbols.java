package dev.updraft.rehearsal.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The functions that a little-endian 32-bit ELF file names (System V ABI, chapter 4: sections, symbol table). */
final class ElfSymbols {
    private static final int SECTION_TABLE = 0x20;
    private static final int SECTION_ENTRY_SIZE = 0x2E;
    private static final int SYMBOL_TABLE = 2;
    private static final int SYMBOL_SIZE = 16;
    private static final int FUNCTION = 2;

    private ElfSymbols() {}

    static boolean isElf(byte[] file) {
        return file.length > 0x34 && file[0] == 0x7F && file[1] == 'E' && file[2] == 'L' && file[3] == 'F';
    }

    /** Addresses by name; empty when the file was stripped or is damaged. */
    static Map<String, Integer> functions(byte[] file) {
        Map<String, Integer> found = new HashMap<>();
        ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        try {
            int sections = elf.getInt(SECTION_TABLE);
            int entrySize = elf.getShort(SECTION_ENTRY_SIZE) & 0xFFFF;
            int count = elf.getShort(SECTION_ENTRY_SIZE + 2) & 0xFFFF;
            for (int i = 0; i < count; i++) {
                int section = sections + i * entrySize;
                if (elf.getInt(section + 4) == SYMBOL_TABLE) {
                    int names = elf.getInt(sections + elf.getInt(section + 24) * entrySize + 16);
                    read(file, elf.getInt(section + 16), elf.getInt(section + 20), names, found);
                }
            }
        } catch (IndexOutOfBoundsException damaged) {
            return Map.of();
        }
        return found;
    }

    private static void read(byte[] file, int from, int size, int names, Map<String, Integer> found) {
        ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = from; at < from + size; at += SYMBOL_SIZE) {
            if ((elf.get(at + 12) & 15) == FUNCTION) {
                found.put(text(file, names + elf.getInt(at)), elf.getInt(at + 4) & ~1);
            }
        }
    }

    private static String text(byte[] file, int from) {
        int end = from;
        while (file[end] != 0) {
            end++;
        }
        return new String(file, from, end - from, StandardCharsets.US_ASCII);
    }
}
