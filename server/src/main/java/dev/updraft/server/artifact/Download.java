package dev.updraft.server.artifact;

import dev.updraft.server.http.Problem;
import dev.updraft.server.http.SlowRequests;
import dev.updraft.server.metric.Meters;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;

/** Answers GET and HEAD of an artifact: whole or one range, with a strong entity tag (RFC 9110 sections 13 and 14). */
public final class Download {
    /** Up to this many bytes an answer is sent in one piece; chips ask for 1 to 4 KiB. */
    private static final int ONE_PIECE = 64 * 1024;

    private static final int COPIED_AT_ONCE = 16 * 1024;

    private final Artifacts artifacts;
    private final Meters meters;
    private final SlowRequests slow;

    public Download(Artifacts artifacts, Meters meters, SlowRequests slow) {
        this.artifacts = artifacts;
        this.meters = meters;
        this.slow = slow;
    }

    /** @param sha256 address of the artifact; anything but 64 hex digits of a known one is answered 404 */
    public void send(ServerRequest request, ServerResponse response, String sha256) throws IOException {
        long size = isSha256(sha256) ? artifacts.size(sha256) : -1;
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
        if (range.length() > ONE_PIECE) {
            stream(request, response, sha256, range);
            return;
        }
        try (InputStream in = artifacts.open(sha256, range.first(), range.length())) {
            byte[] piece = in.readNBytes((int) range.length());
            slow.awaitTaking(Thread.currentThread()::interrupt);
            response.send(piece);
        } finally {
            SlowRequests.done();
        }
        meters.downloaded(false, range.length());
    }

    private void stream(ServerRequest request, ServerResponse response, String sha256, ByteRange range)
            throws IOException {
        response.contentLength(range.length());
        FileChannel file = FileSink.fits(request) ? artifacts.file(sha256) : null;
        if (file != null) {
            try (FileSink sink = response.sink(FileSink.TYPE)) {
                sink.emit(new FileSink.Part(file, range.first(), range.length(), slow));
            }
            meters.downloaded(true, range.length());
            return;
        }
        try (InputStream in = artifacts.open(sha256, range.first(), range.length());
                OutputStream out = response.outputStream()) {
            byte[] buffer = new byte[COPIED_AT_ONCE];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                slow.awaitTaking(Thread.currentThread()::interrupt);
                out.write(buffer, 0, read);
                SlowRequests.done();
            }
        } finally {
            SlowRequests.done();
        }
        meters.downloaded(false, range.length());
    }

    static boolean isSha256(String text) {
        if (text.length() != 64) {
            return false;
        }
        for (int i = 0; i < 64; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }
}
