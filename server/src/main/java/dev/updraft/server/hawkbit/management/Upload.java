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
import org.apache.commons.fileupload.FileItemIterator;
import org.apache.commons.fileupload.FileItemStream;
import org.apache.commons.fileupload.FileUpload;
import org.apache.commons.fileupload.FileUploadException;
import org.apache.commons.fileupload.UploadContext;
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
        Form form = new Form(request);
        if (!form.getContentType().startsWith("multipart/form-data")
                || !form.getContentType().contains("boundary")) {
            throw Problem.unsupportedType("Upload the file as the part 'file' of multipart/form-data.");
        }
        if (form.contentLength() > LARGEST + BESIDES) {
            throw Body.tooLarge(request, LARGEST, null);
        }
        try (form) {
            for (FileItemIterator parts = new FileUpload().getItemIterator(form); parts.hasNext(); ) {
                FileItemStream part = parts.next();
                if ("file".equals(part.getFieldName())) {
                    try (InputStream file = part.openStream()) {
                        return new Upload(part.getName(), artifacts.store(file, LARGEST));
                    }
                }
            }
        } catch (Artifacts.TooLarge e) {
            throw Problem.tooLarge(String.valueOf(e.getMessage()));
        } catch (FileUploadException e) {
            throw Problem.badRequest("The upload is not well-formed or was broken off.");
        } catch (IOException e) {
            if (Errors.isDiskFull(e)) {
                throw new UncheckedIOException(e);
            }
            throw Problem.badRequest("The upload is not well-formed or was broken off.");
        }
        throw Problem.badRequest("The upload has no part 'file'.");
    }

    /** The request as the library reads it. */
    private record Form(ServerRequest request, InputStream body) implements UploadContext, AutoCloseable {
        Form(ServerRequest request) {
            this(request, request.content().inputStream());
        }

        @Override
        public @Nullable String getCharacterEncoding() {
            return null; // names of files are UTF-8 as every client sends them; the library reads them so
        }

        @Override
        public String getContentType() {
            return request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        }

        @Override
        @SuppressWarnings("deprecation") // asked for by the interface, called by nobody
        public int getContentLength() {
            return -1;
        }

        @Override
        public long contentLength() {
            return request.headers().contentLength().orElse(-1);
        }

        @Override
        public InputStream getInputStream() {
            return body;
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }
}
