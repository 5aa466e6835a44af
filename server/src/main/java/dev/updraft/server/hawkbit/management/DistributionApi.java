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
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.hawkbit.ddi.Settings;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.InstallMode;
import dev.updraft.server.rollout.Rollouts;
import dev.updraft.server.store.Database;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** {@code /rest/v1/distributionsets}. */
final class DistributionApi implements OperatorApi {
    private final Database database;
    private final Rollouts rollouts;
    private final Settings settings;
    private final Types types;
    private final AutoAssignments autoAssignments;
    private final TargetFilters targetFilters;
    private final Fleet fleet;
    private final Releases releases;
    private final Software software;
    private final Distributions distributions;
    private final DistributionViews views;
    private final TargetListing listing;
    private final Assignment assignment;

    DistributionApi(ApiContext parts) {
        this.database = parts.database();
        this.rollouts = parts.rollouts();
        this.settings = parts.hawkbit().settings();
        this.types = parts.types();
        this.autoAssignments = parts.autoAssignments();
        this.targetFilters = parts.targetFilters();
        this.fleet = parts.fleet();
        this.releases = parts.releases();
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
                .get("/{id}/statistics", Role.VIEWER, (request, response) -> statistics(request, response, "all"))
                .get(
                        "/{id}/statistics/rollouts",
                        Role.VIEWER,
                        (request, response) -> statistics(request, response, "rollouts"))
                .get(
                        "/{id}/statistics/actions",
                        Role.VIEWER,
                        (request, response) -> statistics(request, response, "actions"))
                .get(
                        "/{id}/statistics/autoassignments",
                        Role.VIEWER,
                        (request, response) -> statistics(request, response, "autoassignments"))
                .get("/{id}/autoAssignTargetFilters", Role.VIEWER, this::filters)
                .get("/{id}/autoAssignments", Role.VIEWER, this::autoAssignments)
                .post("/{id}/invalidate", Role.OPERATOR, this::invalidate)
                .get("/{id}/assignedSM", Role.VIEWER, this::modules)
                .post("/{id}/assignedSM", Role.OPERATOR, this::addModules)
                .delete("/{id}/assignedSM/{module}", Role.OPERATOR, this::removeModule)
                .post("/{id}/assignedTargets", Role.OPERATOR, this::assign)
                .get("/{id}/assignedTargets", Role.VIEWER, this::assigned)
                .get("/{id}/installedTargets", Role.VIEWER, this::installed);
    }

    private void list(ServerRequest request, ServerResponse response) {
        Links links = Links.of(request);
        HawkbitJson.sendJson(
                response,
                200,
                distributions
                        .rows("")
                        .page(
                                Listing.of(request),
                                set -> views.of(set, links, false),
                                Caller.of(request).tenant()));
    }

    private void create(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        List<Distributions.New> wanted = new ArrayList<>();
        for (JsonNode body : RequestBody.list(request)) {
            requireNoMigrationStep(body);
            String type = RequestBody.textOr(body, "type", null, 64);
            wanted.add(new Distributions.New(
                    type == null ? usualType(caller.tenant()) : type,
                    RequestBody.text(body, "name", 128),
                    RequestBody.text(body, "version", 64),
                    RequestBody.textOr(body, "description", null, 512),
                    moduleKeys(
                            caller.tenant(), body.path("modules").valueStream().toList()),
                    Boolean.TRUE.equals(RequestBody.flag(body, "locked"))));
        }
        Links links = Links.of(request);
        ArrayNode created = HawkbitJson.array();
        distributions.add(caller, wanted).forEach(set -> created.add(views.of(set, links, false)));
        HawkbitJson.sendJson(response, 201, created);
    }

    private String usualType(long tenant) {
        long number = settings.get(tenant, Settings.SET_TYPE).asLong();
        return number == 0
                ? "os_app"
                : types.get(tenant, Types.Kind.SET, number).typeKey();
    }

    /** It would say what a later assignment must not replace. */
    private static void requireNoMigrationStep(JsonNode body) {
        if (Boolean.TRUE.equals(RequestBody.flag(body, "requiredMigrationStep"))) {
            throw Problem.notImplemented(
                    "'requiredMigrationStep' is not implemented: a newer assignment replaces an older"
                            + " one. Nothing was made; say which versions a release may follow with 'from' in Updraft's own API.");
        }
    }

    private List<Long> moduleKeys(long tenant, List<JsonNode> modules) {
        return modules.stream()
                .map(module ->
                        software.get(tenant, RequestBody.number(module, "id")).key())
                .toList();
    }

    private void get(ServerRequest request, ServerResponse response) {
        HawkbitJson.sendJson(response, 200, views.of(known(request), Links.of(request), true));
    }

    private void change(ServerRequest request, ServerResponse response) {
        Distributions.Distribution set = set(request);
        JsonNode body = RequestBody.body(request);
        requireNoMigrationStep(body);
        Boolean locked = RequestBody.flag(body, "locked");
        if (locked != null && locked != set.locked()) {
            distributions.lock(set, locked);
        }
        distributions.change(
                set(request),
                Objects.requireNonNull(RequestBody.textOr(body, "name", set.name(), 128)),
                Objects.requireNonNull(RequestBody.textOr(body, "version", set.version(), 64)),
                RequestBody.textOr(body, "description", set.description(), 512),
                Caller.of(request).name());
        HawkbitJson.sendPlain(response, views.of(set(request), Links.of(request), true));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        Distributions.Distribution set = known(request);
        autoAssignments.removeOf(set.tenant(), set.key());
        distributions.remove(set);
        response.status(204).send();
    }

    private void modules(ServerRequest request, ServerResponse response) {
        Distributions.Distribution set = set(request);
        Links links = Links.of(request);
        HawkbitJson.sendJson(
                response,
                200,
                software.rows(" AND m.key IN (SELECT module FROM distribution_set_module WHERE distribution_set = ?)")
                        .page(Listing.of(request), module -> views.of(module, links, false), set.tenant(), set.key()));
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
        Distributions.Distribution set = distributions.get(caller.tenant(), RequestBody.key(request, "id"));
        List<Assignment.One> to = new ArrayList<>();
        for (JsonNode body : RequestBody.list(request)) {
            InstallMode mode = assignment.mode(caller.tenant(), body);
            // As in hawkBit, one that is not there is passed over: the answer counts those that are.
            Device device = fleet.find(caller.tenant(), RequestBody.text(body, "id", 256));
            if (device != null) {
                to.add(new Assignment.One(device, mode));
            }
        }
        Assignment.Outcome outcome = new Assignment.Outcome();
        assignment.assign(set, to, caller, outcome, Assignment.isOffline(request));
        HawkbitJson.sendJson(response, 200, outcome.json(Links.of(request)));
    }

    /** What is under way of it is stopped as {@code actionCancelationType} says, and nothing gives it out any more. */
    private void invalidate(ServerRequest request, ServerResponse response) {
        Distributions.Distribution set = set(request);
        JsonNode body = RequestBody.body(request);
        RequestBody.requireKnown(body, Set.of("actionCancelationType", "cancelRollouts"), "an invalidation");
        String how = RequestBody.text(body, "actionCancelationType").toLowerCase(Locale.ROOT);
        if (!List.of("soft", "force", "none").contains(how)) {
            throw Refusal.NOT_READABLE.of("'actionCancelationType' is soft, force or none.");
        }
        distributions.invalidate(set, Caller.of(request).name());
        autoAssignments.removeOf(set.tenant(), set.key());
        if (set.release() != null) {
            boolean stops = !how.equals("none") || Boolean.TRUE.equals(RequestBody.flag(body, "cancelRollouts"));
            if (stops) {
                rollouts.abortOf(set.tenant(), set.release());
            }
            if (!how.equals("none")) {
                assignment.stopAll(set.tenant(), releases.get(set.tenant(), set.release()), how.equals("force"));
            }
        }
        response.status(204).send();
    }

    private void statistics(ServerRequest request, ServerResponse response, String part) {
        Distributions.Distribution set = known(request);
        HawkbitJson.sendJson(response, 200, new SetStatistics(database).of(set, part));
    }

    private void autoAssignments(ServerRequest request, ServerResponse response) {
        autoAssignments.send(request, response, Long.valueOf(known(request).key()));
    }

    private void filters(ServerRequest request, ServerResponse response) {
        targetFilters.send(request, response, known(request).key());
    }

    private void assigned(ServerRequest request, ServerResponse response) {
        targets(request, response, (device, image) -> image.digest().equals(listing.assigned(device)));
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
