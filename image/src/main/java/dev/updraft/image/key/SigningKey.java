package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.List;

/** A key that signs images: P-256 or Ed25519. The private half may live in a token or behind a service and never be seen here. */
public final class SigningKey {
    private final VerifyingKey verifying;
    private final Signer signer;

    private SigningKey(VerifyingKey verifying, Signer signer) {
        this.verifying = verifying;
        this.signer = signer;
    }

    /** Signs wherever the private half is: a digest of 32 bytes (P-256; gives DER), or any message (Ed25519). */
    @FunctionalInterface
    interface Signer {
        Bytes sign(Bytes message);
    }

    static SigningKey of(VerifyingKey verifying, Signer signer) {
        return new SigningKey(verifying, signer);
    }

    static SigningKey of(VerifyingKey verifying, PrivateKey key) {
        return new SigningKey(verifying, message -> sign(key, algorithm(verifying.type()), message));
    }

    /**
     * A key that others hold, and what they have signed so far.
     *
     * @param signatures in any order; DER or, as services give it, the two numbers of 32 bytes; Ed25519 64 bytes
     * @return signs what is among them; for anything else {@link #signDigest} throws {@link SignatureMissing}
     */
    public static SigningKey elsewhere(VerifyingKey verifying, List<Bytes> signatures) {
        return new SigningKey(
                verifying,
                message -> signatures.stream()
                        .map(signature -> verifying.type() == KeyType.P256 && signature.length() == EcdsaSignature.RAW
                                ? EcdsaSignature.der(signature)
                                : signature)
                        .filter(signature -> verifying.verifyDigest(message, signature))
                        .findFirst()
                        .orElseThrow(() -> new SignatureMissing(message)));
    }

    /** Reads a PEM text without passphrase; {@link PemKey#read(String, char[])} reads one with. */
    public static SigningKey read(String pem) {
        return PemKey.read(pem).signing();
    }

    /** Makes a fresh key. */
    public static SigningKey generate(KeyType type) {
        return PemKey.generate(type).signing();
    }

    /** The public half. */
    public VerifyingKey verifying() {
        return verifying;
    }

    public KeyType type() {
        return verifying.type();
    }

    /** Signs a SHA-256 digest: ECDSA in DER, or Ed25519 with the 32 bytes as its message. */
    public Bytes signDigest(Bytes digest) {
        return signer.sign(digest);
    }

    /** Signs the message itself: Ed25519 only. */
    public Bytes signPure(Bytes message) {
        if (type() != KeyType.ED25519) {
            throw new ImageException("Only an Ed25519 key makes pure signatures; this key is " + type().title() + ".");
        }
        return signer.sign(message);
    }

    private static String algorithm(KeyType type) {
        return type == KeyType.P256 ? "NONEwithECDSA" : "Ed25519";
    }

    private static Bytes sign(PrivateKey key, String algorithm, Bytes message) {
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            message.update(signer);
            return Bytes.wrapping(signer.sign());
        } catch (GeneralSecurityException refused) {
            throw new ImageException("The key could not sign: " + refused.getMessage() + ".", refused);
        }
    }
}
