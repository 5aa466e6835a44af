package dev.updraft.image.key;

import java.security.KeyPair;
import java.security.PublicKey;

/** The public key of the devices that an image is encrypted to: P-256 or X25519. */
public record EncryptionKey(KeyType type, PublicKey key) {
    public EncryptionKey {
        KeyExchange.receiving(type);
    }

    /** Reads a PEM text that holds the public key, or the private key without passphrase. */
    public static EncryptionKey read(String pem) {
        return PemKey.read(pem).encryption();
    }

    /** Makes a fresh key for one image and agrees on a secret with the devices. */
    public KeyExchange exchange() {
        KeyPair ephemeral = type.generate();
        return Jca.call(() -> new KeyExchange(
                KeyExchange.encode(type, ephemeral.getPublic()), KeyExchange.agree(type, ephemeral.getPrivate(), key)));
    }
}
