package dev.updraft.image.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.Bytes;
import dev.updraft.image.Cases;
import dev.updraft.image.ImageException;
import dev.updraft.image.Tools;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in every container that openssl, smart cards and libraries write, and keys that only look like P-256. */
class KeyCasesTest {
    private static final char[] PASSPHRASE = "abc".toCharArray();
    private static final String ORDER = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bag",
                "bom",
                "crlf",
                "ec-params",
                "oneline",
                "p256",
                "p8-v1",
                "pub",
                "pub-comp",
                "sec1-comp",
                "sec1-enc",
                "sec1-expl",
                "sec1-nopub"
            })
    void aP256KeyIsReadInEveryContainer(String name) {
        assertThat(PemKey.read(Cases.text("keys/" + name + ".pem"), PASSPHRASE).type())
                .isEqualTo(KeyType.P256);
    }

    @Test
    void allContainersOfOneKeyGiveThatKey() {
        PemKey key = PemKey.read(Cases.text("keys/bom.pem"));

        for (String name : List.of("crlf", "sec1-comp", "sec1-expl", "sec1-nopub")) {
            assertThat(PemKey.read(Cases.text("keys/" + name + ".pem")).hash())
                    .as(name)
                    .isEqualTo(key.hash());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "secp256k1, secp256k1",
        "brainpoolP256r1, brainpoolP256r1",
        "brainpoolP256t1, brainpoolP256t1",
        "SM2, SM2",
        "secp384r1, P-384",
        "secp521r1, P-521",
        "secp224r1, P-224",
        "prime239v1, curve"
    })
    void aKeyOfAnotherCurveIsNamedHoweverItIsWritten(String curve, String name) throws Exception {
        openssl("ecparam", "-name", curve, "-genkey", "-noout", "-out", "sec1.pem");
        openssl("pkcs8", "-topk8", "-nocrypt", "-in", "sec1.pem", "-out", "pkcs8.pem");
        openssl("ec", "-in", "sec1.pem", "-pubout", "-out", "public.pem");
        openssl("ec", "-in", "sec1.pem", "-no_public", "-out", "alone.pem");
        openssl("ec", "-in", "sec1.pem", "-pubout", "-conv_form", "compressed", "-out", "compressed.pem");
        openssl("ec", "-in", "sec1.pem", "-param_enc", "explicit", "-out", "explicit.pem");
        for (String file : List.of("sec1", "pkcs8", "public", "alone", "compressed")) {
            assertRefused(text(file + ".pem"), name);
        }
        assertRefused(text("explicit.pem"), curve.equals("SM2") ? "SM2" : "curve");
    }

    @Test
    void aScalarMustBeOfTheCurve() {
        refusedScalar("00".repeat(32), "0 or too large");
        refusedScalar(ORDER, "0 or too large");
        refusedScalar("01" + ORDER, "0 or too large");
        refusedScalar("ff".repeat(32), "0 or too large");
        assertThat(PemKey.read(sec1("01", "a00a06082a8648ce3d030107")).type()).isEqualTo(KeyType.P256);
    }

    @Test
    void halvesMustBelongTogetherAndBePointsOfTheCurve() {
        String mine = Cases.text("keys/crlf.pem");
        Bytes der = Pem.firstKeyIn(mine).der();
        byte[] otherScalar = der.toArray();
        otherScalar[10] ^= 1;
        byte[] otherPoint = der.toArray();
        otherPoint[80] ^= 1;

        assertRefused(new Pem(Pem.SEC1, Bytes.wrapping(otherScalar)).text(), "belong together");
        assertRefused(new Pem(Pem.SEC1, Bytes.wrapping(otherPoint)).text(), "no point of the curve");
        byte[] open = Pem.firstKeyIn(Cases.text("keys/pub.pem")).der().toArray();
        open[50] ^= 1;
        assertRefused(new Pem(Pem.PUBLIC, Bytes.wrapping(open)).text(), "no point of the curve");
    }

    @Test
    void aKeyWithoutItsCurveIsReadOnlyIfItsHalvesProveIt() {
        PemKey key = PemKey.read(Cases.text("keys/crlf.pem"));
        String point = "a144034200" + "04" + key.verifying().coordinates().hex();

        assertThat(PemKey.read(sec1(key.secret().hex(), point)).hash()).isEqualTo(key.hash());
        assertRefused(sec1(key.secret().hex(), ""), "which curve");
        assertRefused(sec1("02", point), "belong together");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-v2 aes-256-cbc",
                "-v2 aes-128-cbc -v2prf hmacWithSHA1",
                "-v2 aes-192-cbc -v2prf hmacWithSHA512",
                "-v2 des3",
                "-v1 PBE-SHA1-3DES"
            })
    void pkcs8UnderAPassphraseIsOpened(String scheme) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("pkcs8", "-topk8", "-in", path("keys/p256.pem"), "-passout", "pass:abc"));
        command.addAll(List.of(scheme.split(" ")));
        command.addAll(List.of("-out", "sealed.pem"));
        openssl(command.toArray(String[]::new));
        PemKey key = PemKey.read(Cases.text("keys/p256.pem"));

        assertThat(PemKey.read(text("sealed.pem"), PASSPHRASE).secret()).isEqualTo(key.secret());
        assertThatThrownBy(() -> PemKey.read(text("sealed.pem"), "wrong".toCharArray()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("passphrase");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-aes256", "-aes192", "-aes128", "-des3"})
    void theEncryptedPemOfOldOpensslIsOpened(String cipher) throws Exception {
        openssl("ec", "-in", path("keys/crlf.pem"), cipher, "-passout", "pass:abc", "-out", "sealed.pem");

        assertThat(text("sealed.pem")).contains("Proc-Type");
        assertThat(PemKey.read(text("sealed.pem"), PASSPHRASE).hash())
                .isEqualTo(PemKey.read(Cases.text("keys/crlf.pem")).hash());
        assertRefused(text("sealed.pem"), "UPDRAFT_KEY_PASSPHRASE");
        assertThatThrownBy(() -> PemKey.read(text("sealed.pem"), "wrong".toCharArray()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("passphrase");
    }

    @Test
    void theCommandThatIsNamedConvertsWhatJavaCannotOpen() throws Exception {
        openssl(
                "pkcs8",
                "-topk8",
                "-scrypt",
                "-in",
                path("keys/p256.pem"),
                "-passout",
                "pass:abc",
                "-out",
                "sealed.pem");

        assertThatThrownBy(() -> PemKey.read(text("sealed.pem"), PASSPHRASE))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("scrypt")
                .hasMessageContaining("'openssl pkcs8 -topk8 -in KEY -out NEW'");
        openssl(
                "pkcs8",
                "-topk8",
                "-in",
                "sealed.pem",
                "-out",
                "new.pem",
                "-passin",
                "pass:abc",
                "-passout",
                "pass:abc");
        assertThat(PemKey.read(text("new.pem"), PASSPHRASE).secret())
                .isEqualTo(PemKey.read(Cases.text("keys/p256.pem")).secret());
    }

    @Test
    void keysOfOtherKindsAndContainersAreNamed() throws Exception {
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-out", "rsa.pem");
        openssl("rsa", "-in", "rsa.pem", "-traditional", "-out", "rsa1.pem");
        openssl("genpkey", "-algorithm", "ED448", "-out", "ed448.pem");
        openssl("pkey", "-in", path("keys/p256.pem"), "-outform", "DER", "-out", "key.der");
        openssl("req", "-x509", "-key", path("keys/p256.pem"), "-subj", "/CN=a", "-out", "certificate.pem");

        assertRefused(text("rsa.pem"), "an RSA key");
        assertRefused(text("rsa1.pem"), "an RSA key");
        assertRefused(text("ed448.pem"), "an Ed448 key");
        assertRefused(text("key.der"), "openssl pkey -inform DER");
        assertRefused(text("certificate.pem"), "openssl x509");
        assertRefused("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----", "ssh-keygen -p");
        assertRefused("ssh-ed25519 AAAA me@here", "ssh-keygen -e");
        assertRefused("PuTTY-User-Key-File-3: x", "puttygen");
        assertRefused("-----BEGIN PRIVATE KEY-----\nMIGH", "cut short");
        assertRefused("-----BEGIN PRIVATE KEY-----\nM!GH\n-----END PRIVATE KEY-----", "not Base64");
        assertRefused("-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PUBLIC KEY-----", "is closed by");
        assertThat(PemKey.read(text("certificate.pem") + Cases.text("keys/p256.pem"))
                        .isPrivate())
                .isTrue();
    }

    @Test
    void aKeyThatPowerShellSavedIsRead() {
        String text = new String(
                ("\ufeff" + Cases.text("keys/p256.pem")).getBytes(StandardCharsets.UTF_16LE),
                StandardCharsets.ISO_8859_1);

        assertThat(PemKey.read(text).type()).isEqualTo(KeyType.P256);
    }

    @Test
    void aDamagedKeyIsOneSentence() {
        for (String name : List.of("p256", "pub", "sec1-expl", "p8-v1", "crlf")) {
            Pem whole = Pem.firstKeyIn(Cases.text("keys/" + name + ".pem"));
            for (int length = 0; length < whole.der().length(); length++) {
                String cut = new Pem(whole.label(), whole.der().slice(0, length)).text();
                assertThatThrownBy(() -> PemKey.read(cut, PASSPHRASE)).isInstanceOf(ImageException.class);
            }
        }
    }

    private static void refusedScalar(String scalar, String sentenceHas) {
        assertRefused(sec1(scalar, "a00a06082a8648ce3d030107"), sentenceHas);
    }

    /** An ECPrivateKey of this scalar; {@code rest} is what stands behind it. */
    private static String sec1(String scalar, String rest) {
        String octets = "020101" + element("04", scalar) + rest;
        return new Pem(Pem.SEC1, Bytes.fromHex(element("30", octets))).text();
    }

    private static String element(String tag, String content) {
        return tag + String.format("%02x", content.length() / 2) + content;
    }

    private static void assertRefused(String pem, String sentenceHas) {
        assertThatThrownBy(() -> PemKey.read(pem))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(sentenceHas);
    }

    private static String path(String name) {
        return Cases.path(name).toString();
    }

    private String text(String file) throws Exception {
        return Files.readString(folder.resolve(file), StandardCharsets.ISO_8859_1);
    }

    private void openssl(String... arguments) throws Exception {
        Tools.need("openssl");
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Tools.run(folder, command.toArray(String[]::new));
    }
}
