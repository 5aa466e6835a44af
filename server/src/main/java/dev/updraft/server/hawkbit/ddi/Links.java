package dev.updraft.server.hawkbit.ddi;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * Absolute addresses as the caller knows this server: by the host it asked for, or what a proxy says it was. A forged header changes
 * nothing but the answer to whoever forged it.
 *
 * @param origin scheme and authority, such as {@code http://127.0.0.1:8080}
 * @param secure true for https
 */
public record Links(String origin, boolean secure) {
    private static final Pattern AUTHORITY =
            Pattern.compile("[A-Za-z0-9._-]+(:\\d{1,5})?|\\[[0-9A-Fa-f:.]+](:\\d{1,5})?");

    public static Links of(ServerRequest request) {
        String proto = request.headers().first(HeaderNames.X_FORWARDED_PROTO).orElse("");
        boolean secure = proto.equals("https") || (proto.isEmpty() && request.isSecure());
        String authority = request.headers()
                .first(HeaderNames.X_FORWARDED_HOST)
                .filter(host -> AUTHORITY.matcher(host).matches())
                .orElseGet(request::authority);
        return new Links((secure ? "https://" : "http://") + authority, secure);
    }

    /** Adds {@code rel} to the {@code _links} of {@code to}. */
    public void add(ObjectNode to, String rel, String path) {
        to.withObject("/_links").putObject(rel).put("href", origin + path);
    }

    /** {@link #add} with a name beside it. */
    public void named(ObjectNode to, String rel, String path, String name) {
        to.withObject("/_links").putObject(rel).put("href", origin + path).put("name", name);
    }

    /** The path of the device's resources, spelled as the device spelled it: {@code /{tenant}/controller/v1/{id}}. */
    static String base(ServerRequest request) {
        String path = request.path().absolute().rawPath();
        int at = 0;
        for (int segment = 0; segment < 4; segment++) {
            int next = path.indexOf('/', at + 1);
            at = next < 0 ? path.length() : next;
        }
        return path.substring(0, at);
    }

    /** {@code segment} as it may stand in a path. */
    public static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
