package dev.updraft.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.board.Board;
import dev.updraft.image.encryption.AesSize;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.PemKey;
import dev.updraft.image.key.SigningKey;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstallCheckTest {
    private static final Board BOARD = Board.named("stm32f407").orElseThrow();
    private static final ImageSigner SIGNER =
            ImageSigner.with(SigningKey.generate(KeyType.P256)).version("1.0.0").board("stm32f407");
    private static final byte[] FIRMWARE = ImageSignerTest.firmware(0x0802_0200);

    @Test
    void whatUpdraftSignsForABoardCanBeInstalled() {
        PemKey device = PemKey.generate(KeyType.P256);

        assertThat(problems(SIGNER)).isEmpty();
        assertThat(problems(SIGNER.compress())).isEmpty();
        assertThat(problems(SIGNER.wholePublicKey().securityCounter(7))).isEmpty();
        assertThat(problems(SIGNER.dependency(Dependency.parse("0:1.0.0")))).isEmpty();
        assertThat(problems(SIGNER.romAddress(0x0802_0000))).isEmpty();
        for (AesSize size : AesSize.values()) {
            assertThat(problems(SIGNER.encryptTo(device.encryption(), size))).isEmpty();
            assertThat(problems(SIGNER.compress().encryptTo(device.encryption(), size)))
                    .isEmpty();
        }
        assertThat(InstallCheck.problems(BOARD, Image.parse(Cases.bytes("img/a.bin"))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "pub-rsa2048, signed with an RSA key",
        "pub-p384, signed with a P-384 key",
        "pub-ed25519, signed with an Ed25519 key",
        "pub-h20, header has 0x20 bytes",
        "pub-lzma, packed with LZMA",
        "pub-boot, outside of the firmware"
    })
    void imagesOfImgtoolThatTheBootloaderRefusesAreNamed(String image, String sentenceHas) {
        Image parsed = Image.parse(Cases.bytes("img/" + image + ".bin"));

        assertThat(InstallCheck.problems(BOARD, parsed)).anyMatch(problem -> problem.contains(sentenceHas));
        assertThatThrownBy(() -> InstallCheck.check(BOARD, parsed))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("stm32f407")
                .hasMessageContaining(sentenceHas);
    }

    @Test
    void anImageThatIsTooLargeIsNamedPackedOrNot() {
        byte[] large = Arrays.copyOf(FIRMWARE, 500_000);
        ImageSigner unchecked = SIGNER.withoutChecks();

        assertThat(InstallCheck.problems(BOARD, unchecked.sign(large)))
                .hasSize(1)
                .first()
                .asString()
                .contains("slot");
        assertThat(InstallCheck.problems(BOARD, unchecked.compress().sign(large)))
                .hasSize(1)
                .first()
                .asString()
                .contains("slot");
    }

    @Test
    void anImageMayFillItsSlotToTheLastByte() {
        ImageSigner unsigned = ImageSigner.unsigned().version("1.0.0");
        int around = unsigned.sign(FIRMWARE).bytes().length() - FIRMWARE.length;
        int room = (int) BOARD.slot().size() - around;

        assertThat(InstallCheck.problems(BOARD, unsigned.sign(Arrays.copyOf(FIRMWARE, room))))
                .noneMatch(problem -> problem.contains("slot"));
        assertThat(InstallCheck.problems(BOARD, unsigned.sign(Arrays.copyOf(FIRMWARE, room + 1))))
                .anyMatch(problem -> problem.contains("slot"));
    }

    @Test
    void aPackedAndEncryptedImageThatUnpacksToTooMuchIsNamed() {
        ImageSigner both = SIGNER.withoutChecks()
                .compress()
                .encryptTo(PemKey.generate(KeyType.P256).encryption(), AesSize.AES128);

        assertThat(InstallCheck.problems(BOARD, both.sign(Arrays.copyOf(FIRMWARE, 500_000))))
                .hasSize(1)
                .first()
                .asString()
                .contains("slot");
    }

    @Test
    void whatNoDeviceOfTheBoardCouldUseIsNamed() {
        ImageSigner unchecked = SIGNER.withoutChecks();
        PemKey x25519 = PemKey.generate(KeyType.X25519);

        assertOneProblem(unchecked.board("stm32l476"), "for the board stm32l476");
        assertOneProblem(unchecked.loadAddress(0x2000_0000), "RAM_LOAD");
        assertOneProblem(unchecked.romAddress(0x0800_0000), "ROM_FIXED");
        assertOneProblem(unchecked.dependency(Dependency.parse("1:2.0.0")), "depends on image 1");
        assertOneProblem(unchecked.encryptTo(x25519.encryption(), AesSize.AES128), "decrypts with P-256");
        assertOneProblem(ImageSigner.unsigned().version("1.0.0"), "not signed");
        assertThat(InstallCheck.problems(BOARD, unchecked.sign(ImageSignerTest.firmware(0x0800_0000))))
                .hasSize(1);
        assertThat(problems(
                        ImageSigner.with(SigningKey.generate(KeyType.ED25519)).pure()))
                .hasSize(2);
    }

    private static void assertOneProblem(ImageSigner signer, String sentenceHas) {
        assertThat(problems(signer)).hasSize(1).first().asString().contains(sentenceHas);
    }

    private static List<String> problems(ImageSigner signer) {
        return InstallCheck.problems(BOARD, signer.sign(FIRMWARE));
    }
}
