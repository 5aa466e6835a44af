package dev.updraft.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.image.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A device in the shape of Zephyr's hawkBit client (subsys/mgmt/hawkbit), the strictest there is: every answer must be 200 with a
 * Content-Length, addresses and answers fit small buffers, and it asks again at once after whatever it has told.
 */
final class ZephyrClient {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");
    private static final int URL_BUFFER = 300;
    private static final int LONGEST_DEPLOYMENT_BASE = 49;
    private static final int LONGEST_DOWNLOAD = 199;

    private final int port;
    private final String id;
    private final String credentials;

    /** What it keeps over a reset: the action whose image it has installed. */
    private long installedAction;

    private int polls;
    private byte @Nullable [] staged;

    ZephyrClient(int port, String id, String credentials) {
        this.port = port;
        this.id = id;
        this.credentials = credentials;
    }

    int polls() {
        return polls;
    }

    byte @Nullable [] staged() {
        return staged;
    }

    /** What one run of the autohandler came to. */
    enum Result {
        NO_UPDATE,
        UPDATE_INSTALLED,
        CANCELLED
    }

    /** Probes until there is nothing more to tell; then what there is to do is done. */
    Result run() {
        for (int round = 0; round < 8; round++) {
            polls++;
            JsonNode base = json("GET", "", null);
            String sleep = base.path("config").path("polling").path("sleep").asString();
            assertThat(sleep).hasSize(8).matches("\\d\\d:\\d\\d:\\d\\d");
            JsonNode links = base.path("_links");
            if (links.has("cancelAction")) {
                String path = after(links.path("cancelAction").path("href").asString(), "cancelAction/");
                long action = Long.parseLong(path.substring("cancelAction/".length()));
                boolean installed = action == installedAction;
                call("POST", "/" + path + "/feedback", feedback(action, installed ? "failure" : "success"));
                if (!installed) {
                    return Result.CANCELLED;
                }
                continue;
            }
            if (links.has("configData")) {
                call(
                        "PUT",
                        "/configData",
                        "{\"mode\":\"merge\",\"data\":{\"VIN\":\"" + id
                                + "\",\"hwRevision\":\"3\",\"board\":\"stm32f407\"},"
                                + "\"id\":\"\",\"time\":\"\",\"status\":{\"result\":{\"finished\":\"success\"},"
                                + "\"execution\":\"closed\"}}");
                continue;
            }
            if (!links.has("deploymentBase")) {
                return Result.NO_UPDATE;
            }
            String path = after(links.path("deploymentBase").path("href").asString(), "deploymentBase/");
            assertThat(path.length()).isLessThanOrEqualTo(LONGEST_DEPLOYMENT_BASE);
            if (!deploy(json("GET", "/" + path, null))) {
                continue;
            }
            return Result.UPDATE_INSTALLED;
        }
        throw new AssertionError("the server keeps offering what has been answered: the client spins for ever");
    }

    /** False if it was installed already, and is told so. */
    private boolean deploy(JsonNode deployment) {
        long action = Long.parseLong(deployment.path("id").asString());
        assertThat(action).isBetween(1L, (long) Integer.MAX_VALUE);
        if (action == installedAction) {
            call("POST", "/deploymentBase/" + action + "/feedback", feedback(action, "success"));
            return false;
        }
        JsonNode chunks = deployment.path("deployment").path("chunks");
        assertThat(chunks.size()).isEqualTo(1);
        assertThat(chunks.path(0).path("part").asString()).isEqualTo("bApp");
        JsonNode artifacts = chunks.path(0).path("artifacts");
        assertThat(artifacts.size()).isEqualTo(1);
        JsonNode artifact = artifacts.path(0);
        String sha256 = artifact.path("hashes").path("sha256").asString();
        assertThat(sha256).matches("[0-9a-f]{64}");
        String href = artifact.path("_links").path("download-http").path("href").asString();
        String path = after(href, "/DEFAULT/controller/v1");
        assertThat(path.length()).isLessThanOrEqualTo(LONGEST_DOWNLOAD);
        byte[] bytes = request("GET", path, null);
        assertThat(bytes).hasSize(artifact.path("size").asInt());
        assertThat(HexFormat.of().formatHex(Sha256.of(bytes))).isEqualTo(sha256);
        staged = bytes;
        installedAction = action;
        return true;
    }

    private static String after(String href, String from) {
        int at = href.indexOf(from);
        assertThat(at).as(href).isPositive();
        return href.substring(at);
    }

    private static String feedback(long action, String finished) {
        return "{\"id\":\"" + action + "\",\"status\":{\"execution\":\"closed\",\"result\":{\"finished\":\"" + finished
                + "\"}}}";
    }

    private JsonNode json(String method, String path, @Nullable String body) {
        return Fixture.JSON.readTree(call(method, path, body));
    }

    private byte[] call(String method, String path, @Nullable String body) {
        return request(method, "/DEFAULT/controller/v1/" + id + path, body);
    }

    private byte[] request(String method, String url, @Nullable String body) {
        assertThat(url.length()).isLessThan(URL_BUFFER);
        StringBuilder head = new StringBuilder(method + " " + url + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nAuthorization: " + credentials + "\r\n");
        if (body != null) {
            head.append("Content-Type: application/json;charset=UTF-8\r\nContent-Length: ")
                    .append(body.length())
                    .append("\r\n");
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write((head + "\r\n" + (body == null ? "" : body)).getBytes(StandardCharsets.UTF_8));
            return read(new DataInputStream(socket.getInputStream()), method + " " + url);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(DataInputStream in, String what) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        byte[] end = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        while (head.size() < 4
                || !Arrays.equals(Arrays.copyOfRange(head.toByteArray(), head.size() - 4, head.size()), end)) {
            head.write(in.readUnsignedByte());
        }
        String headers = head.toString(StandardCharsets.US_ASCII);
        assertThat(headers).as(what).startsWith("HTTP/1.1 200 ");
        assertThat(headers.toLowerCase(java.util.Locale.ROOT)).as(what).doesNotContain("transfer-encoding");
        Matcher length = LENGTH.matcher(headers);
        assertThat(length.find()).as("Content-Length in the answer to " + what).isTrue();
        return in.readNBytes(Integer.parseInt(length.group(1)));
    }
}
