package dev.updraft.cli.fleet;

import dev.updraft.cli.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The options that say which server to talk to, and the talking. Mixed into every command that does. */
public final class Connection {
    private static final JsonMapper JSON = new JsonMapper();
    private @Nullable HttpClient client;

    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "${env:UPDRAFT_SERVER:-http://127.0.0.1:8080}",
            description = "The server; default $UPDRAFT_SERVER, else http://127.0.0.1:8080.")
    private String server;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            defaultValue = "${env:UPDRAFT_TOKEN}",
            description = "API token; default $UPDRAFT_TOKEN. The first one is in DIR/admin-token of the server.")
    private @Nullable String token;

    @Option(
            names = "--ca",
            paramLabel = "CA.pem",
            defaultValue = "${env:UPDRAFT_CA}",
            description = "Trust the server's certificate if this authority issued it; default $UPDRAFT_CA, else the"
                    + " authorities that Java knows.")
    private @Nullable Path authority;

    /** A connection that was not read from a command line. */
    public static Connection to(String server, String token) {
        Connection connection = new Connection();
        connection.server = server;
        connection.token = token;
        return connection;
    }

    public JsonNode get(String path) {
        return send(request(path).GET());
    }

    public JsonNode post(String path, JsonNode body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
    }

    public JsonNode post(String path) {
        return send(request(path).POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** Sends a report of a rehearsal byte for byte. */
    JsonNode rehearsed(long release, byte[] report, @Nullable String signature) {
        HttpRequest.Builder request = request("/api/v1/releases/" + release + "/rehearsals")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(report));
        return send(signature == null ? request : request.header("Updraft-Signature", signature));
    }

    JsonNode put(String path, JsonNode body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
    }

    JsonNode patch(String path, JsonNode body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
    }

    /** Hands over each line of an answer as it arrives, however long that takes. */
    void lines(String path, Consumer<String> line) {
        HttpRequest request = request(path).timeout(Duration.ofDays(365)).GET().build();
        try {
            HttpResponse<Stream<String>> response = client().send(request, HttpResponse.BodyHandlers.ofLines());
            try (Stream<String> body = response.body()) {
                if (response.statusCode() >= 400) {
                    throw refused(
                            response.statusCode(),
                            String.join("", body.toList()).getBytes(StandardCharsets.UTF_8));
                }
                body.forEach(line);
            }
        } catch (UncheckedIOException | IOException e) {
            throw new UserError("The connection to " + server + " failed: " + e.getMessage() + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError("Interrupted while waiting for " + server + ".", e);
        }
    }

    private UserError refused(int status, byte[] body) {
        JsonNode told = body.length == 0 ? JSON.nullNode() : JSON.readTree(body);
        return new UserError(told.path("error").asString("The server at " + server + " answered " + status + "."));
    }

    /** For a path or query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    JsonNode delete(String path) {
        return send(request(path).DELETE());
    }

    public JsonNode upload(String path, byte[] file) {
        return send(request(path)
                .header("Content-Type", "application/octet-stream")
                .POST(HttpRequest.BodyPublishers.ofByteArray(file)));
    }

    /** Uploads {@code file} as the part 'file' of a form, never whole in memory. */
    public JsonNode uploadForm(String path, Path file) {
        String boundary = "updraft-" + Long.toHexString(System.nanoTime());
        String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n\r\n";
        try {
            return send(request(path)
                    .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                    .POST(HttpRequest.BodyPublishers.concat(
                            HttpRequest.BodyPublishers.ofString(head),
                            HttpRequest.BodyPublishers.ofFile(file),
                            HttpRequest.BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"))));
        } catch (java.io.FileNotFoundException e) {
            throw new UserError("The file '" + file + "' cannot be read.", e);
        }
    }

    /** The token that was given. */
    public String secret() {
        if (token == null || token.isBlank()) {
            throw new UserError("No API token: give --token or set UPDRAFT_TOKEN; the first one stands in the file"
                    + " 'admin-token' of the server's data directory.");
        }
        return token.strip();
    }

    /** Where the server is. */
    public URI address() {
        return address("");
    }

    /** What requests go through, with the authorities that were named. */
    public HttpClient http() {
        return client();
    }

    private HttpRequest.Builder request(String path) {
        String bearer = "Bearer " + secret();
        return HttpRequest.newBuilder(address(path))
                .timeout(Duration.ofMinutes(5))
                .header("Authorization", bearer);
    }

    private URI address(String path) {
        try {
            URI address = URI.create(server.replaceAll("/+$", "") + path);
            if (address.getHost() == null) {
                throw new IllegalArgumentException("no host");
            }
            return address;
        } catch (IllegalArgumentException e) {
            throw new UserError("'" + server + "' is not the address of a server; write it as http://HOST:PORT.", e);
        }
    }

    private synchronized HttpClient client() {
        HttpClient made = client;
        if (made == null) {
            HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10));
            if (authority != null) {
                builder.sslContext(trusting(authority));
            }
            made = builder.build();
            client = made;
        }
        return made;
    }

    private static SSLContext trusting(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            int number = 0;
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("ca" + number++, one);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new UserError("The file '" + file + "' does not hold a certificate in PEM.", e);
        }
    }

    private JsonNode send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        try {
            HttpResponse<byte[]> response = client().send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() >= 400) {
                throw refused(response.statusCode(), response.body());
            }
            return response.body().length == 0 ? JSON.nullNode() : JSON.readTree(response.body());
        } catch (SSLHandshakeException e) {
            throw new UserError(
                    "The certificate of " + server + " is not trusted: " + e.getMessage()
                            + "; name its authority with --ca.",
                    e);
        } catch (ConnectException e) {
            throw new UserError(
                    "No server answers at " + server + "; start one with 'updraft serve', or name it with --server.",
                    e);
        } catch (JacksonException e) {
            throw new UserError("What answers at " + server + " is not an Updraft server.", e);
        } catch (IOException e) {
            throw new UserError("The connection to " + server + " failed: " + e.getMessage() + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError("Interrupted while waiting for " + server + ".", e);
        }
    }
}
