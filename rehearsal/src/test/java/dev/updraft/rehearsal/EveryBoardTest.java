package dev.updraft.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.board.Boards;
import dev.updraft.image.board.Board;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bootloader as it is compiled for each board file that comes with Updraft, on the board that is emulated from the same file. */
class EveryBoardTest {
    private static final boolean ALL = Boolean.getBoolean("updraft.all");

    /** Beside the boards of {@link RehearsalTest}: one for each kind of clock and flash, and with {@code ./check --all} every one. */
    static List<String> boards() {
        return ALL
                ? Board.names().stream()
                        .filter(name -> Boards.has(Board.find(name).chip().name()))
                        .toList()
                : List.of("nucleo-f429zi", "nucleo-g474re", "nucleo-h723zg", "nucleo-wb55rg", "nucleo-wl55jc");
    }

    @ParameterizedTest
    @MethodSource("boards")
    void anUpdateSurvivesPowerCuts(String board) {
        RehearsalResult result = Rehearsal.of(
                        board,
                        Firmware.bootloader(board),
                        Firmware.image(board, "1.0.0", 1200, 1, 1),
                        Firmware.image(board, "1.1.0", 1300, 2, 2))
                .crypto(CryptoMode.HOST)
                .cuts(ALL ? 200 : 4)
                .run((done, total, failed) -> {});

        assertThat(result.parts())
                .isNotEmpty()
                .allSatisfy(part -> assertThat(part.failures()).isEmpty());
        assertThat(result.passed()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("dev.updraft.image.board.Board#names")
    void theEmulatedFlashIsDividedAsTheFileSays(String name) {
        Board board = Board.find(name);
        try (var emulated = dev.updraft.rehearsal.device.EmulatedBoard.of(board).build()) {
            assertThat(emulated.flash().geometry().size())
                    .isEqualTo((int) board.flash().size());
            assertThat(emulated.flash().geometry().sectors())
                    .isEqualTo(board.geometry().units().size());
        }
    }
}
