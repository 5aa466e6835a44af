package dev.updraft.rehearsal.device;

import dev.updraft.emulator.flash.F4Flash;
import dev.updraft.emulator.flash.FlashGeometry;
import dev.updraft.emulator.flash.H7Flash;
import dev.updraft.emulator.flash.L4Flash;
import java.util.List;
import java.util.Optional;

/**
 * Who owns which bytes of a board's flash (docs/reference/flash-map.md). Offsets count from the start of the flash, 0x08000000.
 *
 * @param board as in an image's BOARD TLV
 * @param log the two groups of the boot state
 * @param running where code runs from
 * @param staging one step longer than {@code running}
 * @param step bytes that an installation moves between two records
 */
public record FlashMap(
        String board, FlashGeometry geometry, Area bootloader, List<Area> log, Area running, Area staging, int step) {
    /** The processor's address of the flash. */
    public static final int BASE = 0x0800_0000;

    private static final int KIB = 1024;

    private static final List<FlashMap> KNOWN = List.of(
            new FlashMap(
                    "stm32f407",
                    F4Flash.GEOMETRY,
                    new Area(0, 32 * KIB),
                    List.of(new Area(0x8000, 16 * KIB), new Area(0xC000, 16 * KIB)),
                    new Area(0x20000, 384 * KIB),
                    new Area(0x80000, 512 * KIB),
                    128 * KIB),
            new FlashMap(
                    "stm32l476",
                    L4Flash.GEOMETRY,
                    new Area(0, 32 * KIB),
                    List.of(new Area(0x8000, 16 * KIB), new Area(0xC000, 16 * KIB)),
                    new Area(0x14000, 464 * KIB),
                    new Area(0x88000, 480 * KIB),
                    16 * KIB),
            new FlashMap(
                    "stm32h743",
                    H7Flash.GEOMETRY,
                    new Area(0, 128 * KIB),
                    List.of(new Area(0x2_0000, 128 * KIB), new Area(0x10_0000, 128 * KIB)),
                    new Area(0x6_0000, 640 * KIB),
                    new Area(0x12_0000, 768 * KIB),
                    128 * KIB));

    /** A range of the flash. */
    public record Area(int start, int size) {
        public int end() {
            return start + size;
        }

        public boolean contains(int offset, int length) {
            return offset >= start && offset + length <= end();
        }
    }

    /** The map of a board, if its bootloader is ported. */
    public static Optional<FlashMap> of(String board) {
        return KNOWN.stream().filter(map -> map.board.equals(board)).findFirst();
    }

    public static List<String> boards() {
        return KNOWN.stream().map(FlashMap::board).toList();
    }

    /** Where a new image is written to: staging's first step stays free (docs/reference/flash-map.md, "The swap"). */
    public int staged() {
        return staging.start + step;
    }

    /** Whose the byte at an offset is. */
    public String use(int offset) {
        if (bootloader.contains(offset, 1)) {
            return "bootloader";
        }
        if (running.contains(offset, 1)) {
            return "running";
        }
        if (staging.contains(offset, 1)) {
            return "staging";
        }
        return isLog(offset, 1) ? "log" : "other";
    }

    /** Whether the log owns it. */
    public boolean isLog(int offset, int length) {
        return log.stream().anyMatch(group -> group.contains(offset, length));
    }
}
