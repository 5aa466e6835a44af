package dev.updraft.server.access;

import dev.updraft.server.http.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;

/** The {@code Authorization: Bearer} header (RFC 6750). */
public final class Bearer {
    private static final String SCHEME = "Bearer ";

    private Bearer() {}

    /** @throws Problem 401 if the request has no bearer token */
    public static String token(ServerRequest request) {
        String header = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        if (header.length() <= SCHEME.length() || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw Problem.unauthorized("Send the token in the header 'Authorization: Bearer TOKEN'.");
        }
        return header.substring(SCHEME.length()).strip();
    }
}
