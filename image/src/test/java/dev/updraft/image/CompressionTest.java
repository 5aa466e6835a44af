package dev.updraft.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.compression.Heatshrink;
import dev.updraft.image.encryption.AesSize;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.PemKey;
import dev.updraft.image.key.SigningKey;
import java.util.Random;
import org.junit.jupiter.api.Test;

public class CompressionTest {
    private static final SigningKey KEY = SigningKey.generate(KeyType.P256);
    private static final ImageSigner SIGNER = ImageSigner.with(KEY)
            .version("1.2.0")
            .board("my-board")
            .withoutChecks()
            .securityCounter(2);

    @Test
    void aPackedImageUnpacksToTheOneThatWouldHaveBeenMadeWithout() {
        byte[] payload = compressible(20_001);
        Image plain = SIGNER.sign(payload);
        Image packed = SIGNER.compress().sign(payload);

        assertThat(packed.bytes().length()).isLessThan(plain.bytes().length() / 3 * 2);
        assertThat(packed.header().flagNames()).containsExactly("NON_BOOTABLE");
        packed.verify(KEY.verifying());
        Image unpacked = packed.unpack();
        assertThat(unpacked.signedRegion()).isEqualTo(plain.signedRegion());
        assertThat(unpacked.verify(KEY.verifying())).isEqualTo(KEY.verifying());
        assertThat(packed.installedDigest()).isEqualTo(plain.digest());
    }

    @Test
    void aPackedAndEncryptedImageUnpacksAfterDecryption() {
        byte[] payload = compressible(9_999);
        PemKey device = PemKey.generate(KeyType.P256);
        Image packed =
                SIGNER.compress().encryptTo(device.encryption(), AesSize.AES128).sign(payload);

        Image installed = packed.decrypt(device.decryption()).unpack();

        installed.verify(KEY.verifying());
        assertThat(installed.payload().slice(0, payload.length)).isEqualTo(Bytes.wrapping(payload));
    }

    @Test
    void whatDoesNotGetSmallerIsNotPacked() {
        Image image = SIGNER.compress().sign(Vectors.payload());

        assertThat(image.packing()).isEmpty();
    }

    @Test
    void everyWindowAndLookaheadPacksAnyContent() {
        Random random = new Random(7);
        for (int window = 4; window <= 15; window++) {
            for (int lookahead = 3; lookahead < window; lookahead++) {
                Heatshrink method = new Heatshrink(window, lookahead);
                for (byte[] content :
                        new byte[][] {{}, {1}, compressible(3_000), noise(random, 500), new byte[2_000]}) {
                    assertThat(method.unpack(method.pack(Bytes.wrapping(content)), content.length))
                            .isEqualTo(Bytes.wrapping(content));
                }
            }
        }
    }

    @Test
    void aDamagedStreamIsRefused() {
        Heatshrink method = new Heatshrink(10, 5);

        assertThatThrownBy(() -> method.unpack(Bytes.of(0, 15, 255), 8)).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> method.unpack(Bytes.of(0xff), 2)).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> method.unpack(Bytes.of(), 1 << 30)).isInstanceOf(ImageException.class);
    }

    public static byte[] compressible(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i % 37 * (i / 400));
        }
        return bytes;
    }

    private static byte[] noise(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }
}
