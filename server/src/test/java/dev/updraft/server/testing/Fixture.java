package dev.updraft.server.testing;

import dev.updraft.server.Server;
import dev.updraft.server.ServerConfig;
import dev.updraft.server.store.Source;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real server on a real socket, and the two kinds of client that it has. */
public final class Fixture implements Endpoint, AutoCloseable {
    public static final JsonMapper JSON = new JsonMapper();

    private final ServerConfig config;
    private Server server;
    private String admin;

    public Fixture(Path data) {
        this(config(data));
    }

    public static ServerConfig config(Path data) {
        return ServerConfig.in(data)
                .withHost("127.0.0.1")
                .withPort(0)
                .withCheckInEvery(Duration.ofSeconds(60))
                .withWebhooksToPrivate(true);
    }

    public Fixture(ServerConfig config) {
        this.config = config;
        if (config.database() == null) {
            putSchema(config.data());
        }
        this.server = Server.start(config);
        this.admin = bootstrapToken();
    }

    private static @Nullable Path schema;

    /** A copy of a database without anything in it: the migrations take longer than most tests. */
    private static synchronized void putSchema(Path data) {
        Path file = data.resolve("updraft.db");
        try {
            if (schema == null) {
                Path folder = Files.createTempDirectory("updraft-schema");
                folder.toFile().deleteOnExit();
                Source.of(null, folder).migrate(null);
                schema = folder.resolve("updraft.db");
                schema.toFile().deleteOnExit();
            }
            if (Files.notExists(file)) {
                Files.createDirectories(data);
                Files.copy(schema, file);
            }
        } catch (IOException e) {
            // The server says what is wrong with such a directory.
        }
    }

    private String bootstrapToken() {
        String token = server.adminToken();
        if (token == null) {
            throw new IllegalStateException("the server has no bootstrap token");
        }
        return token;
    }

    public void restart() {
        server.close();
        server = Server.start(config);
    }

    public Server server() {
        return server;
    }

    public record Answer(HttpResponse<byte[]> http) {
        public int status() {
            return http.statusCode();
        }

        public byte[] body() {
            return http.body();
        }

        public JsonNode json() {
            return JSON.readTree(body());
        }

        public String text() {
            return new String(body(), java.nio.charset.StandardCharsets.UTF_8);
        }

        @Nullable
        public String header(String name) {
            return http.headers().firstValue(name).orElse(null);
        }
    }

    @Override
    public HttpRequest.Builder request(String path, @Nullable String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    @Override
    public String admin() {
        return admin;
    }

    /** For what no HTTP client would send; whoever reads from it waits for a minute at most. */
    public Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(60_000);
        return socket;
    }

    public static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public void close() {
        server.close();
    }
}
