package dev.updraft.server.hawkbit.management;

import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.http.Body;
import dev.updraft.server.http.Errors;
import dev.updraft.server.http.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.commons.fileupload2.core.MultipartInput;
import org.apache.commons.fileupload2.core.ParameterParser;
import org.jspecify.annotations.Nullable;

/**
 * The part {@code file} of a multipart upload (RFC 7578), kept while it comes in.
 *
 * @param filename as the client calls it; null if it does not
 */
record Upload(@Nullable String filename, Artifacts.Stored stored) {
    /** As in hawkBit. */
    private static final long LARGEST = 1L << 30;

    /** What a form may hold beside its file. */
    private static final long BESIDES = 1 << 20;

    /** @throws Problem 400 for a body without a file, 413 for one that is too large, 415 for one that is not multipart */
    static Upload receive(ServerRequest request, Artifacts artifacts) {
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        String boundary = parameters(type).get("boundary");
        if (!type.startsWith("multipart/form-data") || boundary == null) {
            throw Problem.unsupportedType("Upload the file as the part 'file' of multipart/form-data.");
        }
        if (request.headers().contentLength().orElse(0) > LARGEST + BESIDES) {
            throw Body.tooLarge(request, LARGEST, null);
        }
        try (InputStream body = request.content().inputStream()) {
            MultipartInput parts = MultipartInput.builder()
                    .setInputStream(body)
                    .setBoundary(boundary.getBytes(StandardCharsets.ISO_8859_1))
                    .get();
            for (boolean more = parts.skipPreamble(); more; more = parts.readBoundary()) {
                Map<String, String> disposition = parameters(disposition(parts.readHeaders()));
                if ("file".equals(disposition.get("name"))) {
                    try (InputStream file = parts.newInputStream()) {
                        return new Upload(disposition.get("filename"), artifacts.store(file, LARGEST));
                    }
                }
                parts.discardBodyData();
            }
        } catch (Artifacts.TooLarge e) {
            throw Problem.tooLarge(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            if (Errors.isDiskFull(e)) {
                throw new UncheckedIOException(e);
            }
            throw Problem.badRequest("The upload is not well-formed or was broken off.");
        }
        throw Problem.badRequest("The upload has no part 'file'.");
    }

    private static Map<String, String> parameters(String header) {
        ParameterParser parser = new ParameterParser();
        parser.setLowerCaseNames(true);
        return parser.parse(header, ';');
    }

    private static String disposition(String headers) {
        return headers.lines()
                .filter(line -> line.regionMatches(true, 0, "Content-Disposition:", 0, 20))
                .map(line -> line.substring(20))
                .findFirst()
                .orElse("");
    }
}
