package dev.updraft.image.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.Image;
import dev.updraft.image.ImageException;
import dev.updraft.image.ImageSigner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real PKCS#11 module, Debian's softhsm2, which ./check installs. The token is used in processes of their own: the
 * module reads where its tokens are from the environment.
 */
class Pkcs11TokenTest {
    private static final Path MODULE = Path.of("/usr/lib/softhsm/libsofthsm2.so");
    private static final String PIN = "1234";

    @TempDir
    private Path folder;

    @Test
    void aKeyThatNeverLeavesItsTokenSignsAnImage() throws Exception {
        Path configuration = Files.writeString(
                folder.resolve("softhsm2.conf"),
                "directories.tokendir = " + Files.createDirectory(folder.resolve("tokens")) + "\n");
        run(
                configuration,
                "softhsm2-util",
                "--init-token",
                "--free",
                "--label",
                "updraft",
                "--so-pin",
                "0000",
                "--pin",
                PIN);
        Path provider = Files.writeString(
                folder.resolve("pkcs11.cfg"), "name = test\nlibrary = " + MODULE + "\nslotListIndex = 0\n");
        run(
                configuration,
                java("keytool"),
                "-genkeypair",
                "-storetype",
                "PKCS11",
                "-providerClass",
                "sun.security.pkcs11.SunPKCS11",
                "-providerArg",
                provider.toString(),
                "-storepass",
                PIN,
                "-alias",
                "release",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=release",
                "-validity",
                "3650");

        Path signed = folder.resolve("signed.bin");
        Path pem = folder.resolve("public.pem");
        run(
                configuration,
                java("java"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Signs.class.getName(),
                signed.toString(),
                pem.toString());

        VerifyingKey key = VerifyingKey.read(Files.readString(pem));
        assertThat(Image.parse(Files.readAllBytes(signed)).verify(key)).isEqualTo(key);
    }

    @Test
    void aModuleThatIsNotThereIsOneSentence() {
        assertThatThrownBy(() -> Pkcs11Token.open(folder.resolve("none.so"), 0, PIN.toCharArray()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("none.so");
    }

    /** Runs with the token. */
    static final class Signs {
        private Signs() {}

        public static void main(String[] args) throws IOException {
            assertThatThrownBy(() -> Pkcs11Token.open(MODULE, 0, "9999".toCharArray()))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("PIN");
            Pkcs11Token token = Pkcs11Token.open(MODULE, 0, PIN.toCharArray());
            assertThatThrownBy(() -> token.signing("other")).hasMessageContaining("release");
            SigningKey key = token.signing("release");
            assertThat(key.key().getEncoded())
                    .as("the private key cannot be read")
                    .isNull();
            Image image = ImageSigner.with(key).version("1.0.0").sign(new byte[] {1, 2, 3});
            Files.write(Path.of(args[0]), image.bytes().toArray());
            Files.writeString(
                    Path.of(args[1]), new Pem(Pem.PUBLIC, key.verifying().encoded()).text());
        }
    }

    private static String java(String tool) {
        return Path.of(System.getProperty("java.home"), "bin", tool).toString();
    }

    private static void run(Path configuration, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(command)).redirectErrorStream(true);
        builder.environment().put("SOFTHSM2_CONF", configuration.toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + "\n" + output)
                .isZero();
    }
}
