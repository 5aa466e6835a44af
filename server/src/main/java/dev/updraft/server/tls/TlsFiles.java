package dev.updraft.server.tls;

import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.common.tls.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the server's certificate is.
 *
 * @param certificate PEM: the server's certificate, then those between it and the root
 * @param key PEM: its private key (PKCS#8, not encrypted)
 * @param clientCa PEM: authorities whose certificates devices may show; null = none is asked for
 */
public record TlsFiles(Path certificate, Path key, @Nullable Path clientCa) {

    /** @throws IllegalArgumentException with a sentence that says which file must be changed and how */
    public Tls load() {
        List<X509Certificate> chain = Pem.certificates(certificate);
        PrivateKey privateKey = Pem.privateKey(key);
        requirePair(chain.getFirst(), privateKey);
        TlsConfig.Builder tls = Tls.builder()
                .privateKey(privateKey)
                .privateKeyCertChain(chain)
                // 1.2 needs a choice of ciphers to be safe, and every client of the last years has 1.3.
                .addEnabledProtocol("TLSv1.3");
        if (clientCa != null) {
            // Optional: a device without a certificate still has its token.
            tls.trust(Pem.certificates(clientCa)).clientAuth(TlsClientAuth.OPTIONAL);
        }
        return tls.build();
    }

    private void requirePair(X509Certificate own, PrivateKey privateKey) {
        try {
            String algorithm = switch (privateKey.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> "EdDSA";
            };
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update((byte) 1);
            byte[] signed = signature.sign();
            signature.initVerify(own.getPublicKey());
            signature.update((byte) 1);
            if (signature.verify(signed)) {
                return;
            }
        } catch (GeneralSecurityException e) {
            // Another kind of key than the certificate's: not a pair either.
        }
        throw new IllegalArgumentException("The key in '" + key + "' is not the one of the first certificate in '"
                + certificate + "'; give the pair with --tls and --key.");
    }

    /** Changes when one of the files does. */
    long stamp() {
        return Stream.of(certificate, key, clientCa)
                .filter(Objects::nonNull)
                .mapToLong(TlsFiles::modified)
                .reduce(17, (a, b) -> a * 31 + b);
    }

    private static long modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            return 0;
        }
    }
}
