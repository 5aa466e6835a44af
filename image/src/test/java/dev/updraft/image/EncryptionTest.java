package dev.updraft.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.encryption.AesSize;
import dev.updraft.image.encryption.Envelope;
import dev.updraft.image.key.DecryptionKey;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.PemKey;
import dev.updraft.image.key.SigningKey;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EncryptionTest {
    private static final Bytes PAYLOAD = Bytes.wrapping(Vectors.payload());

    @ParameterizedTest
    @CsvSource({
        "p256-enc-ec256-aes128, sign-p256, enc-p256, AES128",
        "p256-enc-ec256-aes256, sign-p256, enc-p256, AES256",
        "ed25519-enc-x25519, sign-ed, enc-x, AES128"
    })
    void anImageOfImgtoolDecryptsAndIsMadeAgainByteForByteUpToTheSignature(
            String name, String signer, String recipient, AesSize size) {
        Image original = Image.parse(Vectors.bytes(name + ".bin"));
        SigningKey key = SigningKey.read(Vectors.text(signer + ".pem"));
        DecryptionKey device = DecryptionKey.read(Vectors.text(recipient + ".pem"));

        Image clear = original.decrypt(device);
        assertThat(clear.payload().slice(0, PAYLOAD.length())).isEqualTo(PAYLOAD);
        assertThat(clear.verify(key.verifying())).isEqualTo(key.verifying());
        assertThat(original.digest()).isEqualTo(clear.digest());
        assertThatThrownBy(() -> original.verify(key.verifying())).hasMessageContaining("encrypted");

        // what the sender drew at random is read from the recipient's side
        Tlv sealed = original.tlvs().getLast();
        Envelope envelope = Envelope.open(sealed.value(), device, size, Envelope.Hash.SHA256);
        Image rebuilt = ImageSigner.with(key)
                .version("1.2.3+4")
                .encryptWith(device.type(), () -> envelope)
                .sign(PAYLOAD.toArray());
        assertThat(rebuilt.signedRegion()).isEqualTo(original.signedRegion());
        assertThat(rebuilt.tlvs().subList(0, 2)).isEqualTo(original.tlvs().subList(0, 2));
        assertThat(rebuilt.tlvs().getLast()).isEqualTo(sealed);
        assertThat(rebuilt.decrypt(device).verify(key.verifying())).isEqualTo(key.verifying());
    }

    @ParameterizedTest
    @EnumSource(AesSize.class)
    void anotherDeviceCannotReadIt(AesSize size) {
        for (KeyType type : new KeyType[] {KeyType.P256, KeyType.X25519}) {
            PemKey device = PemKey.generate(type);
            Image image = ImageSigner.with(SigningKey.generate(KeyType.ED25519))
                    .encryptTo(device.encryption(), size)
                    .sign(PAYLOAD.toArray());

            assertThat(image.decrypt(device.decryption()).payload().slice(0, PAYLOAD.length()))
                    .isEqualTo(PAYLOAD);
            assertThat(image.payload().slice(0, 64)).isNotEqualTo(PAYLOAD.slice(0, 64));
            DecryptionKey other = PemKey.generate(type).decryption();
            assertThatThrownBy(() -> image.decrypt(other)).hasMessageContaining("not encrypted to this key");
        }
    }
}
