package dev.updraft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.cli.Outcome;
import dev.updraft.emulator.board.Board;
import dev.updraft.image.firmware.Firmware;
import dev.updraft.image.firmware.Segment;
import dev.updraft.rehearsal.device.EmulatedBoard;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the production line programs starts, and is the device that it should be. */
class FactoryTest {
    @Test
    void oneFileMakesADevice(@TempDir Path folder) throws Exception {
        dev.updraft.image.board.Board described = dev.updraft.image.board.Board.find("stm32f407");
        Path build = FirmwareBuild.home().resolve("build/factory-test");
        FirmwareBuild firmware = new FirmwareBuild(FirmwareBuild.home(), described, build);
        Signing publisher = Signing.fresh();
        firmware.bootloader(publisher.writeHeader(build));
        Path application = folder.resolve("app.upd");
        Files.write(
                application,
                publisher
                        .sign(firmware.example("1.0.0"), "stm32f407", "1.0.0")
                        .bytes()
                        .toArray());
        Path hex = folder.resolve("factory.hex");

        Outcome made = Outcome.of(
                "factory",
                "--board",
                "stm32f407",
                "--boot",
                build.resolve("boot.elf").toString(),
                "--app",
                application.toString(),
                "--id",
                "door-7",
                "--token",
                "secret",
                "--set",
                "server=127.0.0.1:9",
                "--set",
                "ssid=x",
                "--set",
                "password=y",
                "--flash",
                "openocd",
                "-o",
                hex.toString());

        assertThat(made.err()).isEmpty();
        assertThat(made.out()).contains("openocd -f interface/stlink.cfg -f target/stm32f4x.cfg -c 'program " + hex);
        assertThat(memory(hex)).extracting(Segment::address).containsExactly(0x0800_0000L, 0x0801_0000L, 0x0802_0000L);
        try (Board board = EmulatedBoard.of(described).build()) {
            memory(hex)
                    .forEach(segment -> board.program(
                            (int) segment.address(), segment.bytes().toArray()));
            board.powerOn();
            board.run(() -> board.console().text().contains("app 1.0.0"), 20_000_000);
            assertThat(board.console().text())
                    .contains("1.0.0")
                    .doesNotContain("recover")
                    .doesNotContain("failed settings");
        }
    }

    @Test
    void aListOfDevicesGoesOnWhereItWasInterrupted(@TempDir Path folder) throws Exception {
        Path list = Files.writeString(folder.resolve("line.csv"), "id,ssid\na-1,lab\na-2,\"the, lab\"\na-3,lab\n");
        try (Fleet fleet = Fleet.start(folder.resolve("data"), 0)) {
            Path out = folder.resolve("out");
            String[] line = {
                "factory",
                "--board",
                "stm32f407",
                "--devices",
                list.toString(),
                "--set",
                "server=s:1",
                "-o",
                out.toString()
            };
            Outcome registering = Outcome.of(
                    Stream.concat(Stream.of(line), Stream.of("--register", "http://127.0.0.1:" + fleet.port()))
                            .toArray(String[]::new));
            assertThat(registering.err()).contains("set UPDRAFT_TOKEN");

            Outcome without = Outcome.of(line);
            assertThat(without.code()).isEqualTo(2);
            assertThat(without.err()).contains("The device 'a-1': It has no token: give one, or --register URL.");

            Path token = Files.writeString(folder.resolve("tokens.csv"), "id,token\na-1,one\na-3,three\n");
            Outcome given =
                    Outcome.of("factory", "--board", "stm32f407", "--devices", token.toString(), "-o", out.toString());
            assertThat(given.out()).contains("Wrote 2 files");
            Outcome again =
                    Outcome.of("factory", "--board", "stm32f407", "--devices", token.toString(), "-o", out.toString());
            assertThat(again.out()).contains("Wrote 0 files").contains("2 were there");
            assertThat(new String(
                            memory(out.resolve("a-1.hex")).getFirst().bytes().toArray(), StandardCharsets.US_ASCII))
                    .contains("id=a-1\n", "token=one\n");
        }
    }

    @Test
    void whatDoesNotFitTogetherIsOneSentence(@TempDir Path folder) throws Exception {
        Path list = Files.writeString(folder.resolve("line.csv"), "id\na:1\na_1\n");

        assertThat(Outcome.of(
                                "factory",
                                "--board",
                                "stm32f407",
                                "--devices",
                                list.toString(),
                                "-o",
                                folder.resolve("x").toString())
                        .err())
                .contains("would both be written to a_1.hex");
        assertThat(Outcome.of(
                                "factory",
                                "--board",
                                "stm32f4",
                                "--id",
                                "x",
                                "-o",
                                folder.resolve("x").toString())
                        .err())
                .contains("the nearest is stm32f407");
    }

    private static List<Segment> memory(Path hex) throws Exception {
        return Firmware.read(Files.readAllBytes(hex)).segments();
    }
}
