package dev.updraft.server.testing;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** An operator with hawkBit's tools: basic authentication, JSON, uploads as forms. */
public final class HawkbitTools {
    private final Endpoint server;

    private final String credentials;

    /** With the administrator's token for a password, whoever it says it is. */
    public HawkbitTools(Endpoint server) {
        this(server, "admin", server.admin());
    }

    public HawkbitTools(Endpoint server, String name, String password) {
        this.server = server;
        this.credentials = Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private HttpRequest.Builder request(String path) {
        return server.request("/rest/v1/" + path, null).header("Authorization", "Basic " + credentials);
    }

    public Fixture.Answer call(String method, String path, Object body) {
        return server.send(request(path)
                .header("Content-Type", "application/json;charset=UTF-8")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(Fixture.JSON.writeValueAsBytes(body))));
    }

    public Fixture.Answer get(String path) {
        return server.send(request(path).GET());
    }

    public Fixture.Answer delete(String path) {
        return server.send(request(path).DELETE());
    }

    public JsonNode post(String path, Object body) {
        return ok(call("POST", path, body));
    }

    public static JsonNode ok(Fixture.Answer answer) {
        if (answer.status() / 100 != 2) {
            throw new AssertionError(answer.status() + " " + answer.text());
        }
        return answer.body().length == 0 ? Fixture.JSON.createObjectNode() : answer.json();
    }

    public void set(String name, Object value) {
        ok(call("PUT", "system/configs/" + name, Map.of("value", value)));
    }

    /** Adds a target that holds {@code token}. */
    public HawkbitDevice target(String id, String token) {
        post("targets", List.of(Map.of("controllerId", id, "name", id, "securityToken", token)));
        return new HawkbitDevice(server, id, "TargetToken " + token);
    }

    public Fixture.Answer upload(long module, String filename, byte[] content) {
        return upload("softwaremodules/" + module + "/artifacts", filename, content);
    }

    public Fixture.Answer upload(String path, String filename, byte[] content) {
        String boundary = "e7f3a1b2c4d5";
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        form.writeBytes(("--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + filename
                        + "\"\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        form.writeBytes(content);
        form.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return server.send(request(path)
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofByteArray(form.toByteArray())));
    }

    public long module(String type, String name, String version) {
        return post("softwaremodules", List.of(Map.of("type", type, "name", name, "version", version)))
                .get(0)
                .path("id")
                .asLong();
    }

    /** A set of the type that its modules make it. */
    public long distribution(String name, String version, Long... modules) {
        Set<String> types = new TreeSet<>();
        for (Long module : modules) {
            types.add(ok(get("softwaremodules/" + module)).path("type").asString());
        }
        boolean apps = types.contains("application");
        return distributionOf(apps ? types.contains("os") ? "os_app" : "app" : "os", name, version, modules);
    }

    public long distributionOf(String type, String name, String version, Long... modules) {
        List<Map<String, Object>> ids = new ArrayList<>();
        for (Long module : modules) {
            ids.add(Map.of("id", module));
        }
        return post("distributionsets", List.of(Map.of("name", name, "version", version, "type", type, "modules", ids)))
                .get(0)
                .path("id")
                .asLong();
    }

    /** A distribution set with one module of one file. */
    public long bundle(String name, String version, String filename, byte[] content) {
        long module = module("os", name, version);
        ok(upload(module, filename, content));
        return distribution(name, version, module);
    }

    /** Gives {@code distribution} to {@code target} and returns the action. */
    public long assign(long distribution, String target, Map<String, Object> how) {
        Map<String, Object> one = new HashMap<>(how);
        one.put("id", target);
        JsonNode outcome = post("distributionsets/" + distribution + "/assignedTargets", List.of(one));
        return outcome.path("assignedActions").path(0).path("id").asLong(-1);
    }

    public JsonNode action(String target, long action) {
        return ok(get("targets/" + target + "/actions/" + action));
    }

    /** What was told of {@code action}, newest first. */
    public JsonNode status(String target, long action) {
        return ok(get("targets/" + target + "/actions/" + action + "/status?offset=0&limit=50&sort=id:DESC"))
                .path("content");
    }
}
