package dev.updraft.emulator.board;

import dev.updraft.emulator.flash.FlashGeometry;
import java.util.List;

/**
 * The memories of a chip, which differ within a line.
 *
 * @param flash how its flash is divided
 * @param banks of flash: 1 or 2
 * @param ram all that is volatile
 */
public record Memories(FlashGeometry flash, int banks, List<RamRange> ram) {
    public Memories {
        ram = List.copyOf(ram);
    }

    /** {@code size} bytes of RAM from the address {@code base} on. */
    public record RamRange(int base, int size) {}

    int bankSize() {
        return flash.size() / banks;
    }
}
