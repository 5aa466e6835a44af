package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.hawkbit.ddi.Targets;
import dev.updraft.server.http.Page;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

/** {@code /rest/v1/targetgroups}: the place of targets in a tree of names, such as {@code Europe/East}. */
final class GroupsApi implements OperatorApi {
    private static final int LONGEST = 256;

    private final Fleet fleet;
    private final Targets targets;
    private final TargetListing listing;

    GroupsApi(ApiContext parts) {
        this.fleet = parts.fleet();
        this.targets = parts.hawkbit().targets();
        this.listing = new TargetListing(parts);
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, this::list)
                .put("/", Role.OPERATOR, (request, response) -> fitting(request, response, query(request, "group")))
                .delete("/", Role.OPERATOR, (request, response) -> fitting(request, response, null))
                .get("/assigned", Role.VIEWER, this::below)
                .put(
                        "/assigned",
                        Role.OPERATOR,
                        (request, response) -> named(request, response, query(request, "group")))
                .delete("/assigned", Role.OPERATOR, (request, response) -> named(request, response, null))
                .get("/{group}/assigned", Role.VIEWER, this::assigned)
                .put("/{group}/assigned", Role.OPERATOR, (request, response) -> named(request, response, path(request)))
                .put("/{group}", Role.OPERATOR, (request, response) -> fitting(request, response, path(request)));
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        TreeSet<String> groups = new TreeSet<>();
        Page.scan(() -> {
            fleet.all(tenant).stream()
                    .map(device -> targets.get(device).group())
                    .filter(Objects::nonNull)
                    .forEach(groups::add);
            return true;
        });
        ArrayNode all = HawkbitJson.array();
        groups.forEach(all::add);
        HawkbitJson.sendJson(response, 200, all);
    }

    private void assigned(ServerRequest request, ServerResponse response) {
        String group = path(request);
        listing.send(
                request, response, device -> group.equals(targets.get(device).group()));
    }

    /** With the groups below it, if those are asked for. */
    private void below(ServerRequest request, ServerResponse response) {
        String group = query(request, "group");
        boolean deep = request.query().first("subgroups").orElse("").equals("true");
        listing.send(request, response, device -> {
            String own = targets.get(device).group();
            return own != null && (own.equals(group) || (deep && own.startsWith(group + "/")));
        });
    }

    private void named(ServerRequest request, ServerResponse response, @Nullable String group) {
        long tenant = Caller.of(request).tenant();
        List<Device> devices = RequestBody.names(request, "controllerId").stream()
                .map(id -> fleet.get(tenant, id))
                .toList();
        move(request, response, devices, group);
    }

    private void fitting(ServerRequest request, ServerResponse response, @Nullable String group) {
        long tenant = Caller.of(request).tenant();
        Predicate<Device> fits = listing.filter(tenant, query(request, "q"));
        List<Device> devices =
                Page.scan(() -> fleet.all(tenant).stream().filter(fits).toList());
        move(request, response, devices, group);
    }

    private void move(ServerRequest request, ServerResponse response, List<Device> devices, @Nullable String group) {
        String by = Caller.of(request).name();
        devices.forEach(device ->
                targets.change(fleet, device, before -> before.in(group).changedBy(by)));
        response.status(204).send();
    }

    private static String query(ServerRequest request, String name) {
        return checked(request.query().first(name).orElse(""), name);
    }

    private static String path(ServerRequest request) {
        return checked(request.path().pathParameters().get("group"), "group");
    }

    private static String checked(String text, String name) {
        if (text.isBlank() || text.length() > (name.equals("q") ? FilterApi.LONGEST_QUERY : LONGEST)) {
            throw Refusal.CONSTRAINT.of("'" + name + "' is missing, or too long.");
        }
        return text;
    }
}
