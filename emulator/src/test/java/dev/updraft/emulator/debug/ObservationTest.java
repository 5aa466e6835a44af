package dev.updraft.emulator.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.board.Boards;
import dev.updraft.emulator.board.Firmware;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trace, profile and fault report of a program whose calls are known. */
class ObservationTest {
    private static final long MICROS = 3_000;

    @TempDir
    private static Path folder;

    private static byte[] elf;
    private static byte[] program;

    @BeforeAll
    static void compile() throws IOException {
        Path file = Firmware.compileElf(folder, "debugged.c");
        elf = Files.readAllBytes(file);
        program = Firmware.binary(file);
    }

    @Test
    void theProfileCountsEveryInstructionOnce() {
        Board board = board();
        try (Profile profile = Profile.of(board.cpu(), Symbols.ofElf(elf))) {
            board.runFor(MICROS);
            List<Profile.Line> lines = profile.lines();
            assertThat(lines.stream().mapToLong(Profile.Line::self).sum())
                    .isEqualTo(board.cpu().retired());
            assertThat(line(lines, "leaf").calls()).isEqualTo(20);
            assertThat(line(lines, "leaf").self())
                    .isPositive()
                    .isEqualTo(line(lines, "leaf").total());
            assertThat(line(lines, "middle").total())
                    .isGreaterThan(
                            line(lines, "middle").self() + line(lines, "leaf").self());
            assertThat(line(lines, "reset_handler").total())
                    .isEqualTo(board.cpu().retired());
            assertThat(profile.folded())
                    .contains("reset_handler;main;middle;leaf "
                            + line(lines, "leaf").self() + "\n")
                    .contains("reset_handler;main;read_nothing;hard_fault_handler ");
            assertThat(profile.table(3)).contains("more functions");
        }
    }

    @Test
    void theTraceShowsEachInstructionAndChangesNothing() {
        Board board = board();
        StringWriter text = new StringWriter();
        try (var _ = Trace.instructions(
                board.cpu(), Symbols.ofElf(elf), new Disassembly(board.cpu())::at, new PrintWriter(text))) {
            board.runFor(MICROS);
        }
        List<String> lines = text.toString().lines().toList();
        assertThat(lines).hasSize((int) board.cpu().retired());
        assertThat(lines.getFirst()).contains(" reset_handler ");
        assertThat(lines).anyMatch(line -> line.matches(".* leaf\\S* .*\\[20000000]=00000039.*"));

        Board untraced = board();
        untraced.runFor(MICROS);
        assertThat(board.cpu().retired()).isEqualTo(untraced.cpu().retired());
        for (int i = 0; i < 16; i++) {
            assertThat(board.cpu().register(i)).isEqualTo(untraced.cpu().register(i));
        }
        assertThat(board.console().text()).isEqualTo(untraced.console().text());
    }

    @Test
    void theTraceOfCallsIsIndented() {
        Board board = board();
        StringWriter text = new StringWriter();
        try (var _ = Trace.calls(board.cpu(), Symbols.ofElf(elf), new PrintWriter(text))) {
            board.runFor(MICROS);
        }
        assertThat(text.toString())
                .containsPattern("\\d -> reset_handler\\(")
                .containsPattern("\\d   -> main\\(")
                .containsPattern("\\d     -> middle\\(0x13, ")
                .containsPattern("\\d       -> leaf\\(0x13, ")
                .containsPattern("\\d       <- leaf r0=0000003a\n");
    }

    @Test
    void aFaultIsReportedWithItsCausesAndItsCallers() {
        Board board = board();
        board.symbols(Symbols.ofElf(elf));
        StringBuilder reported = new StringBuilder();
        board.cpu().debug().onFault(exception -> reported.append(board.report()));
        board.runFor(MICROS);
        assertThat(reported)
                .contains("read of 4 bytes at 0x60000000, where nothing answers")
                .contains("CFSR.PRECISERR")
                .contains("HFSR.FORCED")
                .contains("BFAR 0x60000000")
                .containsPattern("at read_nothing\\S*\\n  called from main\\S*\\n  called from reset_handler");
    }

    @Test
    void aFileThatIsNoElfOrIsDamagedIsRefused() {
        assertThatThrownBy(() -> Symbols.ofElf(new byte[100]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no little-endian ELF32");
        byte[] damaged = elf.clone();
        damaged[35] = 0x7F; // the section headers lie beyond the end
        assertThatThrownBy(() -> Symbols.ofElf(damaged))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("damaged");
    }

    private static Profile.Line line(List<Profile.Line> lines, String function) {
        return lines.stream()
                .filter(line -> line.function().equals(function))
                .findFirst()
                .orElseThrow();
    }

    private static Board board() {
        Board board = Boards.create("stm32f407").build();
        board.program(0x0800_0000, program);
        board.powerOn();
        return board;
    }
}
