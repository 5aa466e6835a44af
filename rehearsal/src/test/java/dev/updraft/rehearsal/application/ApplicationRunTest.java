package dev.updraft.rehearsal.application;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.image.Image;
import dev.updraft.image.firmware.Firmware;
import dev.updraft.rehearsal.CryptoMode;
import dev.updraft.rehearsal.Rehearsal;
import dev.updraft.rehearsal.RehearsalResult;
import dev.updraft.rehearsal.application.ApplicationResult.Verdict;
import dev.updraft.rehearsal.report.HtmlReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compiled applications, of which all but one would not work in the field though their installation survives every power cut. */
class ApplicationRunTest {
    private static final String BOARD = "stm32f407";
    private static final Path SOURCES = Path.of(System.getenv("UPDRAFT_HOME")).resolve("rehearsal/src/test/firmware");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "WORKS     | WORKED  | without a fault, with its watchdog fed; it reached no server and did not confirm itself yet",
                "HANGS     | FAILED  | the watchdog reset the device",
                "STARVES   | FAILED  | the watchdog reset the device",
                "SLEEPS    | FAILED  | the watchdog reset the device",
                "SETS_VTOR | FAILED  | it set VTOR to 0x08000000",
                "FAULTS    | FAILED  | it faulted after 0.0 s",
                "RESETS    | FAILED  | after 3 starts on trial the old image came back",
                "TOUCHES   | WORKED  | What is not modelled read as 0: ETH.",
                "TOUCHES_AND_STARVES | NOT_RUN | ETH is not modelled and read as 0, and then the watchdog reset the device",
            })
    void whatTheApplicationDoesIsSeenAndSaid(String does, Verdict verdict, String sentence) throws Exception {
        RehearsalResult result = rehearse(does);

        assertThat(result.survived()).isTrue();
        assertThat(result.application().verdict())
                .as(result.application().sentence())
                .isEqualTo(verdict);
        assertThat(result.application().sentence()).contains(sentence);
        assertThat(result.application().ran()).isEqualTo(verdict != Verdict.NOT_RUN);
        assertThat(result.passed()).isEqualTo(verdict != Verdict.FAILED);
        assertThat(HtmlReport.of(result))
                .contains(sentence.replace("'", "&#39;"))
                .doesNotContain("{{");
    }

    @Test
    void nobodyIsToldOfAnApplicationThatWasNotAskedFor() throws Exception {
        RehearsalResult result = rehearsal("HANGS").run((done, total, failed) -> {});

        assertThat(result.application().verdict()).isEqualTo(Verdict.NOT_ASKED);
        assertThat(result.passed()).isTrue();
    }

    private RehearsalResult rehearse(String does) throws Exception {
        return rehearsal(does).runningIn(Surroundings.alone(40)).run((done, total, failed) -> {});
    }

    private Rehearsal rehearsal(String does) throws Exception {
        Image before = dev.updraft.rehearsal.Firmware.image(BOARD, "1.0.0", 2000, 1, 1);
        Image after = dev.updraft.rehearsal.Firmware.signer(BOARD, "1.1.0", 1).sign(compile(does));
        return Rehearsal.of(BOARD, dev.updraft.rehearsal.Firmware.bootloader(BOARD), before, after)
                .crypto(CryptoMode.HOST)
                .cuts(1);
    }

    private Firmware compile(String does) throws IOException, InterruptedException {
        Path elf = folder.resolve(does + ".elf");
        Process compiler = new ProcessBuilder(List.of(
                        "arm-none-eabi-gcc",
                        "-mcpu=cortex-m4",
                        "-mthumb",
                        "-Os",
                        "-nostdlib",
                        "-ffreestanding",
                        "-Wall",
                        "-Werror",
                        "-DDOES=" + does,
                        "-Wl,--defsym=start=0x08020200",
                        "-Wl,-n",
                        "-T",
                        SOURCES.resolve("application.ld").toString(),
                        SOURCES.resolve("application.c").toString(),
                        "-o",
                        elf.toString()))
                .redirectErrorStream(true)
                .start();
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(compiler.waitFor()).as(said).isZero();
        return Firmware.read(Files.readAllBytes(elf));
    }
}
