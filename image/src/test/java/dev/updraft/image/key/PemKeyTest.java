package dev.updraft.image.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.ImageException;
import dev.updraft.image.Vectors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PemKeyTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void aKeyReadsBackTheSameWithAndWithoutPassphrase(KeyType type) {
        PemKey key = PemKey.generate(type);
        char[] passphrase = "correct horse".toCharArray();
        String encrypted = key.privatePem(passphrase);

        assertThat(PemKey.read(key.privatePem(null)).secret()).isEqualTo(key.secret());
        assertThat(PemKey.read(key.privatePem(null)).hash()).isEqualTo(key.hash());
        assertThat(PemKey.read(key.publicPem()).hash()).isEqualTo(key.hash());
        assertThat(PemKey.read(encrypted, passphrase).secret()).isEqualTo(key.secret());
        assertThatThrownBy(() -> PemKey.read(encrypted)).hasMessageContaining("passphrase");
        assertThatThrownBy(() -> PemKey.read(encrypted, "wrong".toCharArray())).hasMessageContaining("passphrase");
        assertThatThrownBy(() -> PemKey.read(key.publicPem()).secret()).isInstanceOf(ImageException.class);
    }

    @ParameterizedTest
    @CsvSource({"sign-p256, sign-p256-pub", "enc-p256, enc-p256-pub", "enc-x, enc-x-pub"})
    void thePublicHalfIsWorkedOutAsImgtoolDoes(String secret, String open) {
        PemKey key = PemKey.read(Vectors.text(secret + ".pem"));

        assertThat(key.publicPem()).isEqualToNormalizingNewlines(Vectors.text(open + ".pem"));
        assertThat(key.privatePem(null)).isEqualToNormalizingNewlines(Vectors.text(secret + ".pem"));
    }

    @Test
    void keysOfOpensslAreReadInEveryContainer() throws Exception {
        String sec1 = openssl("ecparam", "-name", "prime256v1", "-genkey");
        Path file = Files.writeString(folder.resolve("sec1.pem"), sec1);
        String pkcs8 =
                openssl("pkcs8", "-topk8", "-in", file.toString(), "-passout", "pass:secret", "-v2", "aes-256-cbc");
        String open = openssl("ec", "-in", file.toString(), "-pubout");

        PemKey key = PemKey.read(sec1);
        assertThat(key.publicPem()).isEqualToNormalizingNewlines(open);
        assertThat(PemKey.read(pkcs8, "secret".toCharArray()).secret()).isEqualTo(key.secret());

        Path ours = Files.writeString(folder.resolve("ours.pem"), key.privatePem("secret".toCharArray()));
        assertThat(openssl("pkey", "-in", ours.toString(), "-passin", "pass:secret", "-pubout"))
                .isEqualToNormalizingNewlines(open);
    }

    @Test
    void whatIsNoKeyOfOursIsOneSentence() throws Exception {
        String rsa = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048");
        String p384 = openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384");

        for (String text : new String[] {
            rsa,
            p384,
            "",
            "nothing",
            rsa.substring(0, 300),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"
        }) {
            assertThatThrownBy(() -> PemKey.read(text)).isInstanceOf(ImageException.class);
        }
    }

    private static String openssl(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "openssl";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return output;
    }
}
