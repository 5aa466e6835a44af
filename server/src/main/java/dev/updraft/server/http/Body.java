package dev.updraft.server.http;

import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Request bodies, never longer than the endpoint allows. */
public final class Body {
    private static final byte[] NONE = {};

    private Body() {}

    /**
     * @param largest bytes that this endpoint accepts
     * @throws Problem 413 if there are more
     */
    public static byte[] read(ServerRequest request, int largest) {
        if (!request.content().hasEntity()) {
            return NONE;
        }
        if (request.headers().contentLength().orElse(0) > largest) {
            throw tooLarge(largest);
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] body = in.readNBytes(largest + 1);
            if (body.length > largest) {
                throw tooLarge(largest);
            }
            return body;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Problem tooLarge(int largest) {
        return Problem.tooLarge("The body is larger than the " + largest + " bytes that this endpoint takes.");
    }
}
