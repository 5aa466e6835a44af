package dev.updraft.server.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Role;
import dev.updraft.server.http.Json;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/devices}. */
public final class FleetApi implements HttpService {
    private final Fleet fleet;
    private final Operators operators;

    public FleetApi(Fleet fleet, Operators operators) {
        this.fleet = fleet;
        this.operators = operators;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/", this::create).get("/", this::list).get("/{id}", this::get);
    }

    record NewDevice(String id) {}

    record CreatedDevice(String id, String token) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DeviceView(
            String id,
            long created,
            @Nullable Long lastSeen,
            @Nullable String board,
            @Nullable Digest digest,
            @Nullable String version,
            @Nullable Boolean trial,
            @Nullable Map<String, String> attributes,
            @Nullable List<Report> history) {

        static DeviceView of(Device device, @Nullable List<Report> history) {
            Facts facts = device.facts();
            Long seen = device.seen() == 0 ? null : device.seen();
            if (facts == null) {
                return new DeviceView(device.id(), device.created(), seen, null, null, null, null, null, history);
            }
            return new DeviceView(
                    device.id(),
                    device.created(),
                    seen,
                    facts.board(),
                    facts.digest(),
                    facts.version(),
                    facts.trial(),
                    facts.attributes(),
                    history);
        }
    }

    record DeviceList(List<DeviceView> devices) {}

    private void create(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.OPERATOR).tenant();
        Fleet.Registered registered =
                fleet.register(tenant, Json.read(request, NewDevice.class).id());
        Json.send(response, 201, new CreatedDevice(registered.device().id(), registered.token()));
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.VIEWER).tenant();
        List<DeviceView> devices = fleet.all(tenant).stream()
                .sorted(Comparator.comparing(Device::id))
                .map(device -> DeviceView.of(device, null))
                .toList();
        Json.send(response, 200, new DeviceList(devices));
    }

    private void get(ServerRequest request, ServerResponse response) {
        long tenant = operators.require(request, Role.VIEWER).tenant();
        Device device = fleet.get(tenant, request.path().pathParameters().get("id"));
        Json.send(response, 200, DeviceView.of(device, fleet.history(device, 100)));
    }
}
