package dev.updraft.emulator.gdb;

import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.flash.FlashGeometry;
import dev.updraft.emulator.memory.Flash;
import dev.updraft.emulator.memory.Region;

/** The board's memory as gdb wants it described (GDB manual, appendix E.17): what is flash has its sectors, and gets hardware breakpoints. */
final class MemoryMap {
    private static final int PERIPHERALS = 0x4000_0000;

    private MemoryMap() {}

    static String of(Board board) {
        StringBuilder out = new StringBuilder("""
                <?xml version="1.0"?>
                <!DOCTYPE memory-map PUBLIC "+//IDN gnu.org//DTD GDB Memory Map V1.0//EN" "http://sourceware.org/gdb/gdb-memory-map.dtd">
                <memory-map>
                """);
        for (Region region : board.cpu().bus().regions()) {
            if (region instanceof Flash) {
                flash(region.base(), board.flash().geometry(), out);
            } else if (Integer.compareUnsigned(region.base(), PERIPHERALS) < 0) {
                memory(region.base() == 0 ? "rom" : "ram", region.base(), region.size(), out);
            }
        }
        memory("ram", PERIPHERALS, 0x2000_0000, out);
        memory("ram", 0xE000_0000, 0x10_0000, out);
        return out.append("</memory-map>\n").toString();
    }

    /** Runs of sectors of one size. */
    private static void flash(int base, FlashGeometry geometry, StringBuilder out) {
        int sector = 0;
        while (sector < geometry.sectors()) {
            int first = sector;
            int size = geometry.sectorSize(first);
            while (sector < geometry.sectors() && geometry.sectorSize(sector) == size) {
                sector++;
            }
            out.append(String.format(
                    "<memory type=\"flash\" start=\"0x%x\" length=\"0x%x\"><property name=\"blocksize\">0x%x</property></memory>%n",
                    base + geometry.sectorStart(first), (sector - first) * size, size));
        }
    }

    private static void memory(String type, int base, int size, StringBuilder out) {
        out.append(String.format("<memory type=\"%s\" start=\"0x%x\" length=\"0x%x\"/>%n", type, base, size));
    }
}
