package dev.updraft.server.access;

import dev.updraft.server.http.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The token in {@code Authorization: Bearer} (RFC 6750). Clients of hawkBit's Management API know only {@code Basic} (RFC 7617): they
 * send the token as the password, with any user name, or the password of a user.
 */
public final class Bearer {
    private static final String BEARER = "Bearer ";
    private static final String BASIC = "Basic ";

    private Bearer() {}

    /** @param user null with {@code Bearer} */
    record Shown(String token, @Nullable String user) {}

    /** @throws Problem 401 if the request has no token */
    public static String token(ServerRequest request) {
        return shown(request).token();
    }

    /** The user name that a request names; null if it names none. */
    static @Nullable String user(ServerRequest request) {
        String user = shown(request).user();
        return user == null || user.length() <= 128 ? user : user.substring(0, 128);
    }

    static Shown shown(ServerRequest request) {
        String header = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        if (header.length() > BEARER.length() && header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return new Shown(header.substring(BEARER.length()).strip(), null);
        }
        if (header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            String both = decoded(header.substring(BASIC.length()).strip());
            int colon = both.indexOf(':');
            if (colon >= 0 && colon < both.length() - 1) {
                return new Shown(both.substring(colon + 1), both.substring(0, colon));
            }
        }
        throw Problem.unauthorized("Send the token in the header 'Authorization: Bearer TOKEN'.");
    }

    private static String decoded(String credentials) {
        try {
            return new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
