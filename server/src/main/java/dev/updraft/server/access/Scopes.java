package dev.updraft.server.access;

import dev.updraft.server.http.Problem;
import java.util.List;

/**
 * Parts of the API that a token is narrowed to: {@code releases} for all of {@code /api/v1/releases}, {@code devices:read} for its GETs
 * alone, {@code hawkbit} for the Management API. A pipeline that publishes needs no more than {@code releases}.
 */
final class Scopes {
    private static final String READ = ":read";

    /** Of tokens that act for devices ({@code server.gateway}); it opens nothing of the operator API. */
    static final String GATEWAY = "gateway";

    static final List<String> PARTS = List.of(
            "devices",
            "groups",
            "releases",
            "rollouts",
            "provisioning-keys",
            "tokens",
            "users",
            "tenants",
            "settings",
            "audit",
            "webhooks",
            "events",
            "metrics",
            "rehearsals",
            GATEWAY,
            "hawkbit");

    private Scopes() {}

    /** @throws Problem 400 if one of them is none */
    static void check(List<String> scopes) {
        for (String scope : scopes) {
            String part = scope.endsWith(READ) ? scope.substring(0, scope.length() - READ.length()) : scope;
            if (!PARTS.contains(part)) {
                throw Problem.badRequest("There is no scope '" + scope + "'; there are " + String.join(", ", PARTS)
                        + ", each also with :read behind it.");
            }
        }
    }

    static boolean allow(List<String> scopes, Routes.Route route) {
        return scopes.isEmpty()
                || scopes.contains(route.scope())
                || (route.reads() && scopes.contains(route.scope() + READ));
    }
}
