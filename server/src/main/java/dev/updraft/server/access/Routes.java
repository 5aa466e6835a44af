package dev.updraft.server.access;

import dev.updraft.server.http.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The routes for operators, each with the role and the scope that it needs. Who may do something is decided by the route that a request has
 * come to, never by how its path is spelled.
 */
public final class Routes {
    private final HttpRules rules;
    private final Operators operators;
    private final List<Route> table;
    private final Map<Key, Handler> handlers;
    private final String base;
    private final String scope;

    /**
     * One of them.
     *
     * @param path a pattern such as {@code /api/v1/devices/{id}}
     * @param role null = anybody, without a token
     * @param scope of {@link Scopes#PARTS}; reading needs no more than {@code SCOPE:read}
     */
    public record Route(
            Method method, String path, @Nullable Role role, String scope) {
        /** Whether it changes nothing. */
        public boolean reads() {
            return method.equals(Method.GET) || method.equals(Method.HEAD);
        }
    }

    private record Key(Method method, String path) {}

    public Routes(HttpRules rules, Operators operators) {
        this(rules, operators, new ArrayList<>(), new HashMap<>(), "", "");
    }

    private Routes(
            HttpRules rules,
            Operators operators,
            List<Route> table,
            Map<Key, Handler> handlers,
            String base,
            String scope) {
        this.rules = rules;
        this.operators = operators;
        this.table = table;
        this.handlers = handlers;
        this.base = base;
        this.scope = scope;
    }

    /** Adds {@code api} under {@code path}; its routes need {@code ofScope} unless they say otherwise. */
    public Routes add(String path, String ofScope, OperatorApi api) {
        api.routes(new Routes(rules, operators, table, handlers, base + path, ofScope));
        return this;
    }

    /** Adds {@code api} under {@code path} with this one's scope. */
    public Routes add(String path, OperatorApi api) {
        return add(path, scope, api);
    }

    /** The same place, for routes that need another scope. */
    public Routes scope(String other) {
        return new Routes(rules, operators, table, handlers, base, other);
    }

    public Routes get(String path, Role role, Handler handler) {
        return route(Method.GET, path, role, handler);
    }

    public Routes post(String path, Role role, Handler handler) {
        return route(Method.POST, path, role, handler);
    }

    public Routes put(String path, Role role, Handler handler) {
        return route(Method.PUT, path, role, handler);
    }

    public Routes patch(String path, Role role, Handler handler) {
        return route(Method.PATCH, path, role, handler);
    }

    public Routes delete(String path, Role role, Handler handler) {
        return route(Method.DELETE, path, role, handler);
    }

    /** For anybody, without a token. */
    public Routes open(String path, Handler handler) {
        Route route = new Route(Method.GET, full(path), null, scope);
        table.add(route);
        rules.route(Method.GET, route.path(), handler);
        return this;
    }

    /** What has a route is there; another method than its own is 405, and says which there are. After all others. */
    public Routes otherMethods() {
        Map<String, Set<String>> methods = new LinkedHashMap<>();
        table.forEach(route -> methods.computeIfAbsent(route.path(), path -> new TreeSet<>())
                .add(route.method().text()));
        methods.forEach((path, own) -> rules.any(path, (request, response) -> {
            response.header(HeaderNames.ALLOW, String.join(", ", own));
            throw Problem.methodNotAllowed("This takes " + String.join(", ", own) + ", and not "
                    + request.prologue().method().text() + ".");
        }));
        return this;
    }

    private String full(String path) {
        return base + (path.equals("/") ? "" : path);
    }

    private Routes route(Method method, String path, Role role, Handler handler) {
        Scopes.check(List.of(scope));
        Route route = new Route(method, full(path), role, scope);
        table.add(route);
        Handler asking = (request, response) -> {
            request.context().register(operators.require(request, route));
            handler.handle(request, response);
        };
        handlers.put(new Key(method, route.path()), asking);
        rules.route(method, route.path(), asking);
        return this;
    }

    /**
     * What answers on the route {@code path}; it asks for the caller's token, role and scope as it does for whoever comes over the network.
     *
     * @param path the whole pattern, such as {@code /api/v1/devices/{id}}
     */
    public Handler handler(Method method, String path) {
        Handler handler = handlers.get(new Key(method, path));
        if (handler == null) {
            throw new IllegalArgumentException("there is no route " + method.text() + " " + path);
        }
        return handler;
    }

    /** All that were added here and below. */
    public List<Route> table() {
        return List.copyOf(table);
    }
}
