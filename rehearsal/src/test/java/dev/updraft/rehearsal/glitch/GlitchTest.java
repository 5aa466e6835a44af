package dev.updraft.rehearsal.glitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.board.Boards;
import dev.updraft.rehearsal.CryptoMode;
import dev.updraft.rehearsal.Firmware;
import dev.updraft.rehearsal.Rehearsal;
import dev.updraft.rehearsal.RehearsalException;
import dev.updraft.rehearsal.device.Bootloader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GlitchTest {
    private static final String BOARD = "stm32f407";
    private static final int START = 0x0800_0100;

    private static Rehearsal rehearsal(String board, Bootloader bootloader) {
        return Rehearsal.of(
                        board,
                        bootloader,
                        Firmware.image(board, "1.0.0", 1200, 1, 1),
                        Firmware.image(board, "1.1.0", 1200, 2, 2))
                .crypto(CryptoMode.HOST);
    }

    /** A sample on each board; `updraft rehearse --glitch` tries all of them. */
    @ParameterizedTest
    @MethodSource("boards")
    void noSingleFaultOfASampleStartsAnImageThatNoKeySigned(String board) {
        GlitchResult result = rehearsal(board, Firmware.bootloader(board)).glitch(97, (done, total, failed) -> {});

        assertThat(result.tried()).isGreaterThan(300);
        assertThat(result.endings()).containsKeys("signed", "recovery");
        assertThat(result.starts()).isEmpty();
    }

    static List<String> boards() {
        return Boolean.getBoolean("updraft.all") ? List.of("stm32f407", "stm32l476", "stm32h743") : List.of(BOARD);
    }

    @Test
    void aBootloaderThatDoesNotVerifyIsToldWithoutAnyFault() {
        assertThatThrownBy(() -> rehearsal(BOARD, Firmware.mutant(BOARD, "skip-signature"))
                        .crypto(CryptoMode.EXACT)
                        .glitch(1000, (done, total, failed) -> {}))
                .isInstanceOf(RehearsalException.class)
                .hasMessageContaining("without any disturbance");
    }

    // The faults themselves, on two instructions each: what is struck, and MOV R1, #7 behind it.

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "movs r0, #5           | 2005      | skipped       | 0 7",
                "mov.w r0, #5          | F04F 0005 | skipped       | 0 7",
                "movs r0, #5           | 2005      | PC + 4        | 0 0",
                "movs r0, #5           | 2005      | result 1      | 1 7",
                "movs r0, #5           | 2005      | result 0      | 0 7",
                "beq over one          | D000      | branch forced | 0 0",
                "beq.w over one        | F000 8001 | branch forced | 0 0",
                "cbz r0 not: cbnz r0   | B900      | branch forced | 0 0",
            })
    void aFaultDoesWhatItsNameSays(String instruction, String code, String name, String registers) {
        try (Board board = board(code)) {
            Board.Snapshot before = board.snapshot();
            board.step();
            int[] after = new int[15];
            for (int i = 0; i < 15; i++) {
                after[i] = board.cpu().register(i);
            }
            board.restore(before);
            Glitch glitch = Glitch.at(board, after).stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            glitch.strike(board);
            while (board.cpu().register(15) != START + 16 && board.cpu().register(15) < START + 20) {
                board.step();
            }

            assertThat(board.cpu().register(0) + " " + board.cpu().register(1)).isEqualTo(registers);
        }
    }

    @Test
    void whatCannotHappenIsNotTried() {
        try (Board board = board("2005")) {
            int[] unchanged = new int[15];
            for (int i = 0; i < 15; i++) {
                unchanged[i] = board.cpu().register(i);
            }

            List<String> names =
                    Glitch.at(board, unchanged).stream().map(Glitch::name).toList();

            assertThat(names).containsExactly("skipped", "PC + 4", "PC + 6", "PC + 8", "PC + 10");
        }
    }

    /** Stopped before the instruction; behind it come MOVS R1, #7 and NOPs. Z is clear. */
    private static Board board(String code) {
        ByteBuffer flash = ByteBuffer.allocate(0x200).order(ByteOrder.LITTLE_ENDIAN);
        flash.putInt(0x2000_1000).putInt(0x0800_0081);
        flash.position(0x80);
        flash.putShort((short) 0x2101)
                .putShort((short) 0x2000)
                .putShort((short) 0x2100)
                .putShort((short) 0x2201); // flags, R0, R1, R2
        while (flash.position() < START - 0x0800_0000) {
            flash.putShort((short) 0xBF00);
        }
        for (String half : code.split(" ")) {
            flash.putShort((short) Integer.parseInt(half, 16));
        }
        flash.putShort((short) 0x2107);
        while (flash.hasRemaining()) {
            flash.putShort((short) 0xBF00);
        }
        Board board = Boards.create(BOARD).build();
        board.program(0x0800_0000, flash.array());
        board.powerOn();
        while (board.cpu().register(15) != START) {
            board.step();
        }
        return board;
    }
}
