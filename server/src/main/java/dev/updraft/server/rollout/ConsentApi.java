package dev.updraft.server.rollout;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.fleet.Fleet;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** {@code /api/v1/devices/{id}/consent}: for an application in which a device's user agrees to an update. */
public final class ConsentApi implements OperatorApi {
    private final Fleet fleet;
    private final DeviceUpdates updates;

    public ConsentApi(Fleet fleet, DeviceUpdates updates) {
        this.fleet = fleet;
        this.updates = updates;
    }

    @Override
    public void routes(Routes routes) {
        routes.post("/{id}/consent", Role.OPERATOR, this::agree);
    }

    private void agree(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        updates.agree(fleet.get(tenant, request.path().pathParameters().get("id")));
        response.status(204).send();
    }
}
