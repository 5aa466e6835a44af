package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Opens private keys under a passphrase: PKCS#8 with PBES2 (RFC 8018) and the schemes before it, and the encrypted PEM (RFC 1421) of old openssl. What
 * Java has no cipher for is named, with the command that converts it.
 */
final class KeyEncryption {
    private static final String PBES2 = "1.2.840.113549.1.5.13";
    private static final String PBKDF2 = "1.2.840.113549.1.5.12";
    private static final String SCRYPT = "1.3.6.1.4.1.11591.4.11";
    private static final String HMAC_SHA1 = "1.2.840.113549.2.7";
    /** Some hundred times what anybody asks for; takes minutes. */
    private static final int MOST_ROUNDS = 100_000_000;

    private static final int OLD_SALT = 8;

    private static final Map<String, String> HMACS = Map.of(
            HMAC_SHA1,
            "SHA1",
            "1.2.840.113549.2.8",
            "SHA224",
            "1.2.840.113549.2.9",
            "SHA256",
            "1.2.840.113549.2.10",
            "SHA384",
            "1.2.840.113549.2.11",
            "SHA512");

    /** A block cipher in CBC mode. */
    private record Scheme(String algorithm, int keySize) {}

    private static final Map<String, Scheme> CIPHERS = Map.of(
            "2.16.840.1.101.3.4.1.2", new Scheme("AES", 16),
            "2.16.840.1.101.3.4.1.22", new Scheme("AES", 24),
            "2.16.840.1.101.3.4.1.42", new Scheme("AES", 32),
            "1.2.840.113549.3.7", new Scheme("DESede", 24));

    private static final Map<String, Scheme> OLD_CIPHERS = Map.of(
            "AES-128-CBC", new Scheme("AES", 16),
            "AES-192-CBC", new Scheme("AES", 24),
            "AES-256-CBC", new Scheme("AES", 32),
            "DES-EDE3-CBC", new Scheme("DESede", 24));

    private KeyEncryption() {}

    /** @return PKCS#8 in clear */
    static Bytes openPkcs8(Bytes encrypted, char @Nullable [] passphrase) {
        char[] given = given(passphrase);
        Der info = Der.read(encrypted);
        Der algorithm = info.element(0);
        Bytes sealed = info.element(1).octets();
        if (!algorithm.element(0).identifier().equals(PBES2)) {
            return openOldPkcs8(encrypted, given);
        }
        Der derivation = algorithm.element(1).element(0);
        Der encryption = algorithm.element(1).element(1);
        String function = derivation.element(0).identifier();
        Scheme scheme = CIPHERS.get(encryption.element(0).identifier());
        if (!function.equals(PBKDF2) || scheme == null) {
            throw cannotOpen(
                    function.equals(SCRYPT)
                            ? "scrypt"
                            : "the scheme "
                                    + (scheme == null ? encryption.element(0).identifier() : function));
        }
        return decrypt(
                scheme,
                pbkdf2(derivation.element(1), scheme, given),
                encryption.element(1).octets(),
                sealed);
    }

    /** @return what the label of the block says, in clear */
    static Bytes openPem(Pem block, char @Nullable [] passphrase) {
        char[] given = given(passphrase);
        String[] info = block.headers().getOrDefault("DEK-Info", "").split(",", 2);
        Scheme scheme = OLD_CIPHERS.get(info[0].strip().toUpperCase(Locale.ROOT));
        if (scheme == null || info.length < 2) {
            throw cannotOpen(info[0].isEmpty() ? "an unnamed cipher" : info[0]);
        }
        Bytes initial = Bytes.fromHex(info[1].strip());
        if (initial.length() < OLD_SALT) {
            throw Der.damaged();
        }
        return decrypt(scheme, oldKey(given, initial.slice(0, OLD_SALT), scheme.keySize), initial, block.der());
    }

    private static byte[] pbkdf2(Der parameters, Scheme scheme, char[] passphrase) {
        List<Der> elements = parameters.elements();
        String hmac = elements.getLast().tag() == Der.SEQUENCE
                ? elements.getLast().element(0).identifier()
                : HMAC_SHA1;
        BigInteger rounds = parameters.element(1).integer();
        if (!HMACS.containsKey(hmac)
                || rounds.signum() < 1
                || rounds.bitLength() > 31
                || rounds.intValue() > MOST_ROUNDS) {
            throw cannotOpen("PBKDF2 with " + rounds + " rounds of " + HMACS.getOrDefault(hmac, hmac));
        }
        PBEKeySpec spec = new PBEKeySpec(
                passphrase, parameters.element(0).octets().toArray(), rounds.intValue(), 8 * scheme.keySize);
        return Jca.call(() -> SecretKeyFactory.getInstance("PBKDF2WithHmac" + HMACS.get(hmac))
                .generateSecret(spec)
                .getEncoded());
    }

    /** EVP_BytesToKey of openssl with MD5 and one round. */
    private static byte[] oldKey(char[] passphrase, Bytes salt, int size) {
        byte[] secret = new String(passphrase).getBytes(StandardCharsets.UTF_8);
        byte[] key = new byte[0];
        byte[] last = new byte[0];
        while (key.length < size) {
            MessageDigest md5 = Jca.call(() -> MessageDigest.getInstance("MD5"));
            md5.update(last);
            md5.update(secret);
            last = md5.digest(salt.toArray());
            key = Bytes.concat(Bytes.wrapping(key), Bytes.wrapping(last)).toArray();
        }
        return Arrays.copyOf(key, size);
    }

    private static Bytes decrypt(Scheme scheme, byte[] key, Bytes initial, Bytes sealed) {
        try {
            Cipher cipher = Cipher.getInstance(scheme.algorithm + "/CBC/PKCS5Padding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(key, scheme.algorithm),
                    new IvParameterSpec(initial.toArray()));
            Bytes clear = Bytes.wrapping(cipher.doFinal(sealed.toArray()));
            Der.read(clear); // a wrong passphrase may leave good padding
            return clear;
        } catch (GeneralSecurityException | ImageException wrong) {
            throw new ImageException("The passphrase does not open the key (" + scheme.algorithm + ").", wrong);
        }
    }

    /** PBES1 and the schemes of PKCS#12, which Java has. */
    private static Bytes openOldPkcs8(Bytes encrypted, char[] passphrase) {
        EncryptedPrivateKeyInfo info;
        SecretKeyFactory factory;
        try {
            info = new EncryptedPrivateKeyInfo(encrypted.toArray());
            factory = SecretKeyFactory.getInstance(info.getAlgName());
        } catch (GeneralSecurityException | IOException noSuchCipher) {
            throw cannotOpen("an old cipher");
        }
        try {
            return Bytes.wrapping(info.getKeySpec(factory.generateSecret(new PBEKeySpec(passphrase)))
                    .getEncoded());
        } catch (GeneralSecurityException wrong) {
            throw new ImageException("The passphrase does not open the key (" + info.getAlgName() + ").", wrong);
        }
    }

    private static char[] given(char @Nullable [] passphrase) {
        if (passphrase == null) {
            throw new ImageException(
                    "The key is encrypted: give its passphrase, which 'updraft' reads from UPDRAFT_KEY_PASSPHRASE.");
        }
        return passphrase;
    }

    private static ImageException cannotOpen(String scheme) {
        return new ImageException("The key is encrypted with " + scheme
                + ", which Updraft cannot open: 'openssl pkcs8 -topk8 -in KEY -out NEW' writes it anew with AES.");
    }
}
