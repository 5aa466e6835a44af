package dev.updraft.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A device in the shape of Hara (hara-ddiclient as of 2024): its requests, what its models demand of the answers, and the order in which
 * its actors tell of an update. It polls when it is told to; the real one by its clock.
 */
public final class HaraClient {
    private static final Pattern ACTION = Pattern.compile(".*(?:deploymentBase|cancelAction)/([a-zA-Z0-9_]+)");

    private final Endpoint server;
    private final String id;
    private final List<String> credentials;

    /** Whether somebody at the device lets a soft update be fetched, and be installed. */
    private final boolean mayDownload;

    private final boolean mayUpdate;

    /** What it was answered, by which credentials: {@code 200 TargetToken …}. */
    public final List<String> answers = new ArrayList<>();

    /** By name; what it has fetched of the update under way. */
    public final Map<String, byte[]> files = new LinkedHashMap<>();

    public Map<String, String> attributes = Map.of();
    private int shown;
    private String baseTag = "";
    private String deploymentTag = "";
    private Waits waits = Waits.FOR_WORK;

    private enum Waits {
        FOR_WORK,
        TO_DOWNLOAD,
        TO_UPDATE
    }

    /** What a poll led to. */
    public enum Seen {
        REFUSED,
        NOTHING_NEW,
        IDLE,
        DEPLOYMENT,
        CANCEL
    }

    public HaraClient(Endpoint server, String id, List<String> credentials, boolean mayDownload, boolean mayUpdate) {
        this.server = server;
        this.id = id;
        this.credentials = credentials;
        this.mayDownload = mayDownload;
        this.mayUpdate = mayUpdate;
    }

    /** One poll, and all that it leads to; after it has told how something ended it polls again at once. */
    public Seen ping() {
        Fixture.Answer answer = get("", baseTag);
        if (answer.status() == 304) {
            return Seen.NOTHING_NEW;
        }
        if (answer.status() / 100 != 2) {
            baseTag = "";
            deploymentTag = "";
            return Seen.REFUSED;
        }
        baseTag = answer.http().headers().firstValue("ETag").orElse("");
        JsonNode base = answer.json();
        for (String part : text(base.path("config").path("polling"), "sleep").split(":", -1)) {
            Integer.parseInt(part);
        }
        JsonNode links = base.path("_links");
        if (links.has("configData") && !attributes.isEmpty()) {
            configData();
        }
        if (links.has("deploymentBase")) {
            deployment(action(text(links.path("deploymentBase"), "href")));
        }
        if (links.has("cancelAction")) {
            cancel(action(text(links.path("cancelAction"), "href")));
            ping();
            return Seen.CANCEL;
        }
        if (links.has("deploymentBase")) {
            return Seen.DEPLOYMENT;
        }
        waits = Waits.FOR_WORK;
        return Seen.IDLE;
    }

    private void configData() {
        Map<String, Object> status =
                Map.of("execution", "closed", "result", Map.of("finished", "success"), "details", List.of());
        send(
                "PUT",
                "/configData",
                Map.of("id", "", "time", "20140511T121314", "status", status, "data", attributes, "mode", "merge"));
    }

    private void deployment(String action) {
        boolean first = deploymentTag.isEmpty();
        Fixture.Answer answer = get("/deploymentBase/" + action + "?actionHistory=0", deploymentTag);
        if (answer.status() == 304) {
            return;
        }
        assertThat(answer.status()).isEqualTo(200);
        deploymentTag = answer.http().headers().firstValue("ETag").orElse("");
        JsonNode body = answer.json();
        assertThat(text(body, "id")).isEqualTo(action);
        JsonNode deployment = body.path("deployment");
        String download = text(deployment, "download");
        String update = text(deployment, "update");
        assertThat(List.of(download, update)).isSubsetOf("skip", "attempt", "forced");
        if (deployment.has("maintenanceWindow")) {
            assertThat(text(deployment, "maintenanceWindow")).isIn("available", "unavailable");
        }
        boolean forced = download.equals("forced");
        if (waits == Waits.TO_UPDATE) {
            update(action, update);
        } else if (waits == Waits.FOR_WORK || forced || first) {
            if (!forced) {
                tell(action, "Waiting authorization to download");
                waits = Waits.TO_DOWNLOAD;
                if (!mayDownload) {
                    return;
                }
                tell(action, "Authorization granted for downloading files");
            }
            download(action, deployment.path("chunks"));
            update(action, update);
        }
    }

    private void download(String action, JsonNode chunks) {
        List<JsonNode> artifacts = new ArrayList<>();
        for (JsonNode chunk : chunks) {
            text(chunk, "part");
            text(chunk, "name");
            text(chunk, "version");
            chunk.path("artifacts").forEach(artifacts::add);
        }
        tell(action, "Start downloading " + artifacts.size() + " files");
        for (JsonNode artifact : artifacts) {
            String md5 = text(artifact.path("hashes"), "md5");
            text(artifact.path("hashes"), "sha1");
            assertThat(artifact.path("size").isIntegralNumber()).isTrue();
            byte[] bytes = fetch(text(artifact.path("_links").path("download-http"), "href"));
            assertThat(bytes).hasSize(artifact.path("size").asInt());
            assertThat(md5(bytes)).isEqualTo(md5);
            files.put(text(artifact, "filename"), bytes);
            tell(action, "Successfully downloaded file with md5 " + md5);
        }
        tell(action, "Successfully downloaded all files");
    }

    private void update(String action, String update) {
        if (!update.equals("forced")) {
            tell(action, "Waiting authorization to update");
            waits = Waits.TO_UPDATE;
            if (!mayUpdate) {
                return;
            }
            tell(action, "Authorization granted for update");
        }
        tell(action, "Applying the update...");
        tell(action, "Update applied");
        feedback("deploymentBase", action, "closed", "success", Map.of("of", 1, "cnt", 1), "Details:");
        waits = Waits.FOR_WORK;
        ping();
    }

    private void cancel(String action) {
        Fixture.Answer answer = get("/cancelAction/" + action, null);
        assertThat(answer.status()).isEqualTo(200);
        text(answer.json(), "id");
        String stop = text(answer.json().path("cancelAction"), "stopId");
        feedback("cancelAction", stop, "closed", "success", null);
        waits = Waits.FOR_WORK;
    }

    private void tell(String action, String message) {
        feedback("deploymentBase", action, "proceeding", "none", Map.of("of", 0, "cnt", 0), message);
    }

    private void feedback(
            String what,
            String action,
            String execution,
            String finished,
            @Nullable Map<String, Integer> progress,
            String... details) {
        Map<String, Object> result =
                progress == null ? Map.of("finished", finished) : Map.of("finished", finished, "progress", progress);
        String time = Instant.now().toString().replace("Z", "");
        Map<String, Object> status = Map.of("execution", execution, "result", result, "details", details);
        send("POST", "/" + what + "/" + action + "/feedback", Map.of("id", action, "time", time, "status", status));
    }

    /** The real one goes on with any answer but 5xx, 409 and 429, and would not notice that it was not heard. */
    private void send(String method, String path, Object body) {
        Fixture.Answer answer = call(() -> request(path)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(Fixture.JSON.writeValueAsBytes(body))));
        assertThat(answer.status())
                .as(method + " " + path + " " + answer.text())
                .isEqualTo(200);
    }

    private Fixture.Answer get(String path, @Nullable String tag) {
        return call(() -> {
            HttpRequest.Builder request =
                    request(path).header("Accept", "application/hal+json").GET();
            // With no tag yet the header is there and empty.
            return tag == null ? request : request.header("If-None-Match", tag);
        });
    }

    private byte[] fetch(String href) {
        Fixture.Answer answer =
                call(() -> okhttp(HttpRequest.newBuilder(URI.create(href))).GET());
        assertThat(answer.status()).isEqualTo(200);
        return answer.body();
    }

    private HttpRequest.Builder request(String path) {
        return okhttp(server.request("/DEFAULT/controller/v1/" + id + path, null));
    }

    private static HttpRequest.Builder okhttp(HttpRequest.Builder request) {
        return request.header("Accept-Encoding", "gzip").header("User-Agent", "okhttp/4.12.0");
    }

    private interface Making {
        HttpRequest.Builder make();
    }

    /** After a 401 it shows its other token, and goes on with the one that was taken. */
    private Fixture.Answer call(Making request) {
        int first = shown;
        Fixture.Answer answer;
        do {
            String authorization = credentials.get(shown);
            answer = server.send(request.make().header("Authorization", authorization));
            answers.add(answer.status() + " " + authorization);
            if (answer.status() != 401) {
                break;
            }
            shown = (shown + 1) % credentials.size();
        } while (shown != first);
        return answer;
    }

    private static String text(JsonNode from, String name) {
        JsonNode value = from.path(name);
        assertThat(value.isString()).as(name + " in " + from).isTrue();
        return value.asString();
    }

    private static String action(String href) {
        Matcher matcher = ACTION.matcher(href);
        assertThat(matcher.find()).as(href).isTrue();
        return matcher.group(1);
    }

    public static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
