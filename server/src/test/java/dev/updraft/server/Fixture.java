package dev.updraft.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real server on a real socket, and the two kinds of client that it has. */
final class Fixture implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ServerConfig config;
    private Server server;
    private String admin;

    Fixture(Path data) {
        this(config(data));
    }

    static ServerConfig config(Path data) {
        return ServerConfig.in(data).withHost("127.0.0.1").withPort(0).withCheckInEvery(Duration.ofSeconds(60));
    }

    Fixture(ServerConfig config) {
        this.config = config;
        this.server = Server.start(config);
        this.admin = bootstrapToken();
    }

    private String bootstrapToken() {
        String token = server.adminToken();
        if (token == null) {
            throw new IllegalStateException("the server has no bootstrap token");
        }
        return token;
    }

    void restart() {
        server.close();
        server = Server.start(config);
    }

    Server server() {
        return server;
    }

    record Answer(HttpResponse<byte[]> http) {
        int status() {
            return http.statusCode();
        }

        byte[] body() {
            return http.body();
        }

        JsonNode json() {
            return JSON.readTree(body());
        }

        String text() {
            return new String(body(), java.nio.charset.StandardCharsets.UTF_8);
        }

        @Nullable
        String header(String name) {
            return http.headers().firstValue(name).orElse(null);
        }
    }

    HttpRequest.Builder request(String path, @Nullable String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Answer get(String path) {
        return send(request(path, admin).GET());
    }

    Answer post(String path, Object body) {
        return send(request(path, admin)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
    }

    Answer upload(String path, byte[] body) {
        return send(request(path, admin).POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    /** Uploads {@code image} and publishes it to everybody; returns the release's id. */
    long publish(byte[] image) {
        long id = upload("/api/v1/releases", image).json().path("id").asLong();
        Answer published = post("/api/v1/releases/" + id + "/publish", Map.of());
        if (published.status() != 200) {
            throw new AssertionError(published.text());
        }
        return id;
    }

    SimulatedDevice device(String id) {
        Answer created = post("/api/v1/devices", Map.of("id", id));
        if (created.status() != 201) {
            throw new AssertionError(created.text());
        }
        return new SimulatedDevice(this, id, created.json().path("token").asString());
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public void close() {
        server.close();
        http.close();
    }
}
