package dev.updraft.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.cbor.CBORMapper;

/** The server's side of the device protocol, for one release: whoever does not run it is offered it until it has refused or gone back. */
final class ScriptedServer implements AutoCloseable {
    static final String TOKEN = "hall-3";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper CBOR = new CBORMapper();

    private final HttpServer http;
    private final byte[] file;
    private final byte[] digest;
    final Map<String, List<String>> reports = new ConcurrentHashMap<>();
    final AtomicInteger fetches = new AtomicInteger();
    final AtomicInteger checkIns = new AtomicInteger();
    volatile boolean away;
    volatile boolean denies;

    /** @param file whose first 32 bytes are its digest */
    ScriptedServer(byte[] file) throws IOException {
        this.file = file;
        digest = Arrays.copyOf(file, 32);
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/device/v1/", this::handle);
        http.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    List<String> of(String id) {
        return reports.computeIfAbsent(id, none -> new CopyOnWriteArrayList<>());
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String[] path = exchange.getRequestURI().getPath().split("/");
        boolean known = ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
        if (away) {
            answer(exchange, 503, "away".getBytes(StandardCharsets.UTF_8));
        } else if (denies || !known) {
            answer(exchange, 401, "This token is not known here.".getBytes(StandardCharsets.UTF_8));
        } else if (path[3].equals("artifacts")) {
            fetches.incrementAndGet();
            answer(exchange, 200, file);
        } else if (path[4].equals("check-in")) {
            checkIns.incrementAndGet();
            checkIn(exchange, path[3], body);
        } else {
            String type = exchange.getRequestHeaders().getFirst("Content-Type");
            JsonNode report = (type.endsWith("cbor") ? CBOR : JSON).readTree(body);
            String event = type.endsWith("cbor")
                    ? Map.of(5, "confirmed", 6, "rolled-back")
                            .get(report.path("2").asInt())
                    : report.path("event").asString();
            String reason = report.path("reason").asString("");
            List<String> all = of(path[3]);
            String line = reason.isEmpty() ? event : event + " " + reason;
            if (!type.endsWith("cbor") || !all.contains("seq" + report.path("1"))) {
                all.add(line);
            }
            if (type.endsWith("cbor")) {
                all.add("seq" + report.path("1"));
            }
            answer(exchange, 204, new byte[0]);
        }
    }

    private void checkIn(HttpExchange exchange, String id, byte[] body) throws IOException {
        boolean cbor = exchange.getRequestHeaders().getFirst("Content-Type").endsWith("cbor");
        byte[] runs = cbor
                ? CBOR.readTree(body).path("1").binaryValue()
                : HexFormat.of().parseHex(JSON.readTree(body).path("digest").asString());
        exchange.getResponseHeaders().set("Next-Check-In", "5");
        boolean over = of(id).stream().anyMatch(line -> line.startsWith("refused") || line.startsWith("rolled-back"));
        if (Arrays.equals(runs, digest) || over) {
            answer(exchange, 204, new byte[0]);
            return;
        }
        String sum = HexFormat.of().formatHex(ScriptedDevice.sha256(file));
        answer(
                exchange,
                200,
                JSON.writeValueAsBytes(JSON.createObjectNode()
                        .put("digest", HexFormat.of().formatHex(digest))
                        .put("version", "1.9.0")
                        .put("url", "/device/v1/artifacts/" + sum)
                        .put("size", file.length)
                        .put("sha256", sum)
                        .put("kind", "image")));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
