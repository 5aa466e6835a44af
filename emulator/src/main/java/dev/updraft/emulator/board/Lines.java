package dev.updraft.emulator.board;

import dev.updraft.emulator.board.Memories.RamRange;
import dev.updraft.emulator.flash.F4Flash;
import dev.updraft.emulator.flash.FlashTiming;
import dev.updraft.emulator.flash.H7Flash;
import dev.updraft.emulator.flash.L4Flash;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A line of chips that are alike but for their memories.
 *
 * @param name as STM32F407, the beginning of its parts' names
 * @param kind whose class models it
 * @param interrupts in its vector table
 * @param id what DBGMCU says of it
 * @param usual the memories of a part where nothing is said
 */
record Lines(String name, Kind kind, int interrupts, int id, Memories usual) {
    private static final int KIB = 1024;

    /** Chips whose clocks and peripherals stand at the same places. */
    enum Kind {
        F4,
        L4,
        G4,
        WB,
        WL,
        H7
    }

    private static final Memories F4_MEGABYTE = new Memories(
            F4Flash.GEOMETRY, 1, List.of(new RamRange(0x2000_0000, 128 * KIB), new RamRange(0x1000_0000, 64 * KIB)));
    private static final Memories L4_MEGABYTE = new Memories(
            L4Flash.GEOMETRY, 2, List.of(new RamRange(0x2000_0000, 96 * KIB), new RamRange(0x1000_0000, 32 * KIB)));
    private static final Memories H7_TWO_MEGABYTES = new Memories(
            H7Flash.GEOMETRY,
            2,
            List.of(
                    new RamRange(0, 64 * KIB),
                    new RamRange(0x2000_0000, 128 * KIB),
                    new RamRange(0x2400_0000, 512 * KIB),
                    new RamRange(0x3000_0000, 288 * KIB),
                    new RamRange(0x3800_0000, 64 * KIB)));

    /** The reference manual of each: RM0090, RM0368, RM0383, RM0390, RM0351, RM0394, RM0432, RM0440, RM0434, RM0453, RM0433, RM0468. */
    private static final List<Lines> ALL = List.of(
            new Lines("STM32F407", Kind.F4, 82, 0x1007_6413, F4_MEGABYTE),
            new Lines("STM32F405", Kind.F4, 82, 0x1007_6413, F4_MEGABYTE),
            new Lines("STM32F415", Kind.F4, 82, 0x1007_6413, F4_MEGABYTE),
            new Lines("STM32F417", Kind.F4, 82, 0x1007_6413, F4_MEGABYTE),
            new Lines("STM32F401", Kind.F4, 85, 0x1000_6433, F4_MEGABYTE),
            new Lines("STM32F411", Kind.F4, 86, 0x1000_6431, F4_MEGABYTE),
            new Lines("STM32F427", Kind.F4, 91, 0x2003_6419, F4_MEGABYTE),
            new Lines("STM32F429", Kind.F4, 91, 0x2003_6419, F4_MEGABYTE),
            new Lines("STM32F437", Kind.F4, 91, 0x2003_6419, F4_MEGABYTE),
            new Lines("STM32F439", Kind.F4, 91, 0x2003_6419, F4_MEGABYTE),
            new Lines("STM32F446", Kind.F4, 97, 0x1000_6421, F4_MEGABYTE),
            new Lines("STM32L476", Kind.L4, 82, 0x1007_6415, L4_MEGABYTE),
            new Lines("STM32L475", Kind.L4, 82, 0x1007_6415, L4_MEGABYTE),
            new Lines("STM32L486", Kind.L4, 82, 0x1007_6415, L4_MEGABYTE),
            new Lines("STM32L432", Kind.L4, 83, 0x1001_6435, L4_MEGABYTE),
            new Lines("STM32L433", Kind.L4, 83, 0x1001_6435, L4_MEGABYTE),
            new Lines("STM32L4R5", Kind.L4, 95, 0x1001_6470, L4_MEGABYTE),
            new Lines("STM32G431", Kind.G4, 102, 0x1000_6468, L4_MEGABYTE),
            new Lines("STM32G474", Kind.G4, 102, 0x1000_6469, L4_MEGABYTE),
            new Lines("STM32WB55", Kind.WB, 63, 0x2000_6495, L4_MEGABYTE),
            new Lines("STM32WL55", Kind.WL, 62, 0x1000_6497, L4_MEGABYTE),
            new Lines("STM32WLE5", Kind.WL, 62, 0x1000_6497, L4_MEGABYTE),
            new Lines("STM32H743", Kind.H7, 150, 0x2003_6450, H7_TWO_MEGABYTES),
            new Lines("STM32H753", Kind.H7, 150, 0x2003_6450, H7_TWO_MEGABYTES),
            new Lines("STM32H723", Kind.H7, 163, 0x1000_6483, H7_TWO_MEGABYTES),
            new Lines("STM32H733", Kind.H7, 163, 0x1000_6483, H7_TWO_MEGABYTES));

    static Optional<Lines> of(String part) {
        String wanted = part.toUpperCase(Locale.ROOT);
        return ALL.stream().filter(line -> wanted.startsWith(line.name)).findFirst();
    }

    static List<String> names() {
        return ALL.stream().map(Lines::name).sorted().toList();
    }

    FlashTiming timing() {
        return switch (kind) {
            case F4 -> FlashTiming.F407;
            case H7 -> FlashTiming.H743;
            default -> FlashTiming.L476;
        };
    }

    Chip build(Chip.Options options, Signals signals) {
        return switch (kind) {
            case F4 -> new Stm32F4(this, options, signals);
            case H7 -> new Stm32H7(this, options, signals);
            default -> new Stm32L4(this, options, signals);
        };
    }
}
