package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.XECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.security.spec.XECPrivateKeySpec;
import java.util.Optional;

/** What Java's providers leave out for Ed25519 and X25519: the public key of a private one. */
final class Curve25519 {
    /** Bytes of a private and of a public key. */
    static final int KEY = 32;

    private Curve25519() {}

    static PublicKey publicKey(KeyType type, Bytes point) {
        Bytes head = Bytes.fromHex("302a300506032b65" + (type == KeyType.ED25519 ? "70" : "6e") + "032100");
        byte[] der = Bytes.concat(head, point).toArray();
        return Jca.call(() -> KeyFactory.getInstance(type.algorithm()).generatePublic(new X509EncodedKeySpec(der)));
    }

    static PrivateKey privateKey(KeyType type, Bytes secret) {
        NamedParameterSpec curve = type == KeyType.ED25519 ? NamedParameterSpec.ED25519 : NamedParameterSpec.X25519;
        return Jca.call(() -> KeyFactory.getInstance(type.algorithm())
                .generatePrivate(
                        type == KeyType.ED25519
                                ? new EdECPrivateKeySpec(curve, secret.toArray())
                                : new XECPrivateKeySpec(curve, secret.toArray())));
    }

    /** Both private keys are 32 random bytes, so a generator whose random bytes are that key makes its public half. */
    static PublicKey publicKeyOf(PrivateKey key) {
        byte[] secret = secret(key);
        return Jca.call(() -> {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(key.getAlgorithm());
            NamedParameterSpec curve =
                    key instanceof EdECPrivateKey ? NamedParameterSpec.ED25519 : NamedParameterSpec.X25519;
            generator.initialize(curve, new FixedRandom(secret));
            return generator.generateKeyPair().getPublic();
        });
    }

    /** The 32 bytes that RFC 8032 and RFC 7748 call the private key. */
    static byte[] secret(PrivateKey key) {
        Optional<byte[]> secret = switch (key) {
            case EdECPrivateKey ed -> ed.getBytes();
            case XECPrivateKey x -> x.getScalar();
            default -> Optional.empty();
        };
        return secret.orElseThrow(() -> new ImageException("The private key cannot leave where it is kept."));
    }

    private static final class FixedRandom extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final byte[] bytes;

        FixedRandom(byte[] bytes) {
            super(null, null);
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] into) {
            System.arraycopy(bytes, 0, into, 0, into.length);
        }
    }
}
