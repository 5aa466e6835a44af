package dev.updraft.server.access;

import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** {@code /api/v1/tenants}: fleets that know nothing of each other, made by an admin of the first one. */
public final class TenantApi implements OperatorApi {
    private final Operators operators;

    public TenantApi(Operators operators) {
        this.operators = operators;
    }

    @Override
    public void routes(Routes routes) {
        routes.post("/", Role.ADMIN, this::create).get("/", Role.ADMIN, this::list);
    }

    record NewTenant(String name) {}

    record TenantList(List<String> tenants) {}

    record CreatedTenant(String name, String token) {}

    private void list(ServerRequest request, ServerResponse response) {
        requireFirst(request);
        Json.send(response, 200, new TenantList(operators.tenants()));
    }

    private static void requireFirst(ServerRequest request) {
        if (Caller.of(request).tenant() != Operators.FIRST_TENANT) {
            throw Problem.forbidden("Only an admin of the first tenant sees and makes others.");
        }
    }

    private void create(ServerRequest request, ServerResponse response) {
        requireFirst(request);
        String name = Json.read(request, NewTenant.class).name();
        if (name == null || !name.matches("[A-Za-z0-9_-]{1,64}")) {
            throw Problem.badRequest("A tenant's name has 1 to 64 characters of A-Z a-z 0-9 _ -.");
        }
        Json.send(response, 201, new CreatedTenant(name, operators.createTenant(name)));
    }
}
