package dev.updraft.server.access;

import dev.updraft.server.http.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The token in {@code Authorization: Bearer} (RFC 6750). Clients of hawkBit's Management API know only {@code Basic} (RFC 7617): they
 * send the token as the password, with any user name.
 */
public final class Bearer {
    private static final String BEARER = "Bearer ";
    private static final String BASIC = "Basic ";

    private Bearer() {}

    /** @throws Problem 401 if the request has no token */
    public static String token(ServerRequest request) {
        String header = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        if (header.length() > BEARER.length() && header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return header.substring(BEARER.length()).strip();
        }
        if (header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            String password = password(header.substring(BASIC.length()).strip());
            if (!password.isEmpty()) {
                return password;
            }
        }
        throw Problem.unauthorized("Send the token in the header 'Authorization: Bearer TOKEN'.");
    }

    private static String password(String credentials) {
        try {
            String both = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
            return both.substring(both.indexOf(':') + 1);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
