package dev.updraft.cli.bootloader;

import dev.updraft.emulator.flash.FlashTiming;
import dev.updraft.image.board.Board;
import dev.updraft.rehearsal.device.FlashMap;
import java.util.List;
import java.util.Locale;

/** The chips that there is a port for. Where things are in their flash: {@link FlashMapTest} holds the maps against the C code. */
@SuppressWarnings("ImmutableEnumChecker") // times that are never changed
enum Chip {
    STM32F407(0x4000_2850, 128, FlashTiming.F407),
    STM32L476(0x4000_2850, 96, FlashTiming.L476),
    STM32H743(0x5800_4050, 128, FlashTiming.H743);

    static final int RAM = 0x2000_0000;
    private static final int KIB = 1024;

    /** Address of the first backup register. */
    final int backupRegisters;

    final int ramTop;
    /** Much faster than real: nothing here depends on it, and waiting costs instructions. */
    final FlashTiming timing;

    Chip(int backupRegisters, int ramKib, FlashTiming typical) {
        this.backupRegisters = backupRegisters;
        this.ramTop = RAM + ramKib * KIB;
        timing = typical.times(0.02);
    }

    /** The chips that tests run on: the first, and with {@code ./check --all} every one. */
    static List<Chip> underTest() {
        return Boolean.getBoolean("updraft.all") ? List.of(values()) : List.of(STM32F407);
    }

    String board() {
        return name().toLowerCase(Locale.ROOT);
    }

    FlashMap map() {
        return FlashMap.of(described());
    }

    /** Start of each group of the boot state. */
    List<Integer> log() {
        return map().log().stream().map(group -> FlashMap.BASE + group.start()).toList();
    }

    /** Bytes of a group. */
    int logSize() {
        return map().log().getFirst().size();
    }

    int staging() {
        return FlashMap.BASE + map().staging().start();
    }

    int step() {
        return map().step();
    }

    int slot() {
        return (int) described().slot().start();
    }

    /** Bytes of an image's header here: its vector table follows, aligned. */
    int header() {
        return described().header();
    }

    Board described() {
        return Board.named(board()).orElseThrow();
    }

    @Override
    public String toString() {
        return board();
    }
}
