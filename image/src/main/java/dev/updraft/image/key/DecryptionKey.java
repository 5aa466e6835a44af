package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;

/** The private key of the devices that an image is encrypted to: P-256 or X25519. */
public record DecryptionKey(KeyType type, PrivateKey key) {
    public DecryptionKey {
        KeyExchange.receiving(type);
    }

    /** Reads a PEM text that holds the private key without passphrase. */
    public static DecryptionKey read(String pem) {
        return PemKey.read(pem).decryption();
    }

    /** Bytes of the sender's public key. */
    public int ephemeralSize() {
        return KeyExchange.pointSize(type);
    }

    /** @param ephemeral the sender's public key, {@link #ephemeralSize} bytes */
    public KeyExchange exchange(Bytes ephemeral) {
        try {
            return new KeyExchange(ephemeral, KeyExchange.agree(type, key, KeyExchange.decode(type, ephemeral)));
        } catch (GeneralSecurityException notAPoint) {
            throw new ImageException(
                    "The image's encryption is damaged: its one-time key is no " + type.title() + " key.", notAPoint);
        }
    }
}
