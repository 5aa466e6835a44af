package dev.updraft.emulator.board;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rehearsals leave out runs that differ in a sector which nobody looked at; so every way to look must be noticed. */
class WatchedSectorTest {
    private static final int RAM = 0x2000_0000;
    private static final int FLASH = 0x0800_0000;

    @ParameterizedTest
    @CsvSource({"stm32f407, 11", "stm32l476, 300", "stm32h743, 9"})
    void lookingIsNoticedHoweverItIsDone(String name, int sector) {
        Board board = Boards.create(name).build();
        byte[] start = new byte[8];
        start[3] = 0x20; // stack pointer 0x20000000
        start[4] = 0x41; // start at 0x20000040
        start[7] = 0x20;
        board.program(FLASH, start);
        Board.Snapshot off = board.snapshot();
        int at = board.flash().geometry().sectorStart(sector);
        int size = board.flash().geometry().sectorSize(sector);

        begin(board, off, sector);
        board.cpu().bus().read(FLASH + at - 4, 4);
        board.flash().erase(at, size);
        assertThat(board.flash().unseenSinceWatched()).as("erased").isTrue();
        board.cpu().bus().read(FLASH + at, 4);
        assertThat(board.flash().unseenSinceWatched()).as("read behind that").isTrue();

        begin(board, off, sector);
        assertThat(board.flash().unseenSinceWatched()).as("never erased").isFalse();

        begin(board, off, sector);
        execute(board, 0xE7FE_6808, FLASH + at + size - 4); // ldr r0, [r1]; b .
        board.flash().erase(at, size);
        assertThat(board.flash().unseenSinceWatched()).as("read").isFalse();

        begin(board, off, sector);
        execute(board, 0xE7FE_4708, FLASH + at + 1); // bx r1
        board.flash().erase(at, size);
        assertThat(board.flash().unseenSinceWatched()).as("executed").isFalse();

        begin(board, off, sector);
        board.flash().program(at + 64, new byte[32]);
        board.flash().erase(at, size);
        assertThat(board.flash().unseenSinceWatched()).as("programmed").isFalse();

        begin(board, off, sector);
        board.flash().accepts(at + 64, new byte[32]);
        board.flash().erase(at, size);
        assertThat(board.flash().unseenSinceWatched()).as("tried to program").isFalse();
    }

    private static void begin(Board board, Board.Snapshot off, int sector) {
        board.restore(off);
        board.watchSector(sector);
        board.powerOn();
        board.step();
    }

    private static void execute(Board board, int code, int r1) {
        board.cpu().bus().write(RAM + 0x40, 4, code);
        board.cpu().setRegister(1, r1);
        board.cpu().setRegister(15, RAM + 0x40);
        board.runFor(1);
    }
}
