package dev.updraft.emulator.core;

import static org.assertj.core.api.Assertions.assertThat;

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
}
