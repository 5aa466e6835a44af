package dev.updraft.server.fleet;

import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Role;
import dev.updraft.server.http.Json;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** {@code /api/v1/groups}. */
public final class GroupApi implements HttpService {
    private final Groups groups;
    private final Operators operators;

    public GroupApi(Groups groups, Operators operators) {
        this.groups = groups;
        this.operators = operators;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::list).put("/{name}", this::save).delete("/{name}", this::remove);
    }

    record Wanted(String filter) {}

    record GroupList(List<Groups.Group> groups) {}

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.VIEWER).tenant();
        Json.send(response, 200, new GroupList(groups.all(tenant)));
    }

    private void save(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.OPERATOR).tenant();
        String name = request.path().pathParameters().get("name");
        Json.send(
                response,
                200,
                groups.save(tenant, name, Json.read(request, Wanted.class).filter()));
    }

    private void remove(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.OPERATOR).tenant();
        groups.remove(tenant, request.path().pathParameters().get("name"));
        response.status(204).send();
    }
}
