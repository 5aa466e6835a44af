package dev.updraft.cli.fleet;

import dev.updraft.image.ImageSigner;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.PemKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Has a server do what servers do in their first minutes, in little, so that the JVM that records it knows all the classes and the hot methods. */
final class StartupWarmup {
    private static final int ROUNDS = 200;

    private static final String IDLE = "{\"digest\":\"" + "00".repeat(32)
            + "\",\"version\":\"1.0.0\",\"board\":\"stm32f407\",\"staging_size\":400000,\"capabilities\":[]}";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String address;
    private final Connection operator;

    StartupWarmup(String address, String token) {
        this.address = address;
        this.operator = Connection.to(address, token);
    }

    void serve() throws InterruptedException {
        JsonNode device = operator.post(
                "/api/v1/devices", JsonNodeFactory.instance.objectNode().put("id", "d1"));
        String token = device.path("token").asString();
        for (int i = 0; i < ROUNDS; i++) {
            send(request("/device/v1/d1/check-in", "Bearer " + token, IDLE));
            send(request("/DEFAULT/controller/v1/d1", "TargetToken " + token, ""));
        }
        byte[] firmware = ByteBuffer.allocate(100_000)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x2000_1000)
                .putInt(0x0802_0301)
                .array();
        byte[] image = ImageSigner.with(PemKey.generate(KeyType.P256).signing())
                .version("1.1.0")
                .board("stm32f407")
                .sign(firmware)
                .bytes()
                .toArray();
        JsonNode release = operator.upload("/api/v1/releases", image);
        operator.post("/api/v1/releases/" + release.path("id").asLong() + "/publish");
        JsonNode published = release.path("images").path(0);
        send(request("/device/v1/d1/check-in", "Bearer " + token, IDLE));
        String artifact = "/device/v1/artifacts/" + published.path("sha256").asString();
        for (int i = 0; i < ROUNDS / 4; i++) {
            send(request(artifact, "Bearer " + token, "").header("Range", "bytes=4096-8191"));
            send(request(
                    "/device/v1/d1/reports",
                    "Bearer " + token,
                    "{\"seq\":" + i + ",\"event\":\"downloading\",\"digest\":\""
                            + published.path("digest").asString() + "\"}"));
        }
        send(request(artifact, "Bearer " + token, ""));
        for (String path : List.of("devices", "devices/d1", "releases", "rollouts", "rollouts/1", "audit", "tokens")) {
            operator.get("/api/v1/" + path);
        }
    }

    private HttpRequest.Builder request(String path, String authorization, String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address + path)).header("Authorization", authorization);
        return body.isEmpty()
                ? request
                : request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private void send(HttpRequest.Builder request) throws InterruptedException {
        try {
            http.send(request.build(), HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
