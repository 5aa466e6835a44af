package dev.updraft.server.http;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Refuses paths that two readers could take for different ones: a proxy, the router, or whoever reads a log. What is left has one reading:
 * each segment is decoded once, and that is what is routed on.
 */
public final class PathSpelling {
    private PathSpelling() {}

    /** A filter around all routes. */
    public static void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        String path = wrong(request.prologue().uriPath().rawPath());
        String wrong = path == null && request.prologue().query().rawValue().contains("%00")
                ? "The query has the character NUL, which no text may have."
                : path;
        if (wrong == null) {
            chain.proceed();
            return;
        }
        // The path is not fit to be looked at, not even to see who asks.
        response.status(400).header(HeaderValues.CONTENT_TYPE_JSON);
        response.send(Json.bytes(java.util.Map.of("error", wrong)));
    }

    /** What is wrong with {@code raw}, as it came; null if nothing is. */
    static @Nullable String wrong(String raw) {
        boolean encoded = false;
        int begin = 1;
        if (raw.isEmpty() || raw.charAt(0) != '/') {
            return "A path begins with '/'.";
        }
        for (int i = 1; i <= raw.length(); i++) {
            char c = i < raw.length() ? raw.charAt(i) : '/';
            if (c == '/') {
                if (isOdd(raw, begin, i)) {
                    return "The path has an empty segment, '.' or '..', which some would take for another path; write it plainly.";
                }
                begin = i + 1;
            } else if (c == ';' || c == '\\' || c <= ' ' || c == 0x7f) {
                return "The path has a character that must be percent-encoded or is not allowed there: ; \\ space or a control character.";
            } else if (c == '%') {
                encoded = true;
            }
        }
        return encoded ? wrongEncoding(raw) : null;
    }

    private static boolean isOdd(String raw, int begin, int end) {
        return switch (end - begin) {
            case 0 -> raw.length() > 1;
            case 1 -> raw.charAt(begin) == '.';
            case 2 -> raw.charAt(begin) == '.' && raw.charAt(begin + 1) == '.';
            default -> false;
        };
    }

    private static @Nullable String wrongEncoding(String raw) {
        ByteBuffer bytes = ByteBuffer.allocate(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '%') {
                bytes.put((byte) (c < 0x80 ? c : '?'));
                continue;
            }
            int high = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
            int low = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 2), 16) : -1;
            int value = high * 16 + low;
            if (high < 0 || low < 0) {
                return "A '%' in the path must have two hex digits behind it.";
            }
            if (value == '/' || value == '\\' || value == '.' || value == '%' || value < ' ' || value == 0x7f) {
                return "The path has an encoded / \\ . % or control character, which some would decode twice; no name has one.";
            }
            bytes.put((byte) value);
            i += 2;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(bytes.flip());
            return null;
        } catch (CharacterCodingException e) {
            return "The path is not UTF-8 when it is decoded.";
        }
    }
}
