package dev.updraft.image.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.Image;
import dev.updraft.image.ImageException;
import dev.updraft.image.ImageSigner;
import dev.updraft.image.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        Tools.need("softhsm2-util", "pkcs11-tool");
        Path configuration = Files.writeString(
                folder.resolve("softhsm2.conf"),
                "directories.tokendir = " + Files.createDirectory(folder.resolve("tokens")) + "\n");
        for (String token : List.of("updraft", "other token")) {
            run(
                    configuration,
                    "softhsm2-util",
                    "--init-token",
                    "--free",
                    "--label",
                    token,
                    "--so-pin",
                    "0000",
                    "--pin",
                    PIN);
        }
        keyPair(configuration, "EC:prime256v1", "release", "01");
        keyPair(configuration, "EC:prime256v1", "twice", "02");
        keyPair(configuration, "EC:prime256v1", "twice", "03");
        keyPair(configuration, "EC:secp384r1", "p384", "04");
        keyPair(configuration, "EC:edwards25519", "ed", "05");
        keyPair(configuration, "rsa:1024", "rsa", "06");
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
                "certified",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=certified",
                "-validity",
                "3650");

        run(
                configuration,
                java("java"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Signs.class.getName(),
                folder.toString());
    }

    @Test
    void aModuleThatIsNotThereIsOneSentence() throws IOException {
        Path text = Files.writeString(folder.resolve("text.so"), "text");

        assertThatThrownBy(() -> sign("pkcs11:key?module-path=" + folder.resolve("none.so"), PIN))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("none.so");
        assertThatThrownBy(() -> sign("pkcs11:key?module-path=" + text, PIN))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("no PKCS#11 module");
    }

    @ParameterizedTest
    @CsvSource({
        "release, does not begin with",
        "pkcs11:?module-path=x, neither object= nor id=",
        "pkcs11:object=a;colour=red, colour=red",
        "pkcs11:object=a;object=b, twice",
        "pkcs11:object=a;type=cert, type private",
        "pkcs11:object=a%4, hexadecimal",
        "pkcs11:object=a?slot=x&module-path=/bin/sh, no number",
        "pkcs11:object=a?module-name=nosuchmodule, no PKCS#11 module nosuchmodule"
    })
    void aNameThatSaysTooLittleOrTooMuchIsRefused(String uri, String sentenceHas) {
        assertThatThrownBy(() -> {
                    Pkcs11Uri parsed = Pkcs11Uri.parse(uri);
                    parsed.number("slot");
                    parsed.module();
                })
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(sentenceHas)
                .hasMessageContaining("RFC 7512");
    }

    private static SigningKey sign(String uri, String pin) {
        return Pkcs11Token.signing(Pkcs11Uri.parse(uri), Optional.of(pin.toCharArray()));
    }

    /** Runs with the tokens. */
    static final class Signs {
        private Signs() {}

        public static void main(String[] args) throws IOException {
            String here = "?module-path=" + MODULE;
            Path pin = Files.writeString(Path.of(args[0], "pin.txt"), PIN + "\n");
            for (String uri : List.of(
                    "pkcs11:token=updraft;object=release" + here,
                    "pkcs11:certified" + here + "&slot=0",
                    "pkcs11:token=updraft;id=%01;type=private" + here,
                    "pkcs11:model=SoftHSM%20v2;token=updraft;object=release?module-name=softhsm2",
                    "pkcs11:token=updraft;object=ed" + here,
                    "pkcs11:token=updraft;object=twice;id=%03" + here)) {
                SigningKey key = sign(uri, PIN);
                Image image = ImageSigner.with(key).version("1.0.0").sign(new byte[] {1, 2, 3});
                assertThat(image.verify(key.verifying())).as(uri).isEqualTo(key.verifying());
            }
            assertThat(Pkcs11Token.signing(
                                    Pkcs11Uri.parse(
                                            "pkcs11:token=updraft;object=release" + here + "&pin-source=file:" + pin),
                                    Optional.empty())
                            .type())
                    .isEqualTo(KeyType.P256);

            refused("pkcs11:token=updraft;object=absent" + here, PIN, "'release'");
            refused("pkcs11:token=updraft;object=twice" + here, PIN, "more than one");
            refused("pkcs11:token=updraft;object=p384" + here, PIN, "P-384");
            refused("pkcs11:token=updraft;object=rsa" + here, PIN, "'rsa'");
            refused("pkcs11:object=release" + here, PIN, "'other token'");
            refused("pkcs11:token=none;object=release" + here, PIN, "No token");
        }

        private static void refused(String uri, String pin, String sentenceHas) {
            assertThatThrownBy(() -> sign(uri, pin))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining(sentenceHas);
        }
    }

    private static void keyPair(Path configuration, String type, String label, String id) throws Exception {
        run(
                configuration,
                "pkcs11-tool",
                "--module",
                MODULE.toString(),
                "--token-label",
                "updraft",
                "--login",
                "--pin",
                PIN,
                "--keypairgen",
                "--key-type",
                type,
                "--label",
                label,
                "--id",
                id);
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
