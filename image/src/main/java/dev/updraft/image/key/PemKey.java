package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import dev.updraft.image.Sha256;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
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
     * Reads PKCS#8 ({@code PRIVATE KEY}, {@code ENCRYPTED PRIVATE KEY}), SEC 1 ({@code EC PRIVATE KEY}, also encrypted as
     * openssl did before 1.0) or SubjectPublicKeyInfo ({@code PUBLIC KEY}). A P-256 key is checked: its curve, its scalar, its point, and that its halves
     * belong together.
     *
     * @param passphrase for an encrypted key; null if there is none
     */
    public static PemKey read(String pem, char @Nullable [] passphrase) {
        Pem block = Pem.firstKeyIn(pem);
        Bytes der = block.headers().getOrDefault("Proc-Type", "").contains("ENCRYPTED")
                ? KeyEncryption.openPem(block, passphrase)
                : block.der();
        return switch (block.label()) {
            case Pem.PUBLIC -> ofPublic(Der.read(der));
            case Pem.PRIVATE -> ofPrivate(der);
            case Pem.SEC1 -> ofEc(EcKey.read(Der.read(der), parameters(pem)));
            case Pem.ENCRYPTED -> ofPrivate(KeyEncryption.openPkcs8(der, passphrase));
            case "CERTIFICATE", "TRUSTED CERTIFICATE" ->
                throw new ImageException("The PEM text holds a certificate:"
                        + " 'openssl x509 -in FILE -noout -pubkey -out KEY' takes the public key out of it.");
            case "OPENSSH PRIVATE KEY" ->
                throw new ImageException("The PEM text holds an OpenSSH key:"
                        + " 'ssh-keygen -p -m PKCS8 -f KEY' writes it as a PKCS#8 PEM file, in its place.");
            case "RSA PRIVATE KEY", "RSA PUBLIC KEY" -> throw KeyAlgorithm.refused("This is an RSA key");
            case "DSA PRIVATE KEY" -> throw KeyAlgorithm.refused("This is a DSA key");
            default ->
                throw new ImageException("The PEM text holds a '" + block.label()
                        + "'; give a PRIVATE KEY or a PUBLIC KEY of type P-256, Ed25519 or X25519.");
        };
    }

    /** The curve that openssl writes in front of a key. */
    private static @Nullable Der parameters(String pem) {
        return Pem.allIn(pem).stream()
                .filter(block -> block.label().equals(Pem.EC_PARAMETERS))
                .map(block -> Der.read(block.der()))
                .findFirst()
                .orElse(null);
    }

    /** The public half of a key that is elsewhere: in a token. */
    public static PemKey ofPublic(VerifyingKey key) {
        return new PemKey(key.type(), null, key.key());
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
        return SigningKey.of(verifying(), privateHalf("sign"));
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

    private static PemKey ofEc(EcKey.Pair pair) {
        return new PemKey(KeyType.P256, pair.secret(), pair.open());
    }

    private static PemKey ofPublic(Der info) {
        Der algorithm = info.element(0);
        String identifier = algorithm.element(0).identifier();
        if (identifier.equals(KeyAlgorithm.EC)) {
            PublicKey key =
                    EcKey.readPublic(algorithm.element(1), info.element(1).bits());
            return new PemKey(KeyType.P256, null, key);
        }
        KeyType type = KeyAlgorithm.other(identifier).orElseThrow(() -> KeyAlgorithm.unknown(identifier));
        Bytes point = info.element(1).bits();
        if (point.length() != Curve25519.KEY) {
            throw Der.damaged();
        }
        return new PemKey(type, null, Curve25519.publicKey(type, point));
    }

    private static PemKey ofPrivate(Bytes der) {
        Der info = Der.read(der);
        Der algorithm = info.element(1);
        String identifier = algorithm.element(0).identifier();
        if (identifier.equals(KeyAlgorithm.EC)) {
            return ofEc(EcKey.read(Der.read(info.element(2).octets()), algorithm.element(1)));
        }
        KeyType type = KeyAlgorithm.other(identifier).orElseThrow(() -> KeyAlgorithm.unknown(identifier));
        Bytes secret = Der.read(info.element(2).octets()).octets();
        if (secret.length() != Curve25519.KEY) {
            throw Der.damaged();
        }
        PrivateKey key = Curve25519.privateKey(type, secret);
        return new PemKey(type, key, Curve25519.publicKeyOf(key));
    }
}
