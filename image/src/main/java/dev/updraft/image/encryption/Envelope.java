package dev.updraft.image.encryption;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import dev.updraft.image.key.DecryptionKey;
import dev.updraft.image.key.EncryptionKey;
import dev.updraft.image.key.KeyExchange;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of one image, sealed so that only the devices can open it: ECIES with HKDF, AES-CTR and HMAC (MCUboot, image
 * encryption). Sealed it is ephemeral public key || tag || encrypted key.
 */
public record Envelope(KeyExchange exchange, Bytes imageKey) {
    private static final byte[] INFO = "MCUBoot_ECIES_v1".getBytes(StandardCharsets.US_ASCII);

    /** A random key for one image, for the holders of {@code to}. */
    public static Envelope fresh(EncryptionKey to, AesSize size) {
        byte[] key = new byte[size.bytes()];
        new SecureRandom().nextBytes(key);
        return new Envelope(to.exchange(), Bytes.wrapping(key));
    }

    public AesSize size() {
        return imageKey.length() == AesSize.AES128.bytes() ? AesSize.AES128 : AesSize.AES256;
    }

    public Bytes seal(Hash hash) {
        Keys keys = Keys.derive(exchange.secret(), imageKey.length(), hash);
        Bytes sealed = PayloadCipher.apply(keys.encryption(), imageKey);
        return Bytes.concat(exchange.ephemeral(), tag(keys, sealed, hash), sealed);
    }

    /** @throws ImageException if it was sealed to another key, or changed */
    public static Envelope open(Bytes sealed, DecryptionKey key, AesSize size, Hash hash) {
        int tagAt = key.ephemeralSize();
        int keyAt = tagAt + hash.size();
        if (sealed.length() != keyAt + size.bytes()) {
            throw new ImageException("The image's encryption TLV has " + sealed.length() + " bytes; with a "
                    + key.type().title() + " key and " + size + " it must have " + (keyAt + size.bytes()) + ".");
        }
        KeyExchange exchange = key.exchange(sealed.slice(0, tagAt));
        Keys keys = Keys.derive(exchange.secret(), size.bytes(), hash);
        Bytes encrypted = sealed.slice(keyAt, sealed.length());
        byte[] expected = tag(keys, encrypted, hash).toArray();
        if (!MessageDigest.isEqual(expected, sealed.slice(tagAt, keyAt).toArray())) {
            throw new ImageException("The image is not encrypted to this key: give the private key of the devices.");
        }
        return new Envelope(exchange, PayloadCipher.apply(keys.encryption(), encrypted));
    }

    private static Bytes tag(Keys keys, Bytes sealed, Hash hash) {
        try {
            Mac mac = Mac.getInstance(hash.mac());
            mac.init(new SecretKeySpec(keys.mac().toArray(), hash.mac()));
            return Bytes.wrapping(mac.doFinal(sealed.toArray()));
        } catch (GeneralSecurityException incomplete) {
            throw new IllegalStateException("This Java has no " + hash.mac() + ".", incomplete);
        }
    }

    /** The hash that HKDF and HMAC use. */
    public enum Hash {
        SHA256(32),
        SHA512(64);

        private final int size;

        Hash(int size) {
            this.size = size;
        }

        int size() {
            return size;
        }

        String mac() {
            return "Hmac" + name();
        }

        String kdf() {
            return "HKDF-" + name();
        }
    }

    private record Keys(Bytes encryption, Bytes mac) {
        static Keys derive(Bytes secret, int keySize, Hash hash) {
            try {
                byte[] derived = KDF.getInstance(hash.kdf())
                        .deriveData(HKDFParameterSpec.ofExtract()
                                .addIKM(secret.toArray())
                                .addSalt(new byte[hash.size()])
                                .thenExpand(INFO, keySize + hash.size()));
                return new Keys(
                        Bytes.wrapping(Arrays.copyOf(derived, keySize)),
                        Bytes.wrapping(Arrays.copyOfRange(derived, keySize, derived.length)));
            } catch (GeneralSecurityException incomplete) {
                throw new IllegalStateException("This Java has no " + hash.kdf() + ".", incomplete);
            }
        }
    }
}
