package dev.updraft.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.firmware.Firmware;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.SigningKey;
import dev.updraft.image.key.VerifyingKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ImageSignerTest {
    private static final SigningKey P256 = SigningKey.read(Vectors.text("sign-p256.pem"));
    private static final SigningKey ED25519 = SigningKey.read(Vectors.text("sign-ed.pem"));

    @Test
    void anUnsignedImageIsTheOneOfImgtoolByteForByte() {
        Image image = ImageSigner.unsigned().version("1.2.3+4").sign(Vectors.payload());

        assertThat(image.bytes()).isEqualTo(Bytes.wrapping(Vectors.bytes("unsigned.bin")));
    }

    @Test
    void aSignedImageIsTheOneOfImgtoolUpToTheSignature() {
        ImageSigner signer = ImageSigner.with(P256).version("1.2.3+4");

        assertRebuilt("p256.bin", signer, P256);
        assertRebuilt("p256-seccnt7.bin", signer.securityCounter(7), P256);
        assertRebuilt("p256-fullkey.bin", signer.wholePublicKey(), P256);
        assertRebuilt(
                "p256-dependency-custom.bin",
                signer.dependency(new Dependency(1, new Version(2, 0, 0))).vendorTlv(0xa0, Bytes.of(1, 2, 3, 4, 5)),
                P256);
        assertRebuilt("ed25519.bin", ImageSigner.with(ED25519).version("1.2.3+4"), ED25519);
    }

    @Test
    void whatIsAskedForStandsInTheImage() {
        SigningKey key = SigningKey.generate(KeyType.P256);
        Image image = ImageSigner.with(key)
                .version("1.4.0+17")
                .board("stm32h743")
                .securityCounter(3)
                .dependency(Dependency.parse("1:2.0.0"))
                .sign(firmware(0x0806_0400));

        Image read = Image.parse(image.bytes().toArray());

        assertThat(read.verify(key.verifying())).isEqualTo(key.verifying());
        assertThat(read.version()).isEqualTo(new Version(1, 4, 0, 17));
        assertThat(read.board()).contains("stm32h743");
        assertThat(read.securityCounter()).hasValue(3);
        assertThat(read.dependencies()).containsExactly(new Dependency(1, new Version(2, 0, 0)));
        assertThat(read.header().headerSize()).isEqualTo(0x400);
        assertThat(read.payload()).isEqualTo(Bytes.wrapping(firmware(0x0806_0400)));
        assertThat(read.digest().length()).isEqualTo(32);
    }

    @Test
    void anyFlippedBitOfWhatIsSignedIsFound() {
        VerifyingKey key = P256.verifying();
        byte[] bytes = Vectors.bytes("p256-seccnt7.bin");
        int signed = Image.parse(bytes).signedRegion().length();
        for (int at = 0; at < signed; at += 7) {
            byte[] changed = bytes.clone();
            changed[at] ^= 0x10;
            assertThatThrownBy(() -> Image.parse(changed).verify(key)).isInstanceOf(ImageException.class);
        }
    }

    @Test
    void aPureSignatureIsOverTheImageItself() {
        Image image = ImageSigner.with(ED25519).version("1.0.0").pure().sign(Vectors.payload());

        assertThat(image.tlvs().stream().map(Tlv::name)).containsExactly("SHA512", "SIG_PURE", "KEYHASH", "ED25519");
        assertThat(image.verify(ED25519.verifying())).isEqualTo(ED25519.verifying());
        assertThatThrownBy(() -> ImageSigner.with(P256).pure()).hasMessageContaining("Ed25519");
    }

    @Test
    void anImageOfAnotherKeyIsRefusedByName() {
        VerifyingKey other = SigningKey.generate(KeyType.P256).verifying();

        assertThatThrownBy(() -> Image.parse(Vectors.bytes("p256.bin")).verify(other))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("None of the keys given")
                .hasMessageContaining(P256.verifying().hash().hex());
    }

    @Test
    void firmwareThatCouldNotStartIsNotSigned() {
        ImageSigner signer = ImageSigner.with(P256).board("stm32f407");

        assertThatThrownBy(() -> signer.sign(firmware(0x3000_0000))).hasMessageContaining("reset vector");
        assertThatThrownBy(() -> signer.sign(
                        Firmware.ofBinary(Bytes.wrapping(firmware(0x0802_0200))).at(0x0800_0000)))
                .hasMessageContaining("linked for 0x08000000");
        assertThatThrownBy(() -> signer.sign(Arrays.copyOf(firmware(0x0802_0200), 384 * 1024 - 0x200)))
                .hasMessageContaining("slot");
        assertThatThrownBy(() -> signer.sign(new byte[64])).hasMessageContaining("stack pointer");
        assertThatThrownBy(() -> signer.sign(Vectors.bytes("p256.bin"))).hasMessageContaining("already");
    }

    static byte[] firmware(int base) {
        return ByteBuffer.allocate(1024)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x2000_8000)
                .putInt(base + 0x101)
                .array();
    }

    private static void assertRebuilt(String name, ImageSigner signer, SigningKey key) {
        Image original = Image.parse(Vectors.bytes(name));
        Image rebuilt = signer.sign(Vectors.payload());
        assertThat(rebuilt.signedRegion()).as(name).isEqualTo(original.signedRegion());
        assertThat(rebuilt.digest()).isEqualTo(original.digest());
        assertThat(rebuilt.tlvs().subList(0, 2)).isEqualTo(original.tlvs().subList(0, 2));
        assertThat(original.verify(key.verifying())).isEqualTo(key.verifying());
        assertThat(rebuilt.verify(key.verifying())).isEqualTo(key.verifying());
    }
}
