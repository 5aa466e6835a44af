package dev.updraft.image.firmware;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** UF2 (USB Flashing Format, Microsoft): blocks of 512 bytes, each with its address; a file may hold programs for several kinds of chips. */
final class Uf2Reader {
    private static final int BLOCK = 512;
    private static final int DATA = 32;
    private static final int MOST_DATA = 476;
    private static final long FIRST_MAGIC = 0x0a324655L;
    private static final long SECOND_MAGIC = 0x9e5d5157L;
    private static final long END_MAGIC = 0x0ab16f30L;
    private static final long NOT_MAIN_FLASH = 0x1;
    private static final long FILE_CONTAINER = 0x1000;
    private static final long HAS_FAMILY = 0x2000;

    /** Of files without families. */
    private static final long NO_FAMILY = 0;

    private Uf2Reader() {}

    /** The blocks of one family. */
    private static final class Family {
        final MemoryMap memory = new MemoryMap(block -> "block " + block);
        final BitSet seen = new BitSet();
        long blocks;
    }

    static Firmware read(Bytes file, OptionalLong target) {
        if (file.length() % BLOCK != 0) {
            throw new ImageException(
                    "The UF2 file is cut short: it has " + file.length() + " bytes, which is no multiple of 512.");
        }
        Map<Long, Family> families = new LinkedHashMap<>();
        for (int at = 0; at < file.length(); at += BLOCK) {
            block(file.slice(at, at + BLOCK), at / BLOCK, families);
        }
        families.values().removeIf(family -> family.memory.isEmpty());
        Family chosen = chosen(families, target);
        if (chosen.seen.cardinality() != chosen.blocks) {
            throw new ImageException("The UF2 file is cut short: it holds " + chosen.seen.cardinality() + " of "
                    + chosen.blocks + " blocks.");
        }
        return new Firmware(Format.UF2, chosen.memory.segments(), OptionalLong.empty());
    }

    private static void block(Bytes block, int index, Map<Long, Family> families) {
        if (block.u32(0) != FIRST_MAGIC || block.u32(4) != SECOND_MAGIC || block.u32(BLOCK - 4) != END_MAGIC) {
            throw new ImageException(
                    "The UF2 file is damaged: block " + index + " does not begin or end as a block does.");
        }
        long flags = block.u32(8);
        if ((flags & FILE_CONTAINER) != 0) {
            throw new ImageException("The UF2 file holds files for a file system (block " + index + "), not firmware.");
        }
        if ((flags & NOT_MAIN_FLASH) != 0) {
            return;
        }
        long address = block.u32(12);
        long size = block.u32(16);
        long number = block.u32(20);
        long blocks = block.u32(24);
        Family family =
                families.computeIfAbsent((flags & HAS_FAMILY) != 0 ? block.u32(28) : NO_FAMILY, unseen -> new Family());
        if (size > MOST_DATA
                || address + size > 1L << 32
                || number >= blocks
                || blocks > Firmware.MAX_SIZE / BLOCK
                || family.blocks != 0 && family.blocks != blocks) {
            throw new ImageException("The UF2 file is damaged: what block " + index + " says of itself cannot be.");
        }
        family.blocks = blocks;
        family.seen.set((int) number);
        family.memory.add(address, block.slice(DATA, DATA + (int) size), index);
    }

    private static Family chosen(Map<Long, Family> families, OptionalLong target) {
        if (families.isEmpty()) {
            throw new ImageException("The UF2 file holds no data for a chip's flash.");
        }
        if (target.isEmpty() && families.size() == 1) {
            return families.values().iterator().next();
        }
        Family chosen = target.isEmpty() ? null : families.get(target.getAsLong());
        if (chosen == null) {
            throw new ImageException("The UF2 file holds firmware for the families "
                    + families.keySet().stream()
                            .map(family -> String.format("0x%08x", family))
                            .collect(Collectors.joining(", "))
                    + ": choose one of them with --target.");
        }
        return chosen;
    }
}
