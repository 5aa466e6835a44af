package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import dev.updraft.image.Sha256;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A key as a PEM text carries it: a key pair, or a public key alone. */
public final class PemKey {
    private final KeyType type;
    private final @Nullable PrivateKey secret;
    private final PublicKey open;

    private PemKey(KeyType type, @Nullable PrivateKey secret, PublicKey open) {
        this.type = type;
        this.secret = secret;
        this.open = open;
    }

    public static PemKey generate(KeyType type) {
        KeyPair pair = type.generate();
        return new PemKey(type, pair.getPrivate(), pair.getPublic());
    }

    /** @throws ImageException if the text is no key of a kind in {@link KeyType}, or needs a passphrase */
    public static PemKey read(String pem) {
        return read(pem, null);
    }

    /**
     * Reads PKCS#8 ({@code PRIVATE KEY}, {@code ENCRYPTED PRIVATE KEY}), SEC 1 ({@code EC PRIVATE KEY}) or
     * SubjectPublicKeyInfo ({@code PUBLIC KEY}).
     *
     * @param passphrase for an encrypted key; null if there is none
     */
    public static PemKey read(String pem, char @Nullable [] passphrase) {
        Pem block = Pem.firstKeyIn(pem);
        return switch (block.label()) {
            case Pem.PUBLIC -> ofPublic(block.der().toArray());
            case Pem.PRIVATE -> ofPrivate(block.der().toArray());
            case Pem.SEC1 -> ofPrivate(Pkcs8.aroundSec1(block.der().toArray()));
            case Pem.ENCRYPTED -> ofPrivate(Pkcs8.decrypt(block.der().toArray(), passphrase));
            default ->
                throw new ImageException("The PEM text holds a '" + block.label()
                        + "'; give a PRIVATE KEY or a PUBLIC KEY of type P-256, Ed25519 or X25519.");
        };
    }

    public KeyType type() {
        return type;
    }

    public boolean isPrivate() {
        return secret != null;
    }

    public Bytes encodedPublic() {
        return Bytes.wrapping(open.getEncoded());
    }

    /** SHA-256 of {@link #encodedPublic}. */
    public Bytes hash() {
        return Bytes.wrapping(Sha256.of(open.getEncoded()));
    }

    public VerifyingKey verifying() {
        return new VerifyingKey(type, open);
    }

    public SigningKey signing() {
        return new SigningKey(privateHalf("sign"), verifying());
    }

    public EncryptionKey encryption() {
        return new EncryptionKey(type, open);
    }

    public DecryptionKey decryption() {
        return new DecryptionKey(type, privateHalf("decrypt"));
    }

    /** The 32 bytes of the private key: P-256 scalar (big-endian), Ed25519 seed, X25519 scalar (RFC 7748). */
    public Bytes secret() {
        return Bytes.wrapping(secretOf(privateHalf("show its private half")));
    }

    public String publicPem() {
        return new Pem(Pem.PUBLIC, encodedPublic()).text();
    }

    /** PKCS#8, the public half included as imgtool writes it; encrypted with AES-256 if a passphrase is given. */
    public String privatePem(char @Nullable [] passphrase) {
        PrivateKey key = privateHalf("be written");
        byte[] der = key instanceof ECPrivateKey ec
                ? Pkcs8.ofP256(P256Curve.fixed(ec.getS()), P256Curve.coordinates((ECPublicKey) open))
                : key.getEncoded();
        return passphrase == null
                ? new Pem(Pem.PRIVATE, Bytes.wrapping(der)).text()
                : new Pem(Pem.ENCRYPTED, Bytes.wrapping(Pkcs8.encrypt(der, passphrase))).text();
    }

    private PrivateKey privateHalf(String purpose) {
        return Optional.ofNullable(secret)
                .orElseThrow(() -> new ImageException(
                        "This is a public key, which cannot " + purpose + ": give the private key."));
    }

    private static byte[] secretOf(PrivateKey key) {
        return key instanceof ECPrivateKey ec ? P256Curve.fixed(ec.getS()) : Curve25519.secret(key);
    }

    private static PemKey ofPublic(byte[] der) {
        X509EncodedKeySpec spec = new X509EncodedKeySpec(der);
        for (KeyType type : KeyType.values()) {
            try {
                PublicKey key = KeyFactory.getInstance(type.algorithm()).generatePublic(spec);
                return new PemKey(known(key), null, key);
            } catch (GeneralSecurityException otherKind) {
                // the next kind
            }
        }
        throw unknown();
    }

    private static PemKey ofPrivate(byte[] der) {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
        for (KeyType candidate : KeyType.values()) {
            try {
                PrivateKey key = KeyFactory.getInstance(candidate.algorithm()).generatePrivate(spec);
                KeyType type = known(key);
                return new PemKey(type, key, type.publicKeyOf(key));
            } catch (GeneralSecurityException otherKind) {
                // the next kind
            }
        }
        throw unknown();
    }

    private static KeyType known(java.security.Key key) {
        return KeyType.of(key).orElseThrow(PemKey::unknown);
    }

    private static ImageException unknown() {
        return new ImageException("The key is of a kind that images do not use: give a P-256, Ed25519 or X25519 key.");
    }
}
