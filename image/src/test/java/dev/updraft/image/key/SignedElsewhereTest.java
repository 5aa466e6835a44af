package dev.updraft.image.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.updraft.image.Bytes;
import dev.updraft.image.CompressionTest;
import dev.updraft.image.Image;
import dev.updraft.image.ImageSigner;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The private key is behind a service: it gets digests and gives signatures. */
class SignedElsewhereTest {
    private static final SigningKey SERVICE = SigningKey.generate(KeyType.P256);

    @Test
    void theDigestThatIsMissingIsNamedUntilAllAreSigned() {
        byte[] payload = CompressionTest.compressible(3000);
        List<Bytes> signatures = new ArrayList<>();

        Image packed = signed(payload, signatures, 2);

        assertThat(packed.packing()).isPresent();
        assertThat(packed.verify(SERVICE.verifying())).isEqualTo(SERVICE.verifying());
        assertThat(packed.unpack().verify(SERVICE.verifying())).isEqualTo(SERVICE.verifying());
    }

    @Test
    void twoNumbersAreAsGoodAsDer() {
        for (int i = 0; i < 300; i++) {
            Bytes digest = Bytes.wrapping(new byte[32]);
            Bytes der = SERVICE.signDigest(digest);
            Bytes again =
                    SigningKey.elsewhere(SERVICE.verifying(), List.of(raw(der))).signDigest(digest);

            assertThat(again).isEqualTo(der);
        }
    }

    private static Image signed(byte[] payload, List<Bytes> signatures, int rounds) {
        ImageSigner signer = ImageSigner.with(SigningKey.elsewhere(SERVICE.verifying(), signatures))
                .version("1.0.0")
                .compress();
        for (int round = 0; round < rounds; round++) {
            SignatureMissing missing = catchThrowableOfType(SignatureMissing.class, () -> signer.sign(payload));
            signatures.add(SERVICE.signDigest(missing.digest()));
        }
        return signer.sign(payload);
    }

    private static Bytes raw(Bytes der) {
        List<Der> numbers = Der.read(der).elements();
        return Bytes.concat(
                Bytes.wrapping(P256Curve.fixed(numbers.get(0).integer())),
                Bytes.wrapping(P256Curve.fixed(numbers.get(1).integer())));
    }
}
