package dev.updraft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.cli.key.KeyHeader;
import dev.updraft.image.Image;
import dev.updraft.image.board.Board;
import dev.updraft.image.key.VerifyingKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must never run does not run: the compiled bootloader and agent on the emulated board say no, say why, and go on with 1.0.0. */
class RefusalTest {
    private static final int REFUSED = 7;
    private static final int FAILED = 8;
    private static final long FIVE_MINUTES = TimeUnit.MINUTES.toNanos(5);

    private static final Signing PUBLISHER = Signing.fresh();
    private static byte[] bootloader;
    private static Image oldImage;
    private static Image newImage;
    private static byte[] oldApplication;
    private static byte[] newApplication;

    @BeforeAll
    static void compile() {
        Path home = FirmwareBuild.home();
        Path build = home.resolve("build/refusal-test");
        FirmwareBuild firmware = new FirmwareBuild(home, Board.find("stm32f407"), build);
        bootloader = firmware.bootloader(PUBLISHER.writeHeader(build));
        oldApplication = firmware.example("1.0.0");
        oldImage = PUBLISHER.sign(oldApplication, "stm32f407", "1.0.0");
        newApplication = firmware.example("1.1.0");
        newImage = PUBLISHER.sign(newApplication, "stm32f407", "1.1.0");
    }

    @Test
    void aBitFlippedOnTheWayIsNoticedAndReportedAndNothingIsGivenUp() throws IOException {
        byte[] flipped = newImage.bytes().toArray();
        flipped[flipped.length / 3] ^= 1;
        try (HostileServer server = new HostileServer(
                        newImage.bytes().toArray(), flipped, newImage.digest().toArray(), "1.1.0");
                DemoBoard board = board("victim", "any", server.port())) {
            runUntil(board, () -> server.wasTold(FAILED, "download"));
            goesOnWithTheOldVersion(board);
        }
    }

    @Test
    void aServerThatOffersAFlippedBitWithAFittingChecksumIsRefusedByTheImagesOwnDigest() throws IOException {
        byte[] flipped = newImage.bytes().toArray();
        flipped[flipped.length / 2] ^= 0x10;
        refusedWith("digest", flipped, newImage);
    }

    @Test
    void anImageThatSomebodyElseSignedIsRefusedByTheBootloader() throws IOException {
        Image forged = Signing.fresh().sign(newApplication, "stm32f407", "1.1.0");
        refusedWith("signature", forged.bytes().toArray(), forged);
    }

    @Test
    void anImageWhoseSignatureWasAlteredIsRefusedByTheBootloader() throws IOException {
        byte[] altered = newImage.bytes().toArray();
        altered[altered.length - 1] ^= 1; // the signature is the last TLV
        refusedWith("signature", altered, newImage);
    }

    @Test
    void anImageForAnotherBoardIsRefused() throws IOException {
        Image foreign = dev.updraft.image.ImageSigner.with(PUBLISHER.key())
                .version("1.1.0")
                .board("stm32l476")
                .withoutChecks()
                .sign(newApplication);
        refusedWith("board", foreign.bytes().toArray(), foreign);
    }

    @Test
    void anOlderImageWithALowerSecurityCounterIsRefusedThoughThePublisherSignedIt() throws IOException {
        Image running = counted("1.0.0", oldApplication, 5);
        Image older = counted("1.1.0", newApplication, 4);
        try (HostileServer server = new HostileServer(
                        older.bytes().toArray(), older.digest().toArray(), "1.1.0");
                DemoBoard board = board("victim", "any", server.port(), running)) {
            runUntil(board, () -> server.wasTold(REFUSED, "counter"));
            goesOnWithTheOldVersion(board);
        }
    }

    @Test
    void aRetiredKeySignsUpToItsCounterAndNoFurther(@TempDir Path directory) throws IOException {
        Signing retired = Signing.fresh();
        Path header = Files.writeString(
                directory.resolve("keys.h"),
                KeyHeader.ofAccepted(
                        List.of(
                                new KeyHeader.Accepted(PUBLISHER.key().verifying(), 0),
                                new KeyHeader.Accepted(retired.key().verifying(), 6)),
                        null));
        byte[] trustsBoth = new FirmwareBuild(FirmwareBuild.home(), Board.find("stm32f407"), directory.resolve("build"))
                .bootloader(header);
        Image running = counted("1.0.0", oldApplication, 5);
        Image late = counted(retired, "1.1.0", newApplication, 6);
        try (HostileServer server =
                        new HostileServer(late.bytes().toArray(), late.digest().toArray(), "1.1.0");
                DemoBoard board = board("victim", "any", server.port(), running, trustsBoth)) {
            runUntil(board, () -> server.wasTold(REFUSED, "signature"));
            goesOnWithTheOldVersion(board);
        }
        Image intime = counted(retired, "1.1.0", newApplication, 5);
        try (HostileServer server = new HostileServer(
                        intime.bytes().toArray(), intime.digest().toArray(), "1.1.0");
                DemoBoard board = board("follower", "any", server.port(), running, trustsBoth)) {
            runUntil(board, () -> board.console().stream().anyMatch(line -> line.startsWith("app 1.1.0: confirmed")));
        }
    }

    private static Image counted(Signing publisher, String version, byte[] application, long counter) {
        return dev.updraft.image.ImageSigner.with(publisher.key())
                .version(version)
                .board("stm32f407")
                .securityCounter(counter)
                .sign(application);
    }

    private static Image counted(String version, byte[] application, long counter) {
        return counted(PUBLISHER, version, application, counter);
    }

    @Test
    void theTestsOwnKeyIsTheOneTheBootloaderTrusts() {
        VerifyingKey trusted = PUBLISHER.key().verifying();
        assertThat(newImage.verify(trusted)).isEqualTo(trusted);
    }

    private static void refusedWith(String reason, byte[] offered, Image claimed) throws IOException {
        try (HostileServer server = new HostileServer(offered, claimed.digest().toArray(), "1.1.0");
                DemoBoard board = board("victim", "any", server.port())) {
            runUntil(board, () -> server.wasTold(REFUSED, reason));
            goesOnWithTheOldVersion(board);
        }
    }

    private static DemoBoard board(String id, String token, int port) {
        return board(id, token, port, oldImage);
    }

    private static DemoBoard board(String id, String token, int port, Image running) {
        return board(id, token, port, running, bootloader);
    }

    private static DemoBoard board(String id, String token, int port, Image running, byte[] bootloader) {
        DemoBoard board = new DemoBoard(Board.find("stm32f407"), id, 7, PowerCuts.none(), Net.WIFI, state -> {});
        board.flash(
                bootloader,
                running.bytes().toArray(),
                Map.of("id", id, "token", token, "server", "127.0.0.1:" + port, "ssid", "x", "password", "y"));
        return board;
    }

    private static void runUntil(DemoBoard board, BooleanSupplier condition) {
        String stuck = board.run(state -> condition.getAsBoolean(), System.nanoTime() + FIVE_MINUTES);
        assertThat(stuck).as("console: %s", board.console()).isNull();
    }

    private static void goesOnWithTheOldVersion(DemoBoard board) {
        int seen = board.console().size();
        runUntil(board, () -> board.console().stream().skip(seen).anyMatch(line -> line.startsWith("app 1.0.0: ")));
        assertThat(board.console()).noneMatch(line -> line.startsWith("app 1.1.0"));
    }
}
