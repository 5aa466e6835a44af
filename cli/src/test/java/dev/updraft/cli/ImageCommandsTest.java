package dev.updraft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.image.Image;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCommandsTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void aBuildWroteAFirmware() throws IOException {
        byte[] firmware = ByteBuffer.allocate(1000)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x2000_1000)
                .putInt(0x0802_0301)
                .array();
        Files.write(folder.resolve("app.bin"), firmware);
        assertThat(run("key", "new", "-o", path("key.pem"))).isZero();
    }

    @Test
    void aSignedImageVerifiesWithTheKeyThatSignedIt() throws IOException {
        assertThat(run("key", "public", path("key.pem"), "-o", path("public.pem")))
                .isZero();
        assertThat(sign("app.bin", "app.upd")).isZero();

        assertThat(run("image", "verify", path("app.upd"), "--key", path("public.pem")))
                .isZero();
        assertThat(run("image", "info", path("app.upd"), "--json")).isZero();
        assertThat(Image.parse(Files.readAllBytes(folder.resolve("app.upd"))).board())
                .contains("stm32f407");
    }

    @Test
    void badInputExitsWith2AndLeavesNoFile() throws IOException {
        Files.writeString(folder.resolve("broken.hex"), ":10000000000000000000000000000000000000000F\n");

        assertThat(sign("broken.hex", "broken.upd")).isEqualTo(2);
        assertThat(sign("absent.bin", "absent.upd")).isEqualTo(2);
        assertThat(run("image", "verify", path("app.bin"), "--key", path("key.pem")))
                .isEqualTo(2);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("app.bin", "key.pem", "broken.hex");
        }
    }

    @Test
    void anEncryptedAndPackedImageVerifiesWithTheDevicesKeyOnly() throws IOException {
        assertThat(run("key", "new", "--type", "x25519", "-o", path("device.pem")))
                .isZero();
        assertThat(run(
                        "image",
                        "sign",
                        path("app.bin"),
                        "--key",
                        path("key.pem"),
                        "--version",
                        "1.0.0",
                        "--board",
                        "stm32f407",
                        "--compress",
                        "--encrypt-to",
                        path("device.pem"),
                        "--aes",
                        "256",
                        "-o",
                        path("app.upd")))
                .isZero();

        assertThat(run("image", "verify", path("app.upd"), "--key", path("key.pem"), "--decrypt", path("device.pem")))
                .isZero();
        assertThat(run("image", "verify", path("app.upd"), "--key", path("key.pem")))
                .isEqualTo(2);
        assertThat(run("image", "decrypt", path("app.upd"), "--key", path("device.pem"), "-o", path("clear.upd")))
                .isZero();
        assertThat(run("image", "info", path("clear.upd"))).isZero();
        assertThat(run("image", "convert", path("app.bin"), "--base", "0x08020200", "-o", path("app.hex")))
                .isZero();
        assertThat(Files.readString(folder.resolve("app.hex"))).startsWith(":020000040802F0");
        assertThat(run("image", "convert", path("app.bin"), "-o", path("x.hex")))
                .isEqualTo(2);
    }

    @Test
    void aKeyIsNotOverwrittenAndOnlyItsOwnerReadsIt() throws IOException {
        assertThat(run("key", "new", "-o", path("key.pem"))).isEqualTo(2);
        assertThat(Files.getPosixFilePermissions(folder.resolve("key.pem"))).hasSize(2);
    }

    @Test
    void theHeaderOfTheBootloaderHoldsEveryKey() throws IOException {
        assertThat(run("key", "new", "-o", path("second.pem"))).isZero();
        assertThat(run(
                        "key",
                        "header",
                        "--sign",
                        path("key.pem"),
                        "--sign",
                        path("second.pem"),
                        "--decrypt",
                        path("second.pem"),
                        "-o",
                        path("keys.h")))
                .isZero();

        String header = Files.readString(folder.resolve("keys.h"));
        assertThat(header)
                .contains(
                        "#define UPDRAFT_PUBLIC_KEY_COUNT 2", "#define UPDRAFT_PUBLIC_KEYS", "UPDRAFT_DECRYPTION_KEY");
        // two keys of 64 bytes, two hashes and one scalar of 32
        assertThat(header.split("0x[0-9a-f]{2}", -1)).hasSize(2 * 64 + 3 * 32 + 1);
    }

    @Test
    void aKeyBehindAServiceSignsTheDigestThatIsWritten() throws Exception {
        assertThat(run("key", "public", path("key.pem"), "-o", path("public.pem")))
                .isZero();
        String[] sign = {
            "image", "sign", path("app.bin"), "--key", path("public.pem"), "--version", "1.0.0", "--board", "stm32f407"
        };
        assertThat(run(with(sign, "--digest-to", path("digest")))).isZero();
        assertThat(Files.size(folder.resolve("digest"))).isEqualTo(32);
        assertThat(run(with(sign, "-o", path("app.upd")))).isEqualTo(2);
        assertThat(run(with(sign, "--signature-from", path("digest"), "-o", path("app.upd"))))
                .isEqualTo(2);
        assertThat(folder.resolve("app.upd")).doesNotExist();
        Process service = new ProcessBuilder(
                        "openssl",
                        "pkeyutl",
                        "-sign",
                        "-inkey",
                        path("key.pem"),
                        "-in",
                        path("digest"),
                        "-out",
                        path("signature"))
                .start();
        assertThat(service.waitFor()).isZero();

        assertThat(run(with(sign, "--signature-from", path("signature"), "-o", path("app.upd"))))
                .isZero();
        assertThat(run("image", "verify", path("app.upd"), "--key", path("public.pem")))
                .isZero();
    }

    @Test
    void aSignedHexIsReadLikeASignedBinary() throws IOException {
        assertThat(sign("app.bin", "app.upd")).isZero();
        assertThat(run("image", "convert", path("app.upd"), "--base", "0x08020000", "-o", path("signed.hex")))
                .isZero();

        assertThat(run("image", "info", path("signed.hex"))).isZero();
        assertThat(run("image", "verify", path("signed.hex"), "--key", path("key.pem")))
                .isZero();
        Outcome again = Outcome.of(
                "image", "sign", path("signed.hex"), "--key", path("key.pem"), "--version", "1", "-o", path("b.upd"));
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("already");
    }

    @Test
    void whatBelongsToOtherMemoriesIsLeftOutWithAWord() throws IOException {
        Files.writeString(folder.resolve("two.hex"), """
                :020000040802F0
                :0802000000100020010302088A
                :020000042000DA
                :0400000000000000FC
                :00000001FF
                """.replace(
                        "0802000000100020010302088A", record("08020000", "0010002001020208")));
        String[] sign = {
            "image", "sign", path("two.hex"), "--key", path("key.pem"), "--version", "1.2", "-o", path("two.upd")
        };

        assertThat(Outcome.of(sign).err()).contains("0x20000000", "--only-flash");
        assertThat(Outcome.of(with(sign, "--only-flash")).ok())
                .contains("Left out 4 bytes at 0x20000000-0x20000003")
                .contains("image 1.2.0");
    }

    private static String record(String head, String data) {
        byte[] bytes = java.util.HexFormat.of().parseHex(head + data);
        int sum = 0;
        for (byte b : bytes) {
            sum += b;
        }
        return head + data + String.format("%02X", -sum & 0xff);
    }

    @Test
    void aBoardThatNobodyKnowsAndATextAreRefused() throws IOException {
        Files.writeString(folder.resolve("text.bin"), "<!DOCTYPE html>");
        String[] sign = {
            "image", "sign", path("app.bin"), "--key", path("key.pem"), "--version", "1.0.0", "-o", path("a.upd")
        };

        Outcome unknown = Outcome.of(with(sign, "--board", "stm32f407vg"));
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("the nearest is stm32f407", "--no-checks");
        assertThat(Outcome.of(with(sign, "--board", "my-board", "--no-checks")).code())
                .isZero();
        assertThat(Outcome.of("rehearse", "--board", "stm32f4077", "--from", path("app.bin"), "--to", path("app.bin"))
                        .err())
                .contains("the nearest is stm32f407");
        sign[2] = path("text.bin");
        assertThat(Outcome.of(sign).err()).contains("web page");
        assertThat(Outcome.of(with(sign, "--format", "bin")).code()).isZero();
        assertThat(Outcome.of(with(sign, "--format", "text")).err()).contains("--format takes");
    }

    @Test
    void signingSaysWhatUpdraftsBootloaderWouldRefuse() {
        assertThat(run("key", "new", "--type", "ed25519", "-o", path("ed.pem"))).isZero();
        Outcome signed = Outcome.of(
                "image",
                "sign",
                path("app.bin"),
                "--key",
                path("ed.pem"),
                "--version",
                "1.0.0",
                "--board",
                "stm32f407",
                "-o",
                path("a.upd"));

        assertThat(signed.ok()).contains("Wrote");
        assertThat(signed.err()).contains("Ed25519");
        assertThat(Outcome.of("publish", path("a.upd"), "--server", "http://127.0.0.1:1", "--token", "t")
                        .err())
                .contains("No device of stm32f407 can install this image", "Ed25519");
    }

    private static String[] with(String[] command, String... more) {
        return Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new);
    }

    private int sign(String input, String output) {
        return run(
                "image",
                "sign",
                path(input),
                "--key",
                path("key.pem"),
                "--version",
                "1.0.0",
                "--board",
                "stm32f407",
                "-o",
                path(output));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private static int run(String... args) {
        return Main.run(args);
    }
}
