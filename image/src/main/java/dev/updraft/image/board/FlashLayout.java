package dev.updraft.image.board;

import dev.updraft.image.MemoryRange;
import java.util.List;

/**
 * Who owns which bytes of a board's flash (docs/reference/flash-map.md).
 *
 * @param bootState its two groups
 * @param slot where an image stands while it runs
 * @param staging where a new image waits: one swap unit longer than the slot
 * @param swapUnit bytes that an installation moves between two records
 */
public record FlashLayout(
        MemoryRange bootloader,
        List<MemoryRange> bootState,
        MemoryRange settings,
        MemoryRange slot,
        MemoryRange staging,
        int swapUnit) {
    public FlashLayout {
        bootState = List.copyOf(bootState);
    }
}
