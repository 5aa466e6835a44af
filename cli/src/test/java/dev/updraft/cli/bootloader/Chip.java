package dev.updraft.cli.bootloader;

import dev.updraft.emulator.flash.FlashTiming;
import dev.updraft.image.Board;
import java.util.List;
import java.util.Locale;

/** The chips that there is a port for, and where things are on them (docs/reference/flash-map.md). */
@SuppressWarnings("ImmutableEnumChecker") // lists that are never changed
enum Chip {
    STM32F407(List.of(0x0800_8000, 0x0800_C000), 16, 0x0808_0000, 128, 0x4000_2850, 128, FlashTiming.F407),
    STM32L476(List.of(0x0800_8000, 0x0800_C000), 16, 0x0808_8000, 16, 0x4000_2850, 96, FlashTiming.L476),
    STM32H743(List.of(0x0802_0000, 0x0810_0000), 128, 0x0812_0000, 128, 0x5800_4050, 128, FlashTiming.H743);

    static final int RAM = 0x2000_0000;
    private static final int KIB = 1024;

    /** Start of each group of the metadata log, and the size of one. */
    final List<Integer> log;

    final int logSize;
    final int staging;
    final int step;
    /** Address of the first backup register. */
    final int backupRegisters;

    final int ramTop;
    /** Much faster than real: nothing here depends on it, and waiting costs instructions. */
    final FlashTiming timing;

    Chip(
            List<Integer> log,
            int logKib,
            int staging,
            int stepKib,
            int backupRegisters,
            int ramKib,
            FlashTiming typical) {
        this.log = log;
        this.logSize = logKib * KIB;
        this.staging = staging;
        this.step = stepKib * KIB;
        this.backupRegisters = backupRegisters;
        this.ramTop = RAM + ramKib * KIB;
        timing = typical.times(0.02);
    }

    String board() {
        return name().toLowerCase(Locale.ROOT);
    }

    int slot() {
        return (int) described().slot().start();
    }

    /** Bytes of an image's header here: its vector table follows, aligned. */
    int header() {
        return described().vectorAlignment();
    }

    private Board described() {
        return Board.named(board()).orElseThrow();
    }

    @Override
    public String toString() {
        return board();
    }
}
