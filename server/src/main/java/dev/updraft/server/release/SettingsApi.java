package dev.updraft.server.release;

import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Role;
import dev.updraft.server.http.Json;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** {@code /api/v1/settings}: what holds for all of a tenant's releases. */
public final class SettingsApi implements HttpService {
    private final RehearsalRules rules;
    private final Operators operators;

    public SettingsApi(RehearsalRules rules, Operators operators) {
        this.rules = rules;
        this.operators = operators;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::get).patch("/", this::change);
    }

    private void get(ServerRequest request, ServerResponse response) {
        Json.send(
                response, 200, rules.of(operators.require(request, Role.VIEWER).tenant()));
    }

    private void change(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.ADMIN).tenant();
        Json.send(response, 200, rules.change(tenant, Json.read(request, RehearsalRule.Change.class)));
    }
}
