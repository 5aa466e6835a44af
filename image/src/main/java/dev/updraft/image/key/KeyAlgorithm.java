package dev.updraft.image.key;

import dev.updraft.image.ImageException;
import java.util.Map;
import java.util.Optional;

/** The object identifiers of keys and curves: which kinds images use, and the names of the others for a refusal. */
final class KeyAlgorithm {
    static final String EC = "1.2.840.10045.2.1";
    static final String P256 = "1.2.840.10045.3.1.7";

    private static final Map<String, KeyType> OTHERS =
            Map.of("1.3.101.112", KeyType.ED25519, "1.3.101.110", KeyType.X25519);

    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("1.2.840.113549.1.1.1", "an RSA key"),
            Map.entry("1.2.840.113549.1.1.10", "an RSA-PSS key"),
            Map.entry("1.2.840.10040.4.1", "a DSA key"),
            Map.entry("1.2.840.113549.1.3.1", "a Diffie-Hellman key"),
            Map.entry("1.3.101.111", "an X448 key"),
            Map.entry("1.3.101.113", "an Ed448 key"),
            Map.entry("2.16.840.1.101.3.4.3.17", "an ML-DSA-44 key"),
            Map.entry("2.16.840.1.101.3.4.3.18", "an ML-DSA-65 key"),
            Map.entry("2.16.840.1.101.3.4.3.19", "an ML-DSA-87 key"));

    private static final Map<String, String> CURVES = Map.ofEntries(
            Map.entry("1.2.840.10045.3.1.1", "P-192"),
            Map.entry("1.3.132.0.33", "P-224"),
            Map.entry("1.3.132.0.34", "P-384"),
            Map.entry("1.3.132.0.35", "P-521"),
            Map.entry("1.3.132.0.10", "secp256k1"),
            Map.entry("1.2.156.10197.1.301", "SM2"),
            Map.entry("1.3.36.3.3.2.8.1.1.3", "brainpoolP192r1"),
            Map.entry("1.3.36.3.3.2.8.1.1.5", "brainpoolP224r1"),
            Map.entry("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
            Map.entry("1.3.36.3.3.2.8.1.1.8", "brainpoolP256t1"),
            Map.entry("1.3.36.3.3.2.8.1.1.9", "brainpoolP320r1"),
            Map.entry("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
            Map.entry("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"));

    private KeyAlgorithm() {}

    /** The kind of a key that is not on an elliptic curve of the NIST form. */
    static Optional<KeyType> other(String identifier) {
        return Optional.ofNullable(OTHERS.get(identifier));
    }

    static ImageException unknown(String identifier) {
        return refused("This is " + NAMES.getOrDefault(identifier, "a key of the kind " + identifier));
    }

    static ImageException otherCurve(String identifier) {
        return refused("The key is on the curve " + CURVES.getOrDefault(identifier, "with the number " + identifier));
    }

    static ImageException refused(String what) {
        return new ImageException(
                what + "; images use P-256, Ed25519 or X25519 keys: make one with 'updraft key new'.");
    }
}
