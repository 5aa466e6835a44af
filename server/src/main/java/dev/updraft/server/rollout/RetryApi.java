package dev.updraft.server.rollout;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.http.Json;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** {@code /api/v1/devices/{id}/retry}: a device that gave a release up is to try it again. */
public final class RetryApi implements OperatorApi {
    private final Fleet fleet;
    private final DeviceUpdates updates;

    public RetryApi(Fleet fleet, DeviceUpdates updates) {
        this.fleet = fleet;
        this.updates = updates;
    }

    @Override
    public void routes(Routes routes) {
        routes.post("/{id}/retry", Role.OPERATOR, this::retry);
    }

    private void retry(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Update update = updates.tryAgain(
                fleet.get(caller.tenant(), request.path().pathParameters().get("id")), caller.name());
        Json.send(response, 200, update);
    }
}
