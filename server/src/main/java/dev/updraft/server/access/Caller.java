package dev.updraft.server.access;

import io.helidon.webserver.http.ServerRequest;
import java.util.List;

/**
 * An operator that has shown a valid token.
 *
 * @param tenant key of the tenant that the token belongs to; nothing of another tenant is visible
 * @param name of the user that the token belongs to, else the one that the token was given
 * @param scopes see {@link Scopes}; empty = whatever the role may
 * @param token key of the token; 0 = a password
 * @param person true if the token or password belongs to a user
 * @param session true for a log-in of the console
 * @param expires milliseconds since 1970; {@link Long#MAX_VALUE} = never
 */
public record Caller(
        long tenant,
        String name,
        Role role,
        List<String> scopes,
        long expires,
        long token,
        boolean person,
        boolean session) {
    /** Whoever sent {@code request}, on a route of {@link Routes}. */
    public static Caller of(ServerRequest request) {
        return request.context()
                .get(Caller.class)
                .orElseThrow(() ->
                        new IllegalStateException("the route of " + request.prologue() + " asks nobody who it is"));
    }

    public Caller(long tenant, String name, Role role) {
        this(tenant, name, role, List.of(), Long.MAX_VALUE, 0, true, false);
    }
}
