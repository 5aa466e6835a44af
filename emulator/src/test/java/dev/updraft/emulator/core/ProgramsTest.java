package dev.updraft.emulator.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramsTest {
    @ParameterizedTest
    @ValueSource(strings = {"-O0", "-O2", "-Os"})
    void aCompiledProgramWithNewlibPrintsAndExits(String level) {
        BareBoard board = new BareBoard().load(BareBoard.compile("-mcpu=cortex-m4 " + level, "hello.c"));
        assertThat(board.runToExit(10_000_000)).isEqualTo(7);
        assertThat(board.printed())
                .isEqualTo("-99 -3 0 5 7 12 42 \nhello, updraft 14 7.853982 176366841446208112 deadbeef\n");
    }

    /** The same output as QEMU's mps2-an386, which takes SoftFloat's word for it. */
    @Test
    void floatingPointInHardwareIsExactAndSurvivesInterrupts() {
        BareBoard board = new BareBoard()
                .load(BareBoard.compile("-mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16 -O2", "floats.c"));
        assertThat(board.runToExit(100_000_000)).isZero();
        assertThat(board.printed().replaceAll(" ?\n", "|"))
                .isEqualTo("fc1c7661 0f842bfe aa6de8c6 81ebed23 d8a59cdb 0c69c046 1d6331f3 8b411879 1b8fed6b 6797bdee "
                        + "4511115f 033f5e98|40ac0000|undisturbed 4127b0fa|");
    }
}
