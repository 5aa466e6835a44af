package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;

/**
 * A key that signs images: P-256 or Ed25519. The private half may live in a token and never be seen here.
 *
 * @param verifying the public half
 */
public record SigningKey(PrivateKey key, VerifyingKey verifying) {
    /** Reads a PEM text without passphrase; {@link PemKey#read(String, char[])} reads one with. */
    public static SigningKey read(String pem) {
        return PemKey.read(pem).signing();
    }

    /** Makes a fresh key. */
    public static SigningKey generate(KeyType type) {
        return PemKey.generate(type).signing();
    }

    public KeyType type() {
        return verifying.type();
    }

    /** Signs a SHA-256 digest: ECDSA in DER, or Ed25519 with the 32 bytes as its message. */
    public Bytes signDigest(Bytes digest) {
        return sign(type() == KeyType.P256 ? "NONEwithECDSA" : "Ed25519", digest);
    }

    /** Signs the message itself: Ed25519 only. */
    public Bytes signPure(Bytes message) {
        if (type() != KeyType.ED25519) {
            throw new ImageException("Only an Ed25519 key makes pure signatures; this key is " + type().title() + ".");
        }
        return sign("Ed25519", message);
    }

    private Bytes sign(String algorithm, Bytes message) {
        try {
            // no provider is named: Java picks the one that holds the key, a token's for a key in a token
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            message.update(signer);
            return Bytes.wrapping(signer.sign());
        } catch (GeneralSecurityException refused) {
            throw new ImageException("The key could not sign: " + refused.getMessage() + ".", refused);
        }
    }
}
