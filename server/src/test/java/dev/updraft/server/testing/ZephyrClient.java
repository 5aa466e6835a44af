package dev.updraft.server.testing;

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
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A device in the shape of Zephyr's hawkBit client (subsys/mgmt/hawkbit), the strictest there is: every answer must be 200 with a
 * Content-Length, addresses and answers fit small buffers, and it asks again at once after whatever it has told. One run is one
 * connection. Its buffers are those of older versions, its bodies and how it reads a cancellation those of 4.1.
 */
public final class ZephyrClient {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");
    private static final int URL_BUFFER = 300;
    private static final int LONGEST_DEPLOYMENT_BASE = 49;
    private static final int LONGEST_DOWNLOAD = 199;

    /** It can take more, but writes its terminating zero behind what it has got then. */
    private static final int ANSWER_BUFFER = 1_100;

    private final int port;
    private final String id;
    private final String credentials;

    /** What it keeps over a reset: the action whose image it has installed. */
    private long installedAction;

    private int polls;
    private byte @Nullable [] staged;

    /** What it has of the image under way, kept over a power cut (CONFIG_HAWKBIT_SAVE_PROGRESS). */
    private byte[] progress = new byte[0];

    /** Bytes of the next download after which its power is cut; 0 = it is not. */
    private int cut;

    private @Nullable Socket socket;

    public ZephyrClient(int port, String id, String credentials) {
        this.port = port;
        this.id = id;
        this.credentials = credentials;
    }

    public int polls() {
        return polls;
    }

    public byte @Nullable [] staged() {
        return staged;
    }

    public void cutPowerAfter(int bytes) {
        cut = bytes;
    }

    /** What one run of the autohandler came to. */
    public enum Result {
        NO_UPDATE,
        UPDATE_INSTALLED,
        POWER_CUT
    }

    public Result run() {
        try (Socket opened = new Socket(InetAddress.getLoopbackAddress(), port)) {
            opened.setSoTimeout(60_000);
            socket = opened;
            return probe();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Probes until there is nothing more to tell; then what there is to do is done. */
    private Result probe() {
        for (int round = 0; round < 8; round++) {
            polls++;
            JsonNode base = json("GET", "", null);
            String sleep = base.path("config").path("polling").path("sleep").asString();
            assertThat(sleep).hasSize(8).matches("\\d\\d:\\d\\d:\\d\\d");
            JsonNode links = base.path("_links");
            if (links.has("cancelAction")) {
                String path = after(links.path("cancelAction").path("href").asString(), "cancelAction/");
                // It takes the length of "cancelAction/" with its terminating zero, and misses the first digit.
                long action = Long.parseLong("0" + path.substring("cancelAction/".length() + 1));
                assertThat(action).isPositive();
                call("POST", "/" + path + "/feedback", feedback(action == installedAction ? "failure" : "success"));
                continue;
            }
            if (links.has("configData")) {
                call(
                        "PUT",
                        "/configData",
                        "{\"mode\":\"merge\",\"data\":{\"VIN\":\"" + id + "\",\"board\":\"stm32f407\"}}");
                continue;
            }
            if (!links.has("deploymentBase")) {
                return Result.NO_UPDATE;
            }
            String path = after(links.path("deploymentBase").path("href").asString(), "deploymentBase/");
            assertThat(path.length()).isLessThanOrEqualTo(LONGEST_DEPLOYMENT_BASE);
            if (deploy(json("GET", "/" + path, null))) {
                return cut > 0 ? Result.POWER_CUT : Result.UPDATE_INSTALLED;
            }
        }
        throw new AssertionError("the server keeps offering what has been answered: the client spins for ever");
    }

    /** False if it was installed already, and is told so. */
    private boolean deploy(JsonNode deployment) {
        long action = Long.parseLong(deployment.path("id").asString());
        assertThat(action).isBetween(1L, (long) Integer.MAX_VALUE);
        if (action == installedAction) {
            call("POST", "/deploymentBase/" + action + "/feedback", feedback("success"));
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
        byte[] rest = request("GET", path, null);
        byte[] bytes = Arrays.copyOf(progress, progress.length + rest.length);
        System.arraycopy(rest, 0, bytes, progress.length, rest.length);
        if (cut > 0) {
            progress = bytes;
            return true;
        }
        progress = new byte[0];
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

    private static String feedback(String finished) {
        return "{\"status\":{\"execution\":\"closed\",\"result\":{\"finished\":\"" + finished + "\"}}}";
    }

    private JsonNode json(String method, String path, @Nullable String body) {
        byte[] answer = call(method, path, body);
        assertThat(answer.length).isLessThan(ANSWER_BUFFER);
        return Fixture.JSON.readTree(answer);
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
        boolean download = url.contains("/artifacts/");
        if (download && progress.length > 0) {
            head.append("Range: bytes=").append(progress.length).append("-\r\n");
        }
        try {
            Socket to = Objects.requireNonNull(socket);
            to.getOutputStream().write((head + "\r\n" + (body == null ? "" : body)).getBytes(StandardCharsets.UTF_8));
            return read(new DataInputStream(to.getInputStream()), method + " " + url, download);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] read(DataInputStream in, String what, boolean download) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        byte[] end = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        while (head.size() < 4
                || !Arrays.equals(Arrays.copyOfRange(head.toByteArray(), head.size() - 4, head.size()), end)) {
            head.write(in.readUnsignedByte());
        }
        String headers = head.toString(StandardCharsets.US_ASCII);
        assertThat(headers).as(what).startsWith("HTTP/1.1 " + (download && progress.length > 0 ? "206 " : "200 "));
        assertThat(headers.toLowerCase(java.util.Locale.ROOT)).as(what).doesNotContain("transfer-encoding");
        Matcher length = LENGTH.matcher(headers);
        assertThat(length.find()).as("Content-Length in the answer to " + what).isTrue();
        return in.readNBytes(download && cut > 0 ? cut : Integer.parseInt(length.group(1)));
    }
}
