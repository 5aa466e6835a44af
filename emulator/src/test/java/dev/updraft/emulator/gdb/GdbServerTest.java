package dev.updraft.emulator.gdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.board.Boards;
import dev.updraft.emulator.board.Firmware;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real gdb-multiarch debugs a program on an emulated STM32F407. */
class GdbServerTest {
    @TempDir
    private static Path folder;

    private static Path elf;

    @BeforeAll
    static void compile() throws IOException {
        elf = Firmware.compileElf(folder, "debugged.c", "-g");
    }

    @Test
    void breaksStepsFinishesAndReads() throws Exception {
        String said = debug("""
                break leaf
                continue
                backtrace
                info registers pc xpsr msp fpscr
                print value
                finish
                next
                print $lr == 0
                delete
                break read_nothing
                continue
                print counter
                x/2xw &counter
                print/x *(unsigned *)0x40023800
                set var counter = 42
                print counter
                print $r3 = 7
                kill
                """);
        assertThat(said)
                .contains("Breakpoint 1, leaf (value=value@entry=0)")
                .containsPattern("#1 .* middle .*\\n#2 .* main \\(\\)")
                .contains("pc             0x8000")
                .contains("msp            0x2001f")
                .contains("$1 = 0")
                .contains("Value returned is $2 = 1")
                .contains("Breakpoint 2, read_nothing ()")
                .contains("<counter>:\\t0x00000039".replace("\\t", "\t"))
                .contains("0x83") // RCC_CR after reset: HSION, HSIRDY and the trimming's middle
                .contains(" = 42")
                .contains(" = 7")
                .doesNotContain("Error", "error", "warning");
    }

    @Test
    void watchpointsStopAtTheInstructionThatAccesses() throws Exception {
        String said = debug("""
                break leaf
                continue
                delete
                watch counter
                continue
                continue
                continue
                delete
                rwatch *(unsigned *)0x40011000
                continue
                delete
                kill
                """);
        assertThat(said)
                .contains("Hardware watchpoint 2: counter")
                .containsPattern("Old value = 0\\s+New value = 3\\s+leaf \\(value=value@entry=1\\)")
                .containsPattern("Old value = 3\\s+New value = 6\\s+leaf \\(value=value@entry=2\\)")
                .containsPattern("Hardware read watchpoint 3: .*\\s+Value = 192\\s"); // USART1_SR: TXE and TC
    }

    @Test
    void monitorCutsThePowerAndLoadWritesFlash() throws Exception {
        String said = debug("""
                break leaf
                continue
                monitor power-cut
                maintenance flush register-cache
                info symbol $pc
                load
                monitor reset
                maintenance flush register-cache
                continue
                monitor time
                monitor nonsense
                detach
                """);
        assertThat(said)
                .contains("the power was cut and is back")
                .contains("reset_handler in section")
                .contains("Transfer rate")
                .containsPattern("Breakpoint 1, leaf[^$]*Breakpoint 1, leaf")
                .contains("instructions")
                .contains("presses the reset button");
    }

    @Test
    void controlCStopsABusyBoardAndAFaultIsSeenInItsHandler() throws Exception {
        String said = debug("""
                break hard_fault_handler
                continue
                monitor report
                delete
                python import threading, os, signal
                python threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
                continue
                backtrace 1
                kill
                """);
        assertThat(said)
                .contains("Breakpoint 1, hard_fault_handler ()")
                .contains("CFSR.PRECISERR")
                .contains("read of 4 bytes at 0x60000000")
                .contains("Program received signal SIGINT");
    }

    /** Has gdb execute commands on a board that was just switched on; returns what it printed. */
    private static String debug(String commands) throws Exception {
        Path script = Files.createTempFile(folder, "commands", ".gdb");
        try (Board board = Boards.create("stm32f407").build()) {
            board.program(0x0800_0000, Firmware.binary(elf));
            board.powerOn();
            try (GdbServer server = GdbServer.listen(board, 0)) {
                CompletableFuture<Boolean> served = CompletableFuture.supplyAsync(() -> serve(server));
                Files.writeString(
                        script,
                        "set pagination off\nset confirm off\nset height 0\ntarget remote :" + server.port() + "\n"
                                + commands);
                Process gdb = new ProcessBuilder(
                                "gdb-multiarch", "-q", "-nx", "-batch", "-x", script.toString(), elf.toString())
                        .redirectErrorStream(true)
                        .start();
                String said = new String(gdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(gdb.waitFor()).as(said).isZero();
                served.get(1, TimeUnit.MINUTES);
                return said;
            }
        }
    }

    private static boolean serve(GdbServer server) {
        try {
            return server.serve(() -> false);
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
