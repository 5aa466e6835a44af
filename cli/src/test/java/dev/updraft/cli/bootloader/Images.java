package dev.updraft.cli.bootloader;

import dev.updraft.cli.demo.FirmwareBuild;
import dev.updraft.image.Image;
import dev.updraft.image.ImageSigner;
import dev.updraft.image.encryption.AesSize;
import dev.updraft.image.key.EncryptionKey;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Signed images whose application only sleeps, so that what happens is the bootloader's doing alone. */
final class Images {
    private static final Path KEYS = FirmwareBuild.home().resolve("device/test/keys");
    private static final short WFI = (short) 0xBF30;
    private static final short BACK_TO_WFI = (short) 0xE7FD;

    private Images() {}

    /** The header of the keys that the tests' bootloaders are built with. */
    static Path keysHeader() {
        return KEYS.resolve("keys-with-decryption.h");
    }

    static Image signed(Chip chip, String version, int size) {
        return signer(chip, version).sign(payload(chip, version, size));
    }

    static Image encrypted(Chip chip, String version, int size) {
        return signer(chip, version)
                .encryptTo(EncryptionKey.read(pem("enc-p256.pem")), AesSize.AES128)
                .sign(payload(chip, version, size));
    }

    /** Of a publisher whose key the bootloaders do not have. */
    static Image forged(Chip chip, String version, int size) {
        return ImageSigner.with(SigningKey.generate(KeyType.P256))
                .version(version)
                .board(chip.board())
                .sign(payload(chip, version, size));
    }

    private static ImageSigner signer(Chip chip, String version) {
        return ImageSigner.with(SigningKey.read(pem("sign-p256.pem")))
                .version(version)
                .board(chip.board());
    }

    private static byte[] payload(Chip chip, String version, int size) {
        byte[] content = new byte[size];
        new SplittableRandom(version.hashCode()).nextBytes(content);
        int code = chip.slot() + chip.header() + 8;
        ByteBuffer.wrap(content)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(chip.ramTop)
                .putInt(code | 1)
                .putShort(WFI)
                .putShort(BACK_TO_WFI);
        return content;
    }

    private static String pem(String name) {
        try {
            return Files.readString(KEYS.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
