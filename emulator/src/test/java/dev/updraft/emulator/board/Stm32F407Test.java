package dev.updraft.emulator.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.flash.Tear;
import dev.updraft.emulator.network.HostNetwork;
import dev.updraft.emulator.network.ScriptedNetwork;
import dev.updraft.emulator.part.BlockStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class Stm32F407Test {
    private static final int FLASH = 0x0800_0000;

    @Test
    void powerOnSoftwareResetAndWatchdogAreToldApartAndTheBackupRegisterCounts() {
        Board board = Boards.create("stm32f407").build();
        board.program(FLASH, Firmware.compile("resets.c"));
        board.powerOn();
        Outcome outcome = board.runFor(5_000_000);
        assertThat(board.console().text()).isEqualTo("""
                        start 00000000 because 0E000000
                        start 00000001 because 14000000
                        start 00000002 because 24000000
                        main returned
                        """);
        assertThat(outcome).isEqualTo(new Outcome.Idle());
        assertThat(board.time().nanos()).isBetween(500_000_000L, 520_000_000L);
        assertThat(board.notes()).first().asString().contains("RTC.BKP0R").contains("write-protected");
    }

    @Test
    void backupRegistersAreLostOnlyWhenTheBatteryIs() {
        Board board = Boards.create("stm32f407").build();
        board.program(FLASH, Firmware.compile("resets.c"));
        board.powerOn();
        board.runFor(5_000_000);
        board.powerOff(true);
        assertThat(board.backupRegister(0)).isEqualTo(3);
        board.powerOn();
        board.runFor(100_000);
        assertThat(board.console().text()).endsWith("start 00000003 because 0E000000\nmain returned\n");
        board.powerOff(false);
        assertThat(board.backupRegister(0)).isZero();
    }

    @Test
    void firmwareErasesAndProgramsFlashInTheTimeThatItTakes() {
        Board board = Boards.create("stm32f407").build();
        board.program(FLASH, Firmware.compile("flash.c"));
        board.powerOn();
        assertThat(board.runFor(60_000_000)).isEqualTo(new Outcome.Idle());
        assertThat(board.console().text()).isEqualTo("found 00000000\ndone 00000000\nmain returned\n");
        assertThat(board.flashOperations()).isEqualTo(42);
        assertThat(board.time().nanos()).isBetween(2_000_000_000L, 2_050_000_000L); // two erases of 128 KB
    }

    @Test
    void boardsWithTheSameStateHaveTheSameDigest() throws NoSuchAlgorithmException {
        Board one = Boards.create("stm32f407").spiNor(0).build();
        Board other = Boards.create("stm32f407").spiNor(0).build();
        one.program(FLASH, Firmware.compile("flash.c"));
        one.powerOn();
        one.runFor(1_000_000);
        other.restore(one.snapshot());
        assertThat(digest(other)).isEqualTo(digest(one));
        one.cpu().bus().write(0x2000_0100, 1, ~one.cpu().bus().read(0x2000_0100, 1));
        assertThat(digest(other)).isNotEqualTo(digest(one));
        other.restore(one.snapshot());
        assertThat(digest(other)).isEqualTo(digest(one));
        one.runFor(10);
        assertThat(digest(other)).isNotEqualTo(digest(one));
    }

    private static byte[] digest(Board board) throws NoSuchAlgorithmException {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        board.digestState(sha256);
        return sha256.digest();
    }

    @Test
    void powerCanBeCutAtEveryFlashOperationAndTheUnitUnderWayIsUnstable() {
        byte[] firmware = Firmware.compile("flash.c");
        List<String> found = new ArrayList<>();
        for (int cut = 1; cut <= 42; cut++) {
            Board board = Boards.create("stm32f407").seed(cut).build();
            board.program(FLASH, firmware);
            board.powerOn();
            board.cutPowerAt(cut, Tear.any(cut));
            Outcome outcome = board.runFor(60_000_000);
            assertThat(outcome).isInstanceOf(Outcome.PowerCut.class);
            assertThat(outcome.message()).contains("number=" + cut + ",");
            assertThat(board.isOn()).isFalse();
            assertThat(board.flash().isUnstable()).isTrue();
            board.powerOn();
            board.runFor(60_000_000);
            String text = board.console().text();
            found.add(text.substring(text.lastIndexOf("found ") + 6).substring(0, 8));
        }
        // A torn word reads as old, new or a mix: not every cut may look like a clean one.
        List<String> clean = new ArrayList<>();
        for (int i = 0; i < 42; i++) {
            clean.add(String.format("%08X", i));
        }
        assertThat(found).hasSize(42).isNotEqualTo(clean).anyMatch(clean::contains);
        assertThat(found).anyMatch(value -> !clean.contains(value));
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        byte[] firmware = Firmware.compile("flash.c");
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Board board = Boards.create("stm32f407").seed(7).build();
            board.program(FLASH, firmware);
            board.powerOn();
            board.cutPowerAt(18, Tear.any(3));
            board.runFor(60_000_000);
            board.powerOn();
            board.runFor(60_000_000);
            runs.add(board.console().text() + board.cpu().retired() + " "
                    + board.time().nanos());
        }
        assertThat(runs.get(0)).isEqualTo(runs.get(1));
    }

    @Test
    void firmwareReadsAndWritesTheNorFlashAndTheSdCard() {
        byte[] card = new byte[64 * 512];
        java.util.Arrays.fill(card, 3 * 512, 4 * 512, (byte) 0xFF);
        Board board = Boards.create("stm32f407").sdCard(BlockStore.of(card)).build();
        board.program(FLASH, Firmware.compile("spi.c"));
        board.powerOn();
        assertThat(board.runFor(10_000_000)).isEqualTo(new Outcome.Idle());
        // The CRC16 of 512 bytes FF is 7FA1 (SD specification 4.5).
        assertThat(board.console().text())
                .isEqualTo("nor 00EF4014 page 00000102 erased 000000FF\n"
                        + "sd 01010000 sum 0001FE00 crc 00007FA1 write 00000501\nmain returned\n");
        assertThat(card[4 * 512 + 5]).isEqualTo((byte) 5);
        assertThat(board.flashOperations()).isEqualTo(2);
    }

    @Test
    void aSnapshotGoesOnAsTheBoardDidOnAnyBoardThatIsBuiltTheSame() {
        byte[] firmware = Firmware.compile("flash.c");
        Board first = Boards.create("stm32f407").seed(7).build();
        first.program(FLASH, firmware);
        first.powerOn();
        first.cutPowerAt(20, Tear.any(3));
        first.runFor(60_000_000);
        first.powerOn();
        first.runFor(3_137);
        Board.Snapshot snapshot = first.snapshot();
        String before = first.console().text();
        first.runFor(60_000_000);
        String after = first.console().text().substring(before.length())
                + first.cpu().retired()
                + first.time().nanos();
        byte[] flash = first.flash().bytes().clone();

        Board fork = Boards.create("stm32f407").seed(7).build();
        fork.restore(snapshot);
        fork.runFor(60_000_000);
        assertThat(fork.console().text() + fork.cpu().retired() + fork.time().nanos())
                .isEqualTo(after);
        assertThat(fork.flash().bytes()).isEqualTo(flash);

        String again = first.console().text();
        first.restore(snapshot);
        first.runFor(60_000_000);
        assertThat(first.console().text().substring(again.length())
                        + first.cpu().retired()
                        + first.time().nanos())
                .isEqualTo(after);
    }

    @Test
    void anUnmodelledRegisterStopsTheBoardByName() {
        Board board = Boards.create("stm32f407").build();
        // movs r0,#0x40; lsls r0,#24; ldr r1,[r0,#0x24]: TIM2.CNT
        byte[] program = new byte[20];
        program[1] = 0x00;
        program[2] = 0x00;
        program[3] = 0x20;
        program[4] = 0x09;
        program[7] = 0x08;
        int at = 8;
        for (int halfWord : new int[] {0x4801, 0x6A41, 0xE7FE, 0xBF00, 0x0000, 0x5005}) {
            program[at++] = (byte) halfWord;
            program[at++] = (byte) (halfWord >>> 8);
        }
        board.program(FLASH, program);
        board.powerOn();
        Outcome outcome = board.runFor(1000);
        assertThat(outcome).isInstanceOf(Outcome.Stopped.class);
        assertThat(outcome.message()).isEqualTo("read of DCMI+0x24: DCMI is not modelled");
        assertThat(((Outcome.Stopped) outcome).report().text())
                .contains("pc 0800000C")
                .contains("r0 50050000");
    }

    @Test
    void firmwareFetchesOverTheWifiModuleFromAScriptedServer() {
        byte[] body = body(20_000);
        ScriptedNetwork network = new ScriptedNetwork(
                (host, port) -> Optional.of((conversation, bytes) -> {
                    conversation.send(body);
                    conversation.close();
                }),
                20_000_000);
        Board board = Boards.create("stm32f407").network(network).build();
        board.program(FLASH, Firmware.compile("wifi.c", "-DHOST=\"10.0.0.1\"", "-DPORT=\"80\"", "-DFLOW=0"));
        board.powerOn();
        board.run(() -> board.console().text().endsWith("\n"), 60_000_000);
        assertThat(board.console().text()).startsWith(expected(body));
    }

    @Test
    void firmwareFetchesOverTheWifiModuleFromARealServer() throws IOException {
        byte[] body = body(200_000);
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(server, body));
            Board board = Boards.create("stm32f407").network(new HostNetwork()).build();
            board.program(
                    FLASH,
                    Firmware.compile(
                            "wifi.c", "-DHOST=\"127.0.0.1\"", "-DPORT=\"" + server.getLocalPort() + "\"", "-DFLOW=3"));
            board.powerOn();
            board.run(() -> board.console().text().endsWith("\n"), 120_000_000);
            assertThat(board.console().text()).startsWith(expected(body));
            board.close();
        }
    }

    private static void serve(ServerSocket server, byte[] body) {
        try (Socket socket = server.accept()) {
            byte[] request = socket.getInputStream().readNBytes(18);
            assertThat(new String(request, StandardCharsets.US_ASCII)).startsWith("GET / ");
            // Slower than the firmware's time-out would allow if virtual time ran ahead while the board waits.
            Thread.sleep(300);
            socket.getOutputStream().write(body);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] body(int length) {
        byte[] body = new byte[length];
        for (int i = 0; i < length; i++) {
            body[i] = (byte) (i * 7 + i / 251);
        }
        return body;
    }

    private static String expected(byte[] body) {
        int sum = 0;
        for (byte b : body) {
            sum = sum * 31 + (b & 0xFF);
        }
        return String.format("got %08X sum %08X overruns 00000000", body.length, sum);
    }
}
