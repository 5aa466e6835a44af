package dev.updraft.server.release;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.http.Json;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** {@code /api/v1/settings}: what holds for all of a tenant's releases. */
public final class SettingsApi implements OperatorApi {
    private final RehearsalRules rules;

    public SettingsApi(RehearsalRules rules) {
        this.rules = rules;
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, this::get).patch("/", Role.ADMIN, this::change);
    }

    private void get(ServerRequest request, ServerResponse response) {
        Json.send(response, 200, rules.of(Caller.of(request).tenant()));
    }

    private void change(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Json.send(response, 200, rules.change(tenant, Json.read(request, RehearsalRule.Change.class)));
    }
}
