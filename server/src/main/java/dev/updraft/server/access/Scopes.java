package dev.updraft.server.access;

import dev.updraft.server.http.Problem;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.regex.Pattern;

/**
 * ApiContext of the API that a token is narrowed to: {@code releases} for all of {@code /api/v1/releases}, {@code devices:read} for its GETs
 * alone, {@code hawkbit} for the Management API. A pipeline that publishes needs no more than {@code releases}.
 */
final class Scopes {
    private static final String READ = ":read";

    /** Apart from releases, so that a pipeline that publishes does not also say that what it publishes was rehearsed. */
    private static final Pattern REHEARSALS = Pattern.compile("/api/v1/releases/[^/]+/rehearsals(/[^/]+)?");

    private static final List<String> PARTS = List.of(
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

    static boolean allow(List<String> scopes, ServerRequest request) {
        if (scopes.isEmpty()) {
            return true;
        }
        String part = part(request.path().absolute().rawPath());
        Method method = request.prologue().method();
        boolean reads = method.equals(Method.GET) || method.equals(Method.HEAD);
        return scopes.contains(part) || (reads && scopes.contains(part + READ));
    }

    private static String part(String path) {
        if (REHEARSALS.matcher(path).matches()) {
            return "rehearsals";
        }
        String[] steps = path.split("/", 5);
        if (steps.length > 3 && steps[1].equals("api")) {
            return steps[3];
        }
        return steps.length > 1 && steps[1].equals("rest") ? "hawkbit" : steps.length > 1 ? steps[1] : "";
    }
}
