package dev.updraft.server.rollout;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/devices/{id}/updates|offer|why}: what one device is offered, and why not something else. */
public final class DeviceUpdateApi implements OperatorApi {
    private final Fleet fleet;
    private final Releases releases;
    private final DeviceUpdates updates;

    public DeviceUpdateApi(Fleet fleet, Releases releases, DeviceUpdates updates) {
        this.fleet = fleet;
        this.releases = releases;
        this.updates = updates;
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/{id}/updates", Role.VIEWER, this::list)
                .post("/{id}/offer", Role.OPERATOR, this::offer)
                .get("/{id}/why", Role.VIEWER, this::why);
    }

    record UpdateList(List<Update> updates) {}

    record Wanted(long release) {}

    /** @param update null if the device has it, or it is under way already */
    record Offered(@Nullable Update update) {}

    private void list(ServerRequest request, ServerResponse response) {
        List<Update> newestFirst = updates.of(device(request)).stream()
                .sorted(Comparator.comparingLong(Update::changed).reversed())
                .toList();
        Json.send(response, 200, new UpdateList(newestFirst));
    }

    private void offer(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Device device = device(request);
        Release release =
                releases.get(caller.tenant(), Json.read(request, Wanted.class).release());
        Update update =
                updates.assign(device, release, InstallMode.FORCED, caller.name(), false, (handle, stopped) -> {});
        Json.send(response, 200, new Offered(update));
    }

    private void why(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        String release = request.query().first("release").orElse("");
        if (!release.matches("\\d{1,18}")) {
            throw Problem.badRequest("'release' is the number of a release.");
        }
        long tenant = Caller.of(request).tenant();
        Json.send(response, 200, updates.why(device, releases.get(tenant, Long.parseLong(release))));
    }

    private Device device(ServerRequest request) {
        return fleet.get(
                Caller.of(request).tenant(), request.path().pathParameters().get("id"));
    }
}
