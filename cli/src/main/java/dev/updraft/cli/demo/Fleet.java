package dev.updraft.cli.demo;

import dev.updraft.cli.UserError;
import dev.updraft.cli.fleet.Connection;
import dev.updraft.image.Image;
import dev.updraft.server.CannotStart;
import dev.updraft.server.Server;
import dev.updraft.server.ServerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A real server on this computer and the operator's view of it: everything but starting it goes through the operator API. */
final class Fleet implements AutoCloseable {
    private final Server server;
    private final Connection operator;
    private final String token;

    private Fleet(Server server, String token) {
        this.server = server;
        this.token = token;
        operator = Connection.to("http://127.0.0.1:" + server.port(), token);
    }

    /** @param port 0 for any free one */
    static Fleet start(Path data, int port) {
        try {
            Server server = Server.start(ServerConfig.in(data)
                    .withHost("127.0.0.1")
                    .withPort(port)
                    .withCheckInEvery(Duration.ofSeconds(60)));
            return new Fleet(server, Objects.requireNonNull(server.adminToken()));
        } catch (CannotStart e) {
            throw new UserError(Objects.requireNonNull(e.getMessage()), e);
        }
    }

    /** An address that opens the console, logged in; it works once. */
    String consoleLink() {
        return "http://127.0.0.1:" + server.port() + server.consolePath();
    }

    int port() {
        return server.port();
    }

    String adminToken() {
        return token;
    }

    /** Registers a device; returns its token. */
    String register(String id) {
        return operator.post(
                        "/api/v1/devices", JsonNodeFactory.instance.objectNode().put("id", id))
                .path("token")
                .asString();
    }

    /** A gateway's credential. */
    String gatewayToken() {
        ObjectNode wanted = JsonNodeFactory.instance
                .objectNode()
                .put("name", "demo-gateway")
                .put("role", "operator");
        wanted.putArray("scopes").add("gateway");
        return operator.post("/api/v1/tokens", wanted).path("token").asString();
    }

    void publish(Image image) {
        JsonNode draft = operator.upload("/api/v1/releases", image.bytes().toArray());
        operator.post("/api/v1/releases/" + draft.path("id").asLong() + "/publish");
    }

    /** Whether the server was told that the device runs this image, confirmed. */
    boolean knowsConfirmed(String id, Image image) {
        String digest = image.digest().toString();
        for (JsonNode report : operator.get("/api/v1/devices/" + id).path("history")) {
            if (report.path("event").asString().equals("confirmed")
                    && report.path("digest").asString().equals(digest)) {
                return true;
            }
        }
        return false;
    }

    /** What the server was told, as {@code refused signature}; the newest last. */
    JsonNode history(String id) {
        return operator.get("/api/v1/devices/" + id).path("history");
    }

    @Override
    public void close() {
        server.close();
    }
}
