package dev.updraft.server.access;

import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** {@code /api/v1/users}. */
public final class UserApi implements HttpService {
    private final Operators operators;

    public UserApi(Operators operators) {
        this.operators = operators;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/", this::create).get("/", this::list).delete("/{name}", this::remove);
    }

    record NewUser(String name, Role role) {}

    record UserList(List<Users.User> users) {}

    private void create(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.ADMIN).tenant();
        NewUser wanted = Json.read(request, NewUser.class);
        if (!wanted.name().matches("[\\p{L}\\p{N}._@-]{1,64}")) {
            throw Problem.badRequest("A user's name has 1 to 64 letters, digits or . _ @ - characters.");
        }
        Json.send(response, 201, operators.users().create(tenant, wanted.name(), wanted.role()));
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.ADMIN).tenant();
        Json.send(response, 200, new UserList(operators.users().all(tenant)));
    }

    private void remove(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.ADMIN).tenant();
        operators.removeUser(tenant, request.path().pathParameters().get("name"));
        response.status(204).send();
    }
}
