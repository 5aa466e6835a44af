package dev.updraft.server.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A certificate authority made with openssl, as an operator would. */
public final class Authority {
    private static final List<String> NEW_KEY =
            List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256");

    private final Path folder;
    private final String name;

    public Authority(Path folder, String name) {
        this.folder = folder;
        this.name = name;
        openssl(Stream.of(
                List.of("req", "-x509", "-days", "30", "-subj", "/CN=" + name),
                NEW_KEY,
                List.of("-keyout", path(name + ".key"), "-out", path(name + ".pem"))));
    }

    /** PEM of the authority's own certificate. */
    public Path certificate() {
        return folder.resolve(name + ".pem");
    }

    public record Pair(Path certificate, Path key) {}

    /** @param subject such as {@code /O=acme/CN=d1} */
    public Pair issue(String file, String subject) {
        return issue(file, subject, "ec");
    }

    /** @param kind {@code ec} or {@code rsa:BITS} */
    public Pair issue(String file, String subject, String kind) {
        openssl(Stream.of(
                List.of("req", "-new", "-subj", subject),
                kind.equals("ec") ? NEW_KEY : List.of("-newkey", kind, "-nodes", "-sha256"),
                List.of("-keyout", path(file + ".key"), "-out", path(file + ".csr"))));
        Path names = folder.resolve("names.cnf");
        try {
            Files.writeString(names, "subjectAltName=IP:127.0.0.1\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        openssl(Stream.of(List.of(
                "x509",
                "-req",
                "-days",
                "20",
                "-in",
                path(file + ".csr"),
                "-CA",
                path(name + ".pem"),
                "-CAkey",
                path(name + ".key"),
                "-CAcreateserial",
                "-extfile",
                names.toString(),
                "-out",
                path(file + ".pem"))));
        return new Pair(folder.resolve(file + ".pem"), folder.resolve(file + ".key"));
    }

    /** What a client that trusts this authority, and shows {@code own} if there is one, connects with. */
    public SSLContext client(@Nullable Pair own) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            try (InputStream in = Files.newInputStream(certificate())) {
                trusted.setCertificateEntry(
                        "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own == null ? null : store(own), "secret".toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyStore store(Pair own) throws GeneralSecurityException, IOException {
        Path file = Path.of(own.key() + ".p12");
        openssl(Stream.of(List.of(
                "pkcs12",
                "-export",
                "-inkey",
                own.key().toString(),
                "-in",
                own.certificate().toString(),
                "-out",
                file.toString(),
                "-passout",
                "pass:secret")));
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, "secret".toCharArray());
        }
        return store;
    }

    private String path(String file) {
        return folder.resolve(file).toString();
    }

    private static void openssl(Stream<List<String>> arguments) {
        List<String> command = Stream.concat(Stream.of("openssl"), arguments.flatMap(List::stream))
                .toList();
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
