package dev.updraft.server.artifact;

import dev.updraft.server.http.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Answers GET and HEAD of an artifact: whole or one range, with a strong entity tag (RFC 9110 sections 13 and 14). */
public final class Download {
    /** Up to this many bytes an answer is sent in one piece; chips ask for 1 to 4 KiB. */
    private static final int ONE_PIECE = 64 * 1024;

    private final Artifacts artifacts;

    public Download(Artifacts artifacts) {
        this.artifacts = artifacts;
    }

    /** @param sha256 address of the artifact; anything but 64 hex digits of a known one is answered 404 */
    public void send(ServerRequest request, ServerResponse response, String sha256) throws IOException {
        long size = sha256.matches("[0-9a-f]{64}") ? artifacts.size(sha256) : -1;
        if (size < 0) {
            throw Problem.notFound("There is no artifact with this SHA-256.");
        }
        String tag = '"' + sha256 + '"';
        response.header(HeaderNames.ETAG, tag);
        response.header(HeaderValues.ACCEPT_RANGES_BYTES);
        response.header(HeaderNames.CACHE_CONTROL, "public, max-age=31536000, immutable");
        if (request.headers()
                .first(HeaderNames.IF_NONE_MATCH)
                .filter(tag::equals)
                .isPresent()) {
            response.status(Status.NOT_MODIFIED_304).send();
            return;
        }
        String header = request.headers().first(HeaderNames.RANGE).orElse(null);
        boolean fresh =
                request.headers().first(HeaderNames.IF_RANGE).map(tag::equals).orElse(true);
        ByteRange range = new ByteRange(0, size);
        if (header != null && fresh && ByteRange.isSingleBytesRange(header)) {
            ByteRange asked = ByteRange.of(header, size);
            if (asked == null) {
                response.header(HeaderNames.CONTENT_RANGE, "bytes */" + size);
                response.status(Status.REQUESTED_RANGE_NOT_SATISFIABLE_416).send();
                return;
            }
            range = asked;
            response.status(Status.PARTIAL_CONTENT_206);
            response.header(
                    HeaderNames.CONTENT_RANGE,
                    "bytes " + range.first() + "-" + (range.first() + range.length() - 1) + "/" + size);
        }
        response.header(HeaderValues.CONTENT_TYPE_OCTET_STREAM);
        if (request.prologue().method().equals(Method.HEAD)) {
            response.contentLength(range.length());
            response.send();
            return;
        }
        try (InputStream in = artifacts.open(sha256, range.first(), range.length())) {
            if (range.length() <= ONE_PIECE) {
                response.send(in.readNBytes((int) range.length()));
                return;
            }
            response.contentLength(range.length());
            try (OutputStream out = response.outputStream()) {
                byte[] buffer = new byte[ONE_PIECE];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    out.write(buffer, 0, n);
                }
            }
        }
    }
}
