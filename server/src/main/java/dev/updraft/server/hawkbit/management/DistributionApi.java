package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.Update;
import dev.updraft.server.store.Database;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** {@code /rest/v1/distributionsets}. */
final class DistributionApi implements OperatorApi {
    private final Database database;
    private final Fleet fleet;
    private final Releases releases;
    private final DeviceUpdates updates;
    private final Software software;
    private final Distributions distributions;
    private final DistributionViews views;
    private final TargetListing listing;
    private final Assignment assignment;

    DistributionApi(ApiContext parts) {
        this.database = parts.database();
        this.fleet = parts.fleet();
        this.releases = parts.releases();
        this.updates = parts.updates();
        this.software = parts.software();
        this.distributions = parts.distributions();
        this.views = new DistributionViews(parts);
        this.listing = new TargetListing(parts);
        this.assignment = new Assignment(parts);
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, this::list)
                .post("/", Role.OPERATOR, this::create)
                .get("/{id}", Role.VIEWER, this::get)
                .put("/{id}", Role.OPERATOR, this::change)
                .delete("/{id}", Role.OPERATOR, this::delete)
                .get("/{id}/metadata", Role.VIEWER, this::metadata)
                .get("/{id}/assignedSM", Role.VIEWER, this::modules)
                .post("/{id}/assignedSM", Role.OPERATOR, this::addModules)
                .delete("/{id}/assignedSM/{module}", Role.OPERATOR, this::removeModule)
                .post("/{id}/assignedTargets", Role.OPERATOR, this::assign)
                .get("/{id}/assignedTargets", Role.VIEWER, this::assigned)
                .get("/{id}/installedTargets", Role.VIEWER, this::installed);
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Links links = Links.of(request);
        HawkbitJson.sendJson(
                response,
                200,
                Listing.of(request).of(distributions.all(tenant).stream().map(set -> views.of(set, links))));
    }

    private record Wanted(Distributions.Distribution set, List<Long> modules) {}

    private void create(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        long now = System.currentTimeMillis();
        List<Wanted> wanted = new ArrayList<>();
        for (JsonNode body : RequestBody.list(request)) {
            List<Long> modules =
                    moduleKeys(tenant, body.path("modules").valueStream().toList());
            wanted.add(new Wanted(
                    new Distributions.Distribution(
                            0,
                            tenant,
                            RequestBody.textOr(body, "type", "os_app") + "",
                            RequestBody.text(body, "name"),
                            RequestBody.text(body, "version"),
                            RequestBody.textOr(body, "description", null),
                            now,
                            null,
                            false),
                    modules));
        }
        // All of them or none.
        List<Distributions.Distribution> added = database.write(handle -> wanted.stream()
                .map(one -> distributions.add(handle, one.set(), one.modules()))
                .toList());
        Links links = Links.of(request);
        ArrayNode created = HawkbitJson.array();
        added.forEach(set -> created.add(views.of(set, links)));
        HawkbitJson.sendJson(response, 201, created);
    }

    private List<Long> moduleKeys(long tenant, List<JsonNode> modules) {
        return modules.stream()
                .map(module ->
                        software.get(tenant, RequestBody.number(module, "id")).key())
                .toList();
    }

    private void get(ServerRequest request, ServerResponse response) {
        HawkbitJson.sendJson(response, 200, views.of(known(request), Links.of(request)));
    }

    private void change(ServerRequest request, ServerResponse response) {
        Distributions.Distribution set = set(request);
        distributions.describe(set, RequestBody.textOr(RequestBody.body(request), "description", set.description()));
        HawkbitJson.sendJson(response, 200, views.of(set(request), Links.of(request)));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        distributions.remove(known(request));
        response.status(204).send();
    }

    /** There is none: it cannot be set. */
    private void metadata(ServerRequest request, ServerResponse response) {
        known(request);
        HawkbitJson.sendJson(response, 200, Listing.of(request).of(Stream.empty()));
    }

    private void modules(ServerRequest request, ServerResponse response) {
        Distributions.Distribution set = set(request);
        Links links = Links.of(request);
        HawkbitJson.sendJson(
                response,
                200,
                Listing.of(request)
                        .of(distributions.modules(set.key()).stream().map(module -> views.of(module, links))));
    }

    private void addModules(ServerRequest request, ServerResponse response) {
        Distributions.Distribution set = set(request);
        distributions.addModules(set, moduleKeys(set.tenant(), RequestBody.list(request)));
        response.send();
    }

    private void removeModule(ServerRequest request, ServerResponse response) {
        distributions.removeModule(set(request), RequestBody.key(request, "module"));
        response.send();
    }

    private void assign(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        TargetApi.requireOnline(request);
        Distributions.Distribution set = distributions.get(caller.tenant(), RequestBody.key(request, "id"));
        List<Assignment.One> to = RequestBody.list(request).stream()
                .map(body -> new Assignment.One(
                        fleet.get(caller.tenant(), RequestBody.text(body, "id")), ActionViews.mode(body)))
                .toList();
        Assignment.Outcome outcome = new Assignment.Outcome();
        assignment.assign(set, to, caller, outcome);
        HawkbitJson.sendJson(response, 200, outcome.json());
    }

    private void assigned(ServerRequest request, ServerResponse response) {
        targets(
                request,
                response,
                (device, image) -> updates.of(device).stream()
                        .anyMatch(update -> update.rollout() == Update.ASSIGNED
                                && update.state() != Update.State.CANCELLED
                                && update.digest().equals(image.digest())));
    }

    private void installed(ServerRequest request, ServerResponse response) {
        targets(request, response, (device, image) -> {
            CheckIn facts = device.facts();
            return facts != null && facts.digest().equals(image.digest());
        });
    }

    private void targets(ServerRequest request, ServerResponse response, BiPredicate<Device, Release.Image> which) {
        Distributions.Distribution set = set(request);
        Release.Image image = set.release() == null
                ? null
                : releases.get(set.tenant(), set.release()).onlyImage();
        listing.send(request, response, device -> image != null && which.test(device, image));
    }

    private Distributions.Distribution known(ServerRequest request) {
        return distributions.known(Caller.of(request).tenant(), RequestBody.key(request, "id"));
    }

    private Distributions.Distribution set(ServerRequest request) {
        return distributions.get(Caller.of(request).tenant(), RequestBody.key(request, "id"));
    }
}
