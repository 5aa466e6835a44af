package dev.updraft.server.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server to talk to, as its operator. */
public interface Endpoint {
    public HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public HttpRequest.Builder request(String path, @Nullable String bearer);

    /** Token of an admin. */
    public String admin();

    default Fixture.Answer send(HttpRequest.Builder request) {
        try {
            return new Fixture.Answer(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    default Fixture.Answer get(String path) {
        return send(request(path, admin()).GET());
    }

    default Fixture.Answer put(String path, Object body) {
        return send(request(path, admin())
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(Fixture.JSON.writeValueAsBytes(body))));
    }

    default Fixture.Answer post(String path, Object body) {
        return send(request(path, admin())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Fixture.JSON.writeValueAsBytes(body))));
    }

    default Fixture.Answer upload(String path, byte[] body) {
        return send(request(path, admin()).POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    /** Uploads {@code image} and publishes it to everybody; returns the release's id. */
    default long publish(byte[] image) {
        long id = upload("/api/v1/releases", image).json().path("id").asLong();
        Fixture.Answer published = post("/api/v1/releases/" + id + "/publish", Map.of());
        if (published.status() != 200) {
            throw new AssertionError(published.text());
        }
        return id;
    }

    default SimulatedDevice device(String id) {
        Fixture.Answer created = post("/api/v1/devices", Map.of("id", id));
        if (created.status() != 201) {
            throw new AssertionError(created.text());
        }
        return new SimulatedDevice(this, id, created.json().path("token").asString());
    }
}
