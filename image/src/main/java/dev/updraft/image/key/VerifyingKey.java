package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;

/** The public half of a signing key: P-256 or Ed25519. */
public record VerifyingKey(KeyType type, PublicKey key) {
    public VerifyingKey {
        if (type == KeyType.X25519) {
            throw new ImageException("An X25519 key cannot sign or verify: use a P-256 or an Ed25519 key.");
        }
    }

    /** @throws ImageException if the key is neither P-256 nor Ed25519 */
    public static VerifyingKey of(PublicKey key) {
        KeyType type = KeyType.of(key)
                .orElseThrow(
                        () -> new ImageException("A key that signs images is P-256 or Ed25519; this one is neither."));
        return new VerifyingKey(type, key);
    }

    /** Reads a PEM text that holds the public key, or the private key without passphrase. */
    public static VerifyingKey read(String pem) {
        return PemKey.read(pem).verifying();
    }

    /** DER SubjectPublicKeyInfo, as a PUBKEY TLV holds it. */
    public Bytes encoded() {
        return Bytes.wrapping(key.getEncoded());
    }

    /** SHA-256 of {@link #encoded}, as a KEYHASH TLV holds it. */
    public Bytes hash() {
        return hash("SHA-256");
    }

    /** The same with another digest: pure Ed25519 images hold a SHA-512. */
    public Bytes hash(String algorithm) {
        return Jca.call(
                () -> Bytes.wrapping(MessageDigest.getInstance(algorithm).digest(key.getEncoded())));
    }

    /** X and Y of a P-256 key, big-endian, 64 bytes together: what the bootloader is compiled with. */
    public Bytes coordinates() {
        if (key instanceof ECPublicKey ec) {
            return Bytes.wrapping(P256Curve.coordinates(ec));
        }
        throw new ImageException("An " + type.title() + " key has no coordinates: give a P-256 key.");
    }

    /** True if {@code signature} over the SHA-256 {@code digest} is this key's. */
    public boolean verifyDigest(Bytes digest, Bytes signature) {
        return verify(type == KeyType.P256 ? "NONEwithECDSA" : "Ed25519", digest, signature);
    }

    /** True if {@code signature} over {@code message} itself is this key's: pure Ed25519. */
    public boolean verifyPure(Bytes message, Bytes signature) {
        return type == KeyType.ED25519 && verify("Ed25519", message, signature);
    }

    private boolean verify(String algorithm, Bytes message, Bytes signature) {
        try {
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(key);
            message.update(verifier);
            return verifier.verify(signature.toArray());
        } catch (GeneralSecurityException notASignature) {
            return false;
        }
    }
}
