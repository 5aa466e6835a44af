package dev.updraft.server.tls;

import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Where the server's certificate is.
 *
 * @param certificate PEM: the server's certificate, then those between it and the root
 * @param key PEM: its private key (PKCS#8, not encrypted)
 * @param clientCa PEM: authorities whose certificates devices may show; null = none is asked for
 * @param cbc true to offer {@link #CBC_SUITES} too
 */
public record TlsFiles(Path certificate, Path key, @Nullable Path clientCa, boolean cbc) {
    /** TLS 1.3's, and of TLS 1.2's those with forward secrecy and authenticated encryption: what RFC 9325 section 4.2 recommends. */
    private static final List<String> SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /** For modules with nothing newer. They authenticate before they encrypt, so that a timing of errors may tell plaintext (Lucky 13). */
    private static final List<String> CBC_SUITES = List.of(
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA");

    public TlsFiles(Path certificate, Path key, @Nullable Path clientCa) {
        this(certificate, key, clientCa, false);
    }

    /** @throws IllegalArgumentException with a sentence that says which file must be changed and how */
    public Tls load() {
        List<X509Certificate> chain = Pem.certificates(certificate);
        PrivateKey privateKey = Pem.privateKey(key);
        requirePair(chain.getFirst(), privateKey);
        TlsConfig.Builder tls = Tls.builder()
                .privateKey(privateKey)
                .privateKeyCertChain(chain)
                .manager(new ResumableSessions())
                .sslParameters(parameters());
        if (clientCa != null) {
            tls.trust(Pem.certificates(clientCa));
        }
        return tls.build();
    }

    private SSLParameters parameters() {
        SSLParameters parameters = new SSLParameters();
        // The TLS of Wi-Fi modules and small stacks is often 1.2.
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        parameters.setCipherSuites(
                (cbc ? Stream.concat(SUITES.stream(), CBC_SUITES.stream()) : SUITES.stream()).toArray(String[]::new));
        // Optional: a device without a certificate still has its token.
        parameters.setWantClientAuth(clientCa != null);
        return parameters;
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

    /** When the server's certificate ends. */
    Instant ends() {
        return Pem.certificates(certificate).getFirst().getNotAfter().toInstant();
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
