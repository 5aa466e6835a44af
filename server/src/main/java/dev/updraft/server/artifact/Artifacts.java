package dev.updraft.server.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** Bytes by their SHA-256, in lower-case hex. What is stored never changes, so anything may be cached for ever. */
public interface Artifacts extends AutoCloseable {
    /** What {@link #store} kept. */
    record Stored(String sha256, long size) {}

    /**
     * Keeps everything that {@code in} gives; it is on disk when this returns.
     *
     * @throws TooLarge if there are more than {@code largest} bytes; nothing is kept then
     */
    Stored store(InputStream in, long largest) throws IOException;

    /** @return bytes that the artifact has, or -1 if it is not here */
    long size(String sha256) throws IOException;

    /** Opens {@code length} bytes from {@code offset}; both lie inside the artifact. */
    InputStream open(String sha256, long offset, long length) throws IOException;

    /** The artifact as a file that can be sent without a copy; null if it is not one, or not here. It is not the caller's to close. */
    default @Nullable FileChannel file(String sha256) throws IOException {
        return null;
    }

    void delete(String sha256) throws IOException;

    /** Reads all of an artifact that should be here, if that was not done before, and tells {@link #damaged} what came of it. */
    void verify(String sha256) throws IOException;

    /** Those whose bytes are not what they should be. */
    Damaged damaged();

    @Override
    void close();

    /** More bytes than allowed. */
    final class TooLarge extends IOException {
        private static final long serialVersionUID = 1;

        public TooLarge(long largest) {
            super("The upload is larger than the " + largest + " bytes that this server takes.");
        }
    }
}
