package dev.updraft.image.key;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.XECKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.util.Locale;
import java.util.Optional;

/** The kinds of keys an image can be signed with or encrypted to. */
public enum KeyType {
    /** Signs (ECDSA) and receives encrypted images (ECIES-P256). */
    P256("P-256"),
    /** Signs. */
    ED25519("Ed25519"),
    /** Receives encrypted images. */
    X25519("X25519");

    private static final String SECP256R1_ORDER = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

    private final String title;

    KeyType(String title) {
        this.title = title;
    }

    /** The name that people write. */
    public String title() {
        return title;
    }

    /** The name that options and file formats use: {@code p256}, {@code ed25519}, {@code x25519}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<KeyType> of(java.security.Key key) {
        return switch (key) {
            case ECKey ec when ec.getParams().getOrder().toString(16).equals(SECP256R1_ORDER) -> Optional.of(P256);
            case EdECKey ed when ed.getParams().getName().equalsIgnoreCase("Ed25519") -> Optional.of(ED25519);
            case XECKey x
            when x.getParams() instanceof NamedParameterSpec named
                    && named.getName().equalsIgnoreCase("X25519") -> Optional.of(X25519);
            default -> Optional.empty();
        };
    }

    KeyPair generate() {
        return Jca.call(() -> {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm());
            if (this == P256) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            return generator.generateKeyPair();
        });
    }

    String algorithm() {
        return this == P256 ? "EC" : title;
    }
}
