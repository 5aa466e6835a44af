package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import javax.crypto.KeyAgreement;

/**
 * What two sides of an ECDH exchange know.
 *
 * @param ephemeral the sender's public key: P-256 uncompressed point, 65 bytes, or X25519, 32 bytes
 * @param secret the shared secret, 32 bytes: P-256 x coordinate or X25519 output
 */
public record KeyExchange(Bytes ephemeral, Bytes secret) {
    /** SubjectPublicKeyInfo up to the point (RFC 5480, RFC 8410). */
    private static final Bytes P256_HEAD = Bytes.fromHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");

    private static final Bytes X25519_HEAD = Bytes.fromHex("302a300506032b656e032100");

    static final int P256_POINT = 65;
    static final int X25519_POINT = 32;

    static Bytes encode(KeyType type, PublicKey key) {
        Bytes der = Bytes.wrapping(key.getEncoded());
        return der.slice(der.length() - pointSize(type), der.length());
    }

    static PublicKey decode(KeyType type, Bytes point) throws GeneralSecurityException {
        Bytes head = type == KeyType.P256 ? P256_HEAD : X25519_HEAD;
        byte[] der = Bytes.concat(head, point).toArray();
        return KeyFactory.getInstance(type.algorithm()).generatePublic(new X509EncodedKeySpec(der));
    }

    static Bytes agree(KeyType type, PrivateKey own, PublicKey other) throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance(type == KeyType.P256 ? "ECDH" : "X25519");
        agreement.init(own);
        agreement.doPhase(other, true);
        return Bytes.wrapping(agreement.generateSecret());
    }

    static int pointSize(KeyType type) {
        return type == KeyType.P256 ? P256_POINT : X25519_POINT;
    }

    static KeyType receiving(KeyType type) {
        if (type == KeyType.ED25519) {
            throw new ImageException("An Ed25519 key cannot receive encrypted images: use a P-256 or an X25519 key.");
        }
        return type;
    }
}
