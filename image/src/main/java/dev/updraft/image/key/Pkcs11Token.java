package dev.updraft.image.key;

import dev.updraft.image.ImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.List;

/** A PKCS#11 token: the private key signs inside and never leaves it. */
public final class Pkcs11Token {
    private final KeyStore store;

    private Pkcs11Token(KeyStore store) {
        this.store = store;
    }

    /**
     * @param library the token's PKCS#11 module, like {@code /usr/lib/softhsm/libsofthsm2.so}
     * @param slot which slot, counted from 0 in the order in which the module lists them
     * @param pin the user's PIN
     * @throws ImageException if the module, the slot or the PIN is wrong
     */
    public static Pkcs11Token open(Path library, int slot, char[] pin) {
        if (!Files.isRegularFile(library)) {
            throw new ImageException("There is no PKCS#11 module '" + library + "'.");
        }
        Provider java = Security.getProvider("SunPKCS11");
        if (java == null) {
            throw new ImageException("This Java has no PKCS#11: use a JDK with the module jdk.crypto.cryptoki.");
        }
        try {
            Provider provider = java.configure("--name=updraft-" + Integer.toHexString(library.hashCode()) + "-" + slot
                    + "\nlibrary=\"" + library.toAbsolutePath() + "\"\nslotListIndex=" + slot + "\n");
            // signing looks for the provider that can use the key among those that are installed
            Security.addProvider(provider);
            KeyStore store = KeyStore.getInstance("PKCS11", Security.getProvider(provider.getName()));
            store.load(null, pin);
            return new Pkcs11Token(store);
        } catch (GeneralSecurityException | IOException | RuntimeException refused) {
            throw new ImageException(
                    "The token in slot " + slot + " of '" + library + "' does not open (" + reason(refused)
                            + "): check the slot and the PIN.",
                    refused);
        }
    }

    /**
     * @param label of the key and of its certificate, which tells its public half
     * @throws ImageException if there is none, or it is neither P-256 nor Ed25519
     */
    public SigningKey signing(String label) {
        try {
            Certificate certificate = store.getCertificate(label);
            if (certificate != null && store.getKey(label, null) instanceof PrivateKey key) {
                return new SigningKey(key, VerifyingKey.of(certificate.getPublicKey()));
            }
            List<String> labels = Collections.list(store.aliases());
            throw new ImageException("The token holds no private key with a certificate that are called '" + label
                    + "'; it holds " + (labels.isEmpty() ? "none at all" : String.join(", ", labels)) + ".");
        } catch (GeneralSecurityException refused) {
            throw new ImageException("The token refuses the key '" + label + "': " + reason(refused) + ".", refused);
        }
    }

    private static String reason(Exception refused) {
        Throwable cause = refused;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
