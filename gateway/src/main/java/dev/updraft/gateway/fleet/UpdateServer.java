package dev.updraft.gateway.fleet;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The device protocol, spoken for devices with the gateway's own credential: docs/reference/device-protocol.md. */
public final class UpdateServer {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String CBOR = "application/cbor";

    private final URI base;
    private final String token;
    private final HttpClient http;

    /** @param base {@code http(s)://host[:port]} */
    public UpdateServer(URI base, String token, HttpClient http) {
        this.base = base;
        this.token = token;
        this.http = http;
    }

    /** What a check-in brought; {@code offer} is null when there is nothing to do. */
    public record CheckedIn(@Nullable Offer offer, long nextSeconds) {}

    /** Of a device that says itself what it is. */
    public CheckedIn checkIn(String id, byte[] cbor) throws Unreachable, Denied {
        return checkIn(id, CBOR, cbor);
    }

    /** Of a device of another make. */
    public CheckedIn checkIn(String id, String digest, String version, String board, long stagingSize, boolean trial)
            throws Unreachable, Denied {
        ObjectNode body = JSON.createObjectNode()
                .put("digest", digest)
                .put("version", version)
                .put("board", board)
                .put("staging_size", stagingSize)
                .put("trial", trial);
        body.putArray("capabilities");
        return checkIn(id, "application/json", JSON.writeValueAsBytes(body));
    }

    private CheckedIn checkIn(String id, String type, byte[] body) throws Unreachable, Denied {
        HttpResponse<byte[]> answer = post(id, "/check-in", type, body);
        long next = answer.headers().firstValueAsLong("Next-Check-In").orElse(3600);
        if (answer.statusCode() == 204) {
            return new CheckedIn(null, next);
        }
        if (answer.statusCode() != 200) {
            throw failed(answer);
        }
        try {
            JsonNode said = JSON.readTree(answer.body());
            Offer offer = new Offer(
                    said.path("digest").asString(""),
                    said.path("version").asString("?"),
                    said.path("url").asString(""),
                    said.path("size").asLong(-1),
                    said.path("sha256").asString(""),
                    said.path("kind").asString("image"));
            if (offer.digest().matches("[0-9a-f]{64}") && offer.sha256().matches("[0-9a-f]{64}") && offer.size() > 0) {
                return new CheckedIn(offer, next);
            }
        } catch (JacksonException malformed) {
            // the sentence below says all
        }
        throw new Unreachable("the server's offer is none; is " + base + " an Updraft server?", 0);
    }

    /**
     * A device's own report.
     *
     * @return false if the server will never take it as it is
     */
    public boolean report(String id, byte[] cbor) throws Unreachable, Denied {
        return report(id, CBOR, cbor);
    }

    /** A report of the gateway's: how far the device is. */
    public boolean report(String id, String event, String digest, @Nullable String reason, @Nullable String detail)
            throws Unreachable, Denied {
        ObjectNode body =
                JSON.createObjectNode().put("seq", 0).put("event", event).put("digest", digest);
        if (reason != null) {
            body.put("reason", reason);
        }
        if (detail != null) {
            body.put("detail", detail);
        }
        return report(id, "application/json", JSON.writeValueAsBytes(body));
    }

    private boolean report(String id, String type, byte[] body) throws Unreachable, Denied {
        HttpResponse<byte[]> answer = post(id, "/reports", type, body);
        return switch (answer.statusCode()) {
            case 200, 204 -> true;
            case 400, 409, 410, 413, 422 -> false;
            default -> throw failed(answer);
        };
    }

    private HttpResponse<byte[]> post(String id, String resource, String type, byte[] body) throws Unreachable, Denied {
        HttpRequest request = request("/device/v1/" + encoded(id) + resource)
                .header("Content-Type", type)
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<byte[]> answer = send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() == 401 || answer.statusCode() == 403) {
            throw new Denied(sentence(answer));
        }
        return answer;
    }

    /**
     * The bytes of an offered file from {@code from} on, for device {@code id}.
     *
     * @return with status 200 (all of it) or 206 (from there on)
     */
    <T> HttpResponse<T> fetch(String id, Offer offer, long from, HttpResponse.BodyHandler<T> into) throws Unreachable {
        boolean own = offer.url().startsWith("/");
        HttpRequest.Builder request = own
                ? request(offer.url() + "?device=" + encoded(id))
                : HttpRequest.newBuilder(URI.create(offer.url())).timeout(PATIENCE.multipliedBy(20));
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        return send(request.GET().build(), into);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE).header("Authorization", "Bearer " + token);
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> into) throws Unreachable {
        try {
            return http.send(request, into);
        } catch (IOException failed) {
            throw new Unreachable(base + " does not answer: " + cause(failed), 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("the gateway is ending", 0);
        }
    }

    private static String cause(IOException failed) {
        return failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
    }

    private static Unreachable failed(HttpResponse<byte[]> answer) {
        return new Unreachable(
                "the server answers " + answer.statusCode() + ": " + sentence(answer),
                answer.headers().firstValueAsLong("Retry-After").orElse(0));
    }

    private static String sentence(HttpResponse<byte[]> answer) {
        String text = new String(answer.body(), StandardCharsets.UTF_8)
                .replaceAll("\\p{Cntrl}", " ")
                .strip();
        return text.isEmpty()
                ? Map.of(401, "unauthorized", 403, "forbidden").getOrDefault(answer.statusCode(), "nothing")
                : text.substring(0, Math.min(200, text.length()));
    }

    private static String encoded(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
