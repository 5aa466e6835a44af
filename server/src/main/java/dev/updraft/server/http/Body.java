package dev.updraft.server.http;

import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Request bodies, never longer than the endpoint allows. */
public final class Body {
    private static final byte[] NONE = {};
    private static final int DRAINED = 256 * 1024;

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
        if (announced > (long) largest + DRAINED) {
            throw tooLarge(largest);
        }
        try (InputStream in = request.content().inputStream()) {
            if (announced > largest) {
                drain(in);
                throw tooLarge(largest);
            }
            // Read to a known length where there is one: InputStream.readNBytes(int) takes 16 KiB first, whatever
            // comes.
            byte[] body = announced >= 0 ? exactly(in, (int) announced) : in.readNBytes(largest + 1);
            if (body.length > largest) {
                drain(in);
                throw tooLarge(largest);
            }
            SlowRequests.arrived();
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

    /**
     * Reads what is left, which is little: the connection closes behind this answer, and a client that is still sending then loses the
     * answer to a reset (RFC 9112, section 9.6).
     */
    private static void drain(InputStream in) throws IOException {
        byte[] dropped = new byte[8192];
        int left = DRAINED;
        while (left > 0) {
            int read = in.read(dropped, 0, Math.min(left, dropped.length));
            if (read < 0) {
                return;
            }
            left -= read;
        }
    }

    private static Problem tooLarge(int largest) {
        return Problem.tooLarge("The body is larger than the " + largest + " bytes that this endpoint takes.");
    }
}
