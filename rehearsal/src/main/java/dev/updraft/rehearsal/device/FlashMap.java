package dev.updraft.rehearsal.device;

import dev.updraft.emulator.flash.FlashArray;
import dev.updraft.emulator.flash.FlashGeometry;
import dev.updraft.image.MemoryRange;
import dev.updraft.image.board.Board;
import java.util.List;

/**
 * Who owns which bytes of a board's flash (docs/reference/flash-map.md). Offsets count from the start of the flash, 0x08000000.
 *
 * @param described the board
 * @param log the two groups of the boot state
 * @param running where code runs from
 * @param staging one step longer than {@code running}
 * @param step bytes that an installation moves between two records
 */
public record FlashMap(
        Board described,
        FlashGeometry geometry,
        Area bootloader,
        List<Area> log,
        Area running,
        Area staging,
        int step) {
    /** The processor's address of the flash. */
    public static final int BASE = 0x0800_0000;

    /** A range of the flash. */
    public record Area(int start, int size) {
        public int end() {
            return start + size;
        }

        public boolean contains(int offset, int length) {
            return offset >= start && offset + length <= end();
        }
    }

    /** That of a board that comes with Updraft, or of a board file. */
    public static FlashMap of(String nameOrFile) {
        return of(Board.find(nameOrFile));
    }

    /** As its file has it. */
    public static FlashMap of(Board board) {
        return new FlashMap(
                board,
                FlashGeometry.ofSectors(
                        board.geometry().programUnit(),
                        board.geometry().ecc(),
                        board.geometry().units().stream()
                                .mapToInt(unit -> (int) unit.size())
                                .toArray()),
                area(board.map().bootloader()),
                board.map().bootState().stream().map(FlashMap::area).toList(),
                area(board.map().slot()),
                area(board.map().staging()),
                board.map().swapUnit());
    }

    private static Area area(MemoryRange range) {
        return new Area((int) range.start() - BASE, (int) range.size());
    }

    /** As in an image's BOARD TLV. */
    public String board() {
        return described.name();
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

    /** Whether a record of the boot state may read in another way at the next power-up. */
    public boolean isLogUnstable(FlashArray flash) {
        return log.stream().anyMatch(group -> flash.isUnstable(group.start(), group.end()));
    }

    /** Whether the log owns it. */
    public boolean isLog(int offset, int length) {
        return log.stream().anyMatch(group -> group.contains(offset, length));
    }
}
