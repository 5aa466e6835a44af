package dev.updraft.emulator.debug;

import dev.updraft.emulator.memory.LittleEndian;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the functions from the symbol table of an ELF32 little-endian file (System V ABI, chapter 4; ELF for the Arm Architecture). */
final class ElfSymbols {
    private static final int SECTION_HEADER = 40;
    private static final int SYMBOL = 16;
    private static final int SHT_SYMTAB = 2;
    private static final int STT_NOTYPE = 0;
    private static final int STT_FUNC = 2;
    private static final int SHN_ABS = 0xFFF1;

    private final byte[] file;

    private ElfSymbols(byte[] file) {
        this.file = file;
    }

    static List<Symbols.Function> functions(byte[] file) {
        boolean elf32 = file.length > 52 && word(file, 0) == 0x464C_457F && file[4] == 1 && file[5] == 1;
        if (!elf32) {
            throw new IllegalArgumentException("this is no little-endian ELF32 file");
        }
        try {
            return new ElfSymbols(file).read();
        } catch (IndexOutOfBoundsException cut) {
            throw new IllegalArgumentException("the symbol table of the ELF file is damaged or cut short", cut);
        }
    }

    private List<Symbols.Function> read() {
        List<Symbols.Function> found = new ArrayList<>();
        int headers = word(file, 32);
        int count = LittleEndian.get(file, 48, 2);
        for (int i = 0; i < count; i++) {
            int header = headers + i * SECTION_HEADER;
            if (word(file, header + 4) == SHT_SYMTAB) {
                int names = word(file, headers + word(file, header + 24) * SECTION_HEADER + 16);
                int from = word(file, header + 16);
                for (int at = from; at < from + word(file, header + 20); at += SYMBOL) {
                    add(at, names, found);
                }
            }
        }
        return found;
    }

    /** Code labels of assembler files have no type; mapping symbols ($t, $d) are none of the programmer's. */
    private void add(int symbol, int names, List<Symbols.Function> found) {
        int type = file[symbol + 12] & 15;
        int section = LittleEndian.get(file, symbol + 14, 2);
        String name = string(names + word(file, symbol));
        int address = word(file, symbol + 4);
        boolean label = type == STT_NOTYPE && (address & 1) != 0;
        if (section != 0
                && section != SHN_ABS
                && !name.isEmpty()
                && name.charAt(0) != '$'
                && (type == STT_FUNC || label)) {
            found.add(new Symbols.Function(name, address & ~1, word(file, symbol + 8)));
        }
    }

    private String string(int from) {
        int to = from;
        while (file[to] != 0) {
            to++;
        }
        return new String(file, from, to - from, StandardCharsets.UTF_8);
    }

    private static int word(byte[] bytes, int at) {
        return LittleEndian.get(bytes, at, 4);
    }
}
