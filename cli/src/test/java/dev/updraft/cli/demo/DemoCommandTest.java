package dev.updraft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.cli.UserError;
import dev.updraft.image.ImageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class DemoCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** The first board; every one with {@code ./check --all}. */
    static List<String> boards() {
        return Boolean.getBoolean("updraft.all")
                ? List.of("stm32f407", "stm32l476", "stm32h743", "nucleo-g474re")
                : List.of("stm32f407");
    }

    @ParameterizedTest
    @MethodSource("boards")
    void everyBoardEndsOnTheNewVersionThroughPowerCuts(String board) {
        int status = run("--board", board, "--devices", "2", "--seed", "42", "--json");

        assertThat(status).as("%s", out).isZero();
        String last = out.toString().strip().lines().reduce("", (first, second) -> second);
        assertThat(last)
                .matches("\\{\"devices\":2,\"updated\":2,\"bricked\":0,\"powerCuts\":[1-9][0-9]*,\"seconds\":[0-9.]+}");
    }

    @Test
    void overASerialLineAGatewayBringsIt() {
        overASerialLine("--no-power-cuts");
    }

    @Test
    @Tag("slow")
    void overASerialLineAGatewayBringsItThroughPowerCuts() {
        assertThat(overASerialLine("--power-cuts")).doesNotContain("\"powerCuts\":0");
    }

    private String overASerialLine(String cuts) {
        int status = run("--net", "serial", cuts, "--devices", "1", "--seed", "42", "--json");

        assertThat(status).as("%s", out).isZero();
        String last = out.toString().strip().lines().reduce("", (first, second) -> second);
        assertThat(last).contains("\"updated\":1,\"bricked\":0");
        return last;
    }

    @Test
    void aWayThatThereIsNotIsRefused() {
        assertThat(run("--net", "pigeon")).isEqualTo(2);
        assertThat(err.toString().strip()).contains("serial").hasLineCount(1);
    }

    @Test
    void aPortInUseIsSaidInOneSentence() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int status = run("--devices", "1", "--port", "" + taken.getLocalPort());

            assertThat(status).isEqualTo(2);
            assertThat(err.toString().strip()).contains("in use").hasLineCount(1);
        }
    }

    @Test
    void aNumberOfDevicesThatMakesNoSenseIsRefused() {
        assertThat(run("--devices", "0")).isEqualTo(2);
        assertThat(err.toString().strip()).contains("--devices").hasLineCount(1);
    }

    @Test
    void aBoardThatThereIsNotIsRefusedWithTheOnesThereAre() {
        assertThat(run("--board", "stm32f103")).isEqualTo(2);
        assertThat(err.toString().strip()).contains("stm32h743").hasLineCount(1);
    }

    @Test
    void anUnknownOptionIsRefused() {
        assertThat(run("--devises", "3")).isEqualTo(2);
        assertThat(err.toString()).contains("--devises");
    }

    private int run(String... arguments) {
        return new CommandLine(new DemoCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setExecutionExceptionHandler((error, line, parsed) -> {
                    line.getErr().println(error.getMessage());
                    return error instanceof UserError || error instanceof ImageException ? 2 : 1;
                })
                .execute(arguments);
    }
}
