package dev.updraft.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Request bodies, never longer than the endpoint allows. */
public final class Body {
    private static final byte[] NONE = {};

    /** What a client may go on sending behind an answer that turned it away, and for how long. */
    private static final long LINGER_BYTES = 64L << 20;

    private static final Duration LINGER = Duration.ofSeconds(2);

    private static final long WORTH_READING = 64 * 1024;

    /** What has come of a body, and what has yet to. */
    private record Unread(InputStream rest) {}

    private Body() {}

    /**
     * @param largest bytes that this endpoint accepts
     * @throws Problem 413 if there are more
     */
    public static byte[] read(ServerRequest request, int largest) {
        if (!request.content().hasEntity()) {
            return NONE;
        }
        long announced = request.headers().contentLength().orElse(-1);
        if (announced > largest) {
            throw tooLarge(request, largest, null);
        }
        try {
            InputStream in = request.content().inputStream();
            // Read to a known length where there is one: InputStream.readNBytes(int) takes 16 KiB first, whatever
            // comes.
            byte[] body = announced >= 0 ? exactly(in, (int) announced) : in.readNBytes(largest + 1);
            if (body.length > largest) {
                throw tooLarge(request, largest, in);
            }
            in.close(); // Says that nothing is left.
            SlowRequests.done();
            return body;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] body = new byte[length];
        int read = in.readNBytes(body, 0, length);
        if (read < length) {
            throw Problem.badRequest("The body has " + read + " bytes, not the " + length + " of its Content-Length.");
        }
        return body;
    }

    /** @param begun the body, if reading has begun */
    public static Problem tooLarge(ServerRequest request, long largest, @Nullable InputStream begun) {
        if (begun != null) {
            request.context().register(new Unread(begun));
        }
        return Problem.tooLarge("The body is larger than the " + largest + " bytes that this endpoint takes.");
    }

    /** True if so much of the body has not been read that the connection is not worth keeping; Helidon would read all of it, however long. */
    static boolean isLeft(ServerRequest request) {
        return request.content().hasEntity()
                && !request.content().consumed()
                && request.headers().contentLength().orElse(Long.MAX_VALUE) > WORTH_READING;
    }

    /**
     * To be called when a request has been answered and its connection is about to be closed: takes in what the client is still sending,
     * for a moment, or it would lose the answer to a reset (RFC 9112, section 9.6).
     */
    static void linger(ServerRequest request) {
        // Who waits for leave to send has sent nothing, and must not be given it.
        if (!request.content().hasEntity()
                || request.content().consumed()
                || request.headers().contains(HeaderNames.EXPECT)) {
            return;
        }
        SlowRequests.awaitNoLongerThan(LINGER);
        try {
            InputStream rest = request.context()
                    .get(Unread.class)
                    .map(Unread::rest)
                    .orElseGet(() -> request.content().inputStream());
            byte[] dropped = new byte[16 * 1024];
            long left = LINGER_BYTES;
            for (int read = 0; read >= 0 && left > 0; left -= read) {
                read = rest.read(dropped);
            }
        } catch (IOException | RuntimeException over) {
            // It is closed anyway.
        } finally {
            SlowRequests.done();
        }
    }
}
