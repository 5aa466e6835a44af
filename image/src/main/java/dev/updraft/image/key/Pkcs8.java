package dev.updraft.image.key;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/** Writes PKCS#8 (RFC 5208, RFC 5958), the container of private keys, in clear and under a passphrase (PBES2, RFC 8018). */
final class Pkcs8 {
    private static final String PBES2 = "PBEWithHmacSHA256AndAES_256";
    /** PBKDF2 rounds: what OWASP asks for HMAC-SHA-256. */
    private static final int ROUNDS = 600_000;

    private static final int SALT = 16;

    /** INTEGER 0; SEQUENCE of id-ecPublicKey and prime256v1 (RFC 5480). */
    private static final byte[] P256_HEAD = HexFormat.of().parseHex("020100301306072a8648ce3d020106082a8648ce3d030107");

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int PUBLIC_KEY = 0xa1;
    private static final int BIT_STRING = 0x03;

    private Pkcs8() {}

    /** @param sec1 ECPrivateKey of RFC 5915 */
    private static byte[] aroundSec1(byte[] sec1) {
        return der(SEQUENCE, P256_HEAD, der(OCTET_STRING, sec1));
    }

    /**
     * @param scalar 32 bytes
     * @param coordinates X and Y, 64 bytes
     */
    static byte[] ofP256(byte[] scalar, byte[] coordinates) {
        byte[] version1 = {0x02, 0x01, 0x01};
        byte[] uncompressed = {0x00, 0x04};
        byte[] open = der(PUBLIC_KEY, der(BIT_STRING, uncompressed, coordinates));
        return aroundSec1(der(SEQUENCE, version1, der(OCTET_STRING, scalar), open));
    }

    static byte[] encrypt(byte[] pkcs8, char[] passphrase) {
        byte[] salt = new byte[SALT];
        new SecureRandom().nextBytes(salt);
        try {
            Cipher cipher = Cipher.getInstance(PBES2);
            cipher.init(Cipher.ENCRYPT_MODE, secret(PBES2, passphrase), new PBEParameterSpec(salt, ROUNDS));
            // the scheme's name, which the cipher's parameters carry, has no object identifier of its own: PBES2 has
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("PBES2");
            parameters.init(cipher.getParameters().getEncoded());
            return new EncryptedPrivateKeyInfo(parameters, cipher.doFinal(pkcs8)).getEncoded();
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalStateException("This Java cannot encrypt a key: " + broken.getMessage(), broken);
        }
    }

    private static SecretKey secret(String scheme, char[] passphrase) throws GeneralSecurityException {
        return SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(passphrase));
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            body.writeBytes(part);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        if (body.size() < 0x80) {
            all.write(body.size());
        } else if (body.size() <= 0xff) {
            all.write(0x81);
            all.write(body.size());
        } else {
            all.write(0x82);
            all.write(body.size() >> 8);
            all.write(body.size());
        }
        all.writeBytes(body.toByteArray());
        return all.toByteArray();
    }
}
