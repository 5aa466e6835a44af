package dev.updraft.server.testing;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A device that speaks hawkBit's DDI in JSON. */
public final class HawkbitDevice {
    public final String id;
    private final Endpoint server;
    private final String credentials;

    public HawkbitDevice(Endpoint server, String id, String credentials) {
        this.server = server;
        this.id = id;
        this.credentials = credentials;
    }

    /** The same device, talking to another server process. */
    public HawkbitDevice at(Endpoint other) {
        return new HawkbitDevice(other, id, credentials);
    }

    private HttpRequest.Builder request(String path) {
        return server.request("/DEFAULT/controller/v1/" + id + path, null).header("Authorization", credentials);
    }

    public Fixture.Answer get(String path, String... headers) {
        HttpRequest.Builder request = request(path).GET();
        return server.send(headers.length == 0 ? request : request.headers(headers));
    }

    /** GET of an address that the server gave. */
    public Fixture.Answer follow(String href, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(href))
                .header("Authorization", credentials)
                .GET();
        return server.send(headers.length == 0 ? request : request.headers(headers));
    }

    public JsonNode poll() {
        return HawkbitTools.ok(get(""));
    }

    /** Where {@code rel} of the base answer leads to; null if it is not there. */
    @Nullable
    public String link(String rel) {
        JsonNode href = poll().path("_links").path(rel).path("href");
        return href.isString() ? href.asString() : null;
    }

    public Fixture.Answer send(String method, String path, Object body) {
        return server.send(request(path)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(Fixture.JSON.writeValueAsBytes(body))));
    }

    public Fixture.Answer attributes(Map<String, String> data) {
        return send("PUT", "/configData", Map.of("mode", "replace", "data", data));
    }

    public Fixture.Answer feedback(long action, String execution, String finished, String... details) {
        return send("POST", "/deploymentBase/" + action + "/feedback", body(execution, finished, details));
    }

    public Fixture.Answer cancelFeedback(long action, String execution, String finished, String... details) {
        return send("POST", "/cancelAction/" + action + "/feedback", body(execution, finished, details));
    }

    private static Map<String, Object> body(String execution, String finished, String... details) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("execution", execution);
        status.put("result", Map.of("finished", finished, "progress", Map.of("cnt", 1, "of", 2)));
        status.put("details", new ArrayList<>(List.of(details)));
        return Map.of("id", 1, "time", "20261125T200000", "status", status);
    }
}
