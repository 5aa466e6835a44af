package dev.updraft.server.console;

import dev.updraft.server.http.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Style, script and pictures; each has its digest in its name, so that browsers keep it for ever and never an old one. */
final class StaticFiles {
    static final String PATH = "/console/static/";
    private static final List<String> FILES = List.of("console.css", "console.js", "icon.svg");
    private static final int DIGEST_BYTES = 6;

    private final Map<String, String> addresses = new HashMap<>();
    private final Map<String, File> files = new HashMap<>();

    private static final class File {
        private final String type;
        private final byte[] packed;

        File(String type, byte[] packed) {
            this.type = type;
            this.packed = packed;
        }
    }

    StaticFiles() {
        for (String name : FILES) {
            byte[] bytes = read(name);
            int dot = name.indexOf('.');
            String digest = HexFormat.of().formatHex(sha256(bytes), 0, DIGEST_BYTES);
            String named = name.substring(0, dot) + "-" + digest + name.substring(dot);
            addresses.put(name, PATH + named);
            files.put(named, new File(type(name), packed(bytes)));
        }
    }

    /** Where the file called {@code name} in this package is served. */
    String address(String name) {
        String address = addresses.get(name);
        if (address == null) {
            throw new IllegalArgumentException("there is no static file " + name);
        }
        return address;
    }

    void send(ServerRequest request, ServerResponse response) {
        File file = files.get(request.path().pathParameters().get("file"));
        if (file == null) {
            throw Problem.notFound("There is no such file.");
        }
        response.header(HeaderNames.CONTENT_TYPE, file.type);
        response.header(HeaderNames.CONTENT_ENCODING, "gzip");
        response.header(HeaderNames.CACHE_CONTROL, "public, max-age=31536000, immutable");
        response.header("X-Content-Type-Options", "nosniff");
        response.send(file.packed);
    }

    private static String type(String name) {
        return switch (name.substring(name.indexOf('.'))) {
            case ".css" -> "text/css; charset=utf-8";
            case ".js" -> "text/javascript; charset=utf-8";
            default -> "image/svg+xml";
        };
    }

    private static byte[] read(String name) {
        try (InputStream in = StaticFiles.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] packed(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
