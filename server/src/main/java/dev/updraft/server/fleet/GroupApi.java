package dev.updraft.server.fleet;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.http.Json;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** {@code /api/v1/groups}. */
public final class GroupApi implements OperatorApi {
    private final Groups groups;

    public GroupApi(Groups groups) {
        this.groups = groups;
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, this::list)
                .put("/{name}", Role.OPERATOR, this::save)
                .delete("/{name}", Role.OPERATOR, this::remove);
    }

    record Wanted(String filter) {}

    record GroupList(List<Groups.Group> groups) {}

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Json.send(response, 200, new GroupList(groups.all(tenant)));
    }

    private void save(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        String name = request.path().pathParameters().get("name");
        Json.send(
                response,
                200,
                groups.save(tenant, name, Json.read(request, Wanted.class).filter()));
    }

    private void remove(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        groups.remove(tenant, request.path().pathParameters().get("name"));
        response.status(204).send();
    }
}
