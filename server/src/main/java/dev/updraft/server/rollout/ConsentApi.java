package dev.updraft.server.rollout;

import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Role;
import dev.updraft.server.fleet.Fleet;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** {@code /api/v1/devices/{id}/consent}: for an application in which a device's user agrees to an update. */
public final class ConsentApi implements HttpService {
    private final Fleet fleet;
    private final DeviceUpdates updates;
    private final Operators operators;

    public ConsentApi(Fleet fleet, DeviceUpdates updates, Operators operators) {
        this.fleet = fleet;
        this.updates = updates;
        this.operators = operators;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/{id}/consent", this::agree);
    }

    private void agree(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.OPERATOR).tenant();
        updates.agree(fleet.get(tenant, request.path().pathParameters().get("id")));
        response.status(204).send();
    }
}
