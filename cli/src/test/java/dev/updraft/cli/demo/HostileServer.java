package dev.updraft.cli.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.updraft.image.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server that somebody took over: it speaks the device protocol as docs/reference/device-protocol.md has it, and offers whatever
 * bytes it was given, with a SHA-256 that fits them. What devices report is kept raw.
 */
final class HostileServer implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]*)");

    private final HttpServer http;
    private final byte[] offered;
    private final byte[] sent;
    private final byte[] claimedDigest;
    private final String claimedVersion;
    private final List<byte[]> reports = new CopyOnWriteArrayList<>();

    HostileServer(byte[] offered, byte[] claimedDigest, String claimedVersion) throws IOException {
        this(offered, offered, claimedDigest, claimedVersion);
    }

    /** @param sent what comes in place of the bytes whose SHA-256 is offered */
    HostileServer(byte[] offered, byte[] sent, byte[] claimedDigest, String claimedVersion) throws IOException {
        this.offered = offered.clone();
        this.sent = sent.clone();
        this.claimedDigest = claimedDigest.clone();
        this.claimedVersion = claimedVersion;
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/device/v1/", this::answer);
        http.start();
    }

    int port() {
        return http.getAddress().getPort();
    }

    /** True once a device reported an event with a reason, as {@code 7} (refused) with {@code signature}. */
    boolean wasTold(int event, String reason) {
        byte[] eventPair = {0x02, (byte) event};
        byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
        byte[] reasonPair = concat(new byte[] {0x04, (byte) (0x60 + text.length)}, text);
        return reports.stream().anyMatch(report -> contains(report, eventPair) && contains(report, reasonPair));
    }

    List<String> reports() {
        return reports.stream().map(HexFormat.of()::formatHex).toList();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            exchange.getResponseHeaders().set("Next-Check-In", "3600");
            if (path.endsWith("/check-in")) {
                byte[] offer = offer(offered, claimedDigest, claimedVersion);
                exchange.getResponseHeaders().set("Content-Type", "application/cbor");
                exchange.sendResponseHeaders(200, offer.length);
                exchange.getResponseBody().write(offer);
            } else if (path.endsWith("/reports")) {
                reports.add(body);
                exchange.sendResponseHeaders(204, -1);
            } else {
                serve(exchange);
            }
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        String header = exchange.getRequestHeaders().getFirst("Range");
        Matcher range = RANGE.matcher(header == null ? "" : header);
        if (!range.matches()) {
            exchange.sendResponseHeaders(200, sent.length);
            exchange.getResponseBody().write(sent);
            return;
        }
        int from = Integer.parseInt(range.group(1));
        int to = range.group(2).isEmpty() ? sent.length - 1 : Integer.parseInt(range.group(2));
        byte[] part = Arrays.copyOfRange(sent, from, Math.min(to + 1, sent.length));
        exchange.getResponseHeaders()
                .set("Content-Range", "bytes %d-%d/%d".formatted(from, from + part.length - 1, sent.length));
        exchange.sendResponseHeaders(206, part.length);
        exchange.getResponseBody().write(part);
    }

    /** The offer of docs/reference/device-protocol.md. */
    static byte[] offer(byte[] offered, byte[] claimedDigest, String claimedVersion) {
        byte[] sha256 = Sha256.of(offered);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0xA6);
        out.writeBytes(new byte[] {1, 0x58, 32});
        out.writeBytes(claimedDigest);
        out.write(2);
        text(out, claimedVersion);
        out.write(3);
        text(out, "/device/v1/artifacts/" + HexFormat.of().formatHex(sha256));
        out.writeBytes(new byte[] {
            4,
            0x1A,
            (byte) (offered.length >> 24),
            (byte) (offered.length >> 16),
            (byte) (offered.length >> 8),
            (byte) offered.length
        });
        out.writeBytes(new byte[] {5, 0x58, 32});
        out.writeBytes(sha256);
        out.writeBytes(new byte[] {6, 0});
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < 24) {
            out.write(0x60 + bytes.length);
        } else {
            out.writeBytes(new byte[] {0x78, (byte) bytes.length});
        }
        out.writeBytes(bytes);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static boolean contains(byte[] in, byte[] part) {
        for (int at = 0; at + part.length <= in.length; at++) {
            if (Arrays.equals(in, at, at + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
