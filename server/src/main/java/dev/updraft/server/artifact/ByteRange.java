package dev.updraft.server.artifact;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One range of bytes as {@code Range} asks for it (RFC 9110 section 14.1.2).
 *
 * @param first offset of the first byte
 * @param length bytes, at least one
 */
record ByteRange(long first, long length) {
    private static final Pattern SINGLE = Pattern.compile("bytes=\\s*(\\d{1,18}-\\d{0,18}|-\\d{1,18})\\s*");

    /** The whole of {@code size} bytes: what a header that is absent, malformed or has several ranges is answered with. */
    static boolean isSingleBytesRange(@Nullable String header) {
        return header != null && SINGLE.matcher(header).matches();
    }

    /** @return null if no byte of the artifact lies in the range (416) */
    static @Nullable ByteRange of(String header, long size) {
        String range = header.substring("bytes=".length()).strip();
        int dash = range.indexOf('-');
        if (dash == 0) {
            long suffix = Long.parseLong(range.substring(1));
            return suffix == 0 || size == 0 ? null : of(Math.max(0, size - suffix), size - 1, size);
        }
        long first = Long.parseLong(range.substring(0, dash));
        long last = dash == range.length() - 1 ? size - 1 : Long.parseLong(range.substring(dash + 1));
        return of(first, last, size);
    }

    private static @Nullable ByteRange of(long first, long last, long size) {
        if (first >= size || last < first) {
            return null;
        }
        return new ByteRange(first, Math.min(last, size - 1) - first + 1);
    }
}
