package dev.updraft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.cli.file.DeviceSettings;
import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.board.Boards;
import dev.updraft.emulator.board.Outcome;
import dev.updraft.emulator.flash.FlashListener;
import dev.updraft.emulator.flash.FlashOperation;
import dev.updraft.emulator.flash.Tear;
import dev.updraft.emulator.network.ScriptedNetwork;
import dev.updraft.image.Image;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The compiled bootloader and application update themselves over a scripted network, through a power cut; interpreted or
 * translated, the run is the same: every flash operation and every printed byte at the same cycle, and the same state of the
 * processor at every millisecond, of the memory at every twentieth.
 */
class SameRunTest {
    private static final long MOST_MILLIS = 60_000;

    @Test
    @Tag("slow")
    void anUpdateIsTheSameRunInterpretedAndTranslated() {
        Signing publisher = Signing.fresh();
        Path home = FirmwareBuild.home();
        Path build = home.resolve("build/same-run-test");
        FirmwareBuild firmware = new FirmwareBuild(home, dev.updraft.image.board.Board.find("stm32f407"), build);
        byte[] bootloader = firmware.bootloader(publisher.writeHeader(build));
        Image before = publisher.sign(firmware.example("1.0.0"), "stm32f407", "1.0.0");
        Image after = publisher.sign(firmware.example("1.1.0"), "stm32f407", "1.1.0");

        List<Long> interpreted = run(bootloader, before, after, false);
        assertThat(run(bootloader, before, after, true)).isEqualTo(interpreted);
        assertThat(run(bootloader, before, after, true)).isEqualTo(interpreted);
    }

    /** What happened, as numbers. */
    private static List<Long> run(byte[] bootloader, Image before, Image after, boolean translated) {
        List<Long> trace = new ArrayList<>();
        ScriptedNetwork network =
                new ScriptedNetwork((host, port) -> Optional.of(new ScriptedServer(after)), 2_000_000);
        try (Board board = Boards.create("stm32f407").seed(11).network(network).build()) {
            board.cpu().setTranslating(translated);
            board.program(0x0800_0000, bootloader);
            board.program(
                    0x0801_0000,
                    DeviceSettings.sector(Map.of(
                            "id", "same", "token", "any", "server", "10.0.0.1:80", "ssid", "x", "password", "y")));
            board.program(0x0802_0000, before.bytes().toArray());
            board.console().onByte(value -> trace.add(board.cpu().clock().now() << 8 | value));
            board.addFlashListener(new FlashListener() {
                @Override
                public void started(FlashOperation operation) {
                    trace.add(board.cpu().clock().now());
                }

                @Override
                public void finished(FlashOperation operation) {
                    trace.add(-board.cpu().clock().now());
                }
            });
            board.powerOn();
            board.cutPowerAt(board.flashOperations() + 40, Tear.any(5));
            for (int i = 0; i < MOST_MILLIS && !confirmed(board); i++) {
                if (board.runFor(1_000) instanceof Outcome.PowerCut) {
                    board.powerOn();
                }
                trace.add(state(board, i % 20 == 0));
            }
            assertThat(board.console().text()).contains("app 1.1.0: confirmed");
        }
        return trace;
    }

    private static boolean confirmed(Board board) {
        return board.console().text().contains("app 1.1.0: confirmed");
    }

    private static long state(Board board, boolean withMemory) {
        ByteBuffer numbers = ByteBuffer.allocate(20 * 8);
        for (int i = 0; i < 16; i++) {
            numbers.putLong(board.cpu().register(i));
        }
        numbers.putLong(board.cpu().xpsr());
        numbers.putLong(board.cpu().retired());
        numbers.putLong(board.cpu().clock().now());
        CRC32C sum = new CRC32C();
        sum.update(numbers.array());
        byte[] ram = withMemory ? board.read(0x2000_0000, 0x2_0000) : null;
        if (ram != null) {
            sum.update(ram);
        }
        return sum.getValue();
    }
}
