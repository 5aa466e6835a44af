package dev.updraft.server.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Page;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/devices}. */
public final class FleetApi implements OperatorApi {
    /** A part of a list that is longer under way is given as it is. */
    private static final long MOST_NANOS = 150_000_000;

    private static final int LOOK_AT_CLOCK = 256;

    private final Fleet fleet;
    private final Groups groups;

    public FleetApi(Fleet fleet, Groups groups) {
        this.fleet = fleet;
        this.groups = groups;
    }

    @Override
    public void routes(Routes routes) {
        routes.post("/", Role.OPERATOR, this::create)
                .get("/", Role.VIEWER, this::list)
                .get("/{id}", Role.VIEWER, this::get)
                .patch("/{id}", Role.OPERATOR, this::patch)
                .post("/{id}/token", Role.OPERATOR, this::renewToken)
                .delete("/{id}", Role.OPERATOR, this::delete);
    }

    record NewDevice(String id, @Nullable List<String> tags) {}

    /** @param gateway the only one that may act for the device; empty = any; null = as before */
    record Change(@Nullable List<String> tags, @Nullable String gateway) {}

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
            List<String> tags,
            @Nullable String gateway,
            @Nullable List<Report> history) {

        static DeviceView of(Device device, @Nullable List<Report> history) {
            CheckIn facts = device.facts();
            Long seen = device.seen() == 0 ? null : device.seen();
            if (facts == null) {
                return new DeviceView(
                        device.id(),
                        device.created(),
                        seen,
                        null,
                        null,
                        null,
                        null,
                        null,
                        device.tags(),
                        device.gateway(),
                        history);
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
                    device.tags(),
                    device.gateway(),
                    history);
        }
    }

    /**
     * @param total of those that fit; null where the list was asked for behind a device
     * @param next behind which device the next part begins; null at the end
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DeviceList(
            List<DeviceView> devices,
            @Nullable Long total,
            @Nullable String next) {}

    private void create(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        NewDevice wanted = Json.read(request, NewDevice.class);
        Fleet.Registered registered = fleet.register(tenant, wanted.id());
        if (wanted.tags() != null) {
            fleet.tag(registered.device(), wanted.tags());
        }
        Json.send(response, 201, new CreatedDevice(registered.device().id(), registered.token()));
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Page page = Page.of(request, 1_000, 10_000);
        String after = request.query().first("after").orElse(null);
        if (after != null) {
            Json.send(
                    response,
                    200,
                    behind(tenant, after, request.query().first("filter").orElse(""), page.limit()));
            return;
        }
        Predicate<Device> filter =
                groups.filter(tenant, request.query().first("filter").orElse(""));
        long[] total = {0};
        // The fleet is scanned, but only a page of it is kept and sorted.
        List<DeviceView> devices = page
                .cut(
                        fleet.all(tenant).stream().filter(filter).peek(device -> total[0]++),
                        Comparator.comparing(Device::id))
                .stream()
                .map(device -> DeviceView.of(device, null))
                .toList();
        Json.send(response, 200, new DeviceList(devices, total[0], null));
    }

    /**
     * A part of the list by key: what comes before it is not looked at, and what comes after it is not counted. Where few fit, it ends when
     * it has taken its time, and {@code next} goes on from there.
     */
    private DeviceList behind(long tenant, String after, String filter, int limit) {
        Predicate<Device> fits = groups.filter(tenant, filter);
        return Page.scan(() -> {
            List<DeviceView> part = new ArrayList<>();
            String last = after;
            long looked = 0;
            long until = System.nanoTime() + MOST_NANOS;
            for (Device device : fleet.after(tenant, after)) {
                boolean fit = fits.test(device);
                boolean full = fit && part.size() == limit;
                if (full || (++looked % LOOK_AT_CLOCK == 0 && System.nanoTime() - until > 0)) {
                    return new DeviceList(part, null, last);
                }
                if (fit) {
                    part.add(DeviceView.of(device, null));
                }
                last = device.id();
            }
            return new DeviceList(part, null, null);
        });
    }

    private void patch(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        Change change = Json.read(request, Change.class);
        if (change.tags() != null) {
            fleet.tag(device, change.tags());
        }
        if (change.gateway() != null) {
            fleet.pin(device, change.gateway().isEmpty() ? null : change.gateway());
        }
        Json.send(response, 200, DeviceView.of(device, null));
    }

    private void renewToken(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        Json.send(response, 200, new CreatedDevice(device.id(), fleet.renewToken(device)));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        boolean forever = request.query().first("forever").orElse("").equals("true");
        fleet.remove(device(request), forever);
        response.status(204).send();
    }

    private void get(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        Json.send(response, 200, DeviceView.of(device, fleet.history(device, 100)));
    }

    private Device device(ServerRequest request) {
        long tenant = Caller.of(request).tenant();
        return fleet.get(tenant, request.path().pathParameters().get("id"));
    }
}
