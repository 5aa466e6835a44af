package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.access.Secret;
import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.hawkbit.ddi.Target;
import dev.updraft.server.hawkbit.ddi.Targets;
import dev.updraft.server.http.Problem;
import dev.updraft.server.rollout.Action;
import dev.updraft.server.rollout.Actions;
import dev.updraft.server.rollout.Update;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /rest/v1/targets}: devices. */
final class TargetApi implements OperatorApi {
    private static final int LONGEST_TOKEN = 128;

    private final Fleet fleet;
    private final Targets targets;
    private final Actions actions;
    private final TargetViews views;
    private final TargetListing listing;
    private final Distributions distributions;
    private final DistributionViews distributionViews;
    private final ActionViews actionViews;
    private final Assignment assignment;

    TargetApi(ApiContext parts) {
        this.fleet = parts.fleet();
        this.targets = parts.hawkbit().targets();
        this.actions = parts.hawkbit().actions();
        this.views = new TargetViews(targets, parts.updates());
        this.listing = new TargetListing(parts);
        this.distributions = parts.distributions();
        this.distributionViews = new DistributionViews(parts);
        this.actionViews = new ActionViews(parts.releases(), parts.distributions());
        this.assignment = new Assignment(parts);
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, this::list)
                .post("/", Role.OPERATOR, this::create)
                .get("/{id}", Role.VIEWER, this::get)
                .put("/{id}", Role.OPERATOR, this::change)
                .delete("/{id}", Role.OPERATOR, this::delete)
                .get("/{id}/attributes", Role.VIEWER, this::attributes)
                .get("/{id}/assignedDS", Role.VIEWER, (request, response) -> set(request, response, false))
                .post("/{id}/assignedDS", Role.OPERATOR, this::assign)
                .get("/{id}/installedDS", Role.VIEWER, (request, response) -> set(request, response, true))
                .get("/{id}/autoConfirm", Role.VIEWER, this::autoConfirm)
                .post("/{id}/autoConfirm/activate", Role.OPERATOR, this::activate)
                .post("/{id}/autoConfirm/deactivate", Role.OPERATOR, this::deactivate)
                .get("/{id}/tags", Role.VIEWER, this::tags);
    }

    private void list(ServerRequest request, ServerResponse response) {
        listing.send(request, response, device -> true);
    }

    private record Wanted(
            String id,
            String token,
            @Nullable String name,
            @Nullable String description) {}

    private void create(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        List<Wanted> all = new ArrayList<>();
        for (JsonNode body : RequestBody.list(request)) {
            String id = RequestBody.text(body, "controllerId");
            String token = RequestBody.textOr(body, "securityToken", null);
            if (fleet.find(caller.tenant(), id) != null) {
                throw Problem.conflict("The target '" + id + "' is there already.");
            }
            if (token != null && token.length() > LONGEST_TOKEN) {
                throw Problem.badRequest("A securityToken has at most " + LONGEST_TOKEN + " characters.");
            }
            all.add(new Wanted(
                    id,
                    token == null || token.isBlank() ? Secret.newToken() : token,
                    RequestBody.textOr(body, "name", null),
                    RequestBody.textOr(body, "description", null)));
        }
        Links links = Links.of(request);
        ArrayNode created = HawkbitJson.array();
        Map<String, Target> held = new HashMap<>();
        Map<String, Wanted> byId = new HashMap<>();
        all.forEach(wanted -> byId.put(wanted.id(), wanted));
        List<Fleet.New> news = all.stream()
                .map(wanted -> new Fleet.New(wanted.id(), wanted.token()))
                .toList();
        List<Device> devices = fleet.registerAll(caller.tenant(), news, (handle, device) -> {
            Wanted wanted = Objects.requireNonNull(byId.get(device.id()));
            Target target = targets.get(device)
                    .described(wanted.name(), wanted.description())
                    .holding(wanted.token());
            targets.write(handle, target);
            held.put(device.id(), target);
        });
        for (Device device : devices) {
            targets.hold(Objects.requireNonNull(held.get(device.id())));
            created.add(views.of(device, links));
        }
        HawkbitJson.sendJson(response, 201, created);
    }

    private void get(ServerRequest request, ServerResponse response) {
        HawkbitJson.sendJson(response, 200, views.of(device(request), Links.of(request)));
    }

    private void change(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        JsonNode body = RequestBody.body(request);
        Target before = targets.get(device);
        Target after = before.described(
                RequestBody.textOr(body, "name", before.name()),
                RequestBody.textOr(body, "description", before.description()));
        String token = RequestBody.textOr(body, "securityToken", null);
        if (token != null && !token.isBlank()) {
            fleet.token(device, token);
            after = after.holding(token);
        }
        if (body.path("requestAttributes").asBoolean(false)) {
            after = after.wanting(true);
        }
        targets.save(after);
        HawkbitJson.sendJson(response, 200, views.of(device, Links.of(request)));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        fleet.remove(device);
        targets.forget(device);
        response.status(204).send();
    }

    private void attributes(ServerRequest request, ServerResponse response) {
        CheckIn facts = device(request).facts();
        ObjectNode body = HawkbitJson.object();
        if (facts != null) {
            new TreeMap<>(facts.attributes()).forEach(body::put);
        }
        HawkbitJson.sendJson(response, 200, body);
    }

    private void set(ServerRequest request, ServerResponse response, boolean installed) {
        Device device = device(request);
        Update update = actions.of(device).stream()
                .map(Action::update)
                .filter(one ->
                        installed ? one.state() == Update.State.CONFIRMED : one.state() != Update.State.CANCELLED)
                .findFirst()
                .orElse(null);
        Distributions.Distribution set = update == null ? null : actionViews.distribution(device.tenant(), update);
        if (set == null) {
            response.status(204).send();
        } else {
            HawkbitJson.sendJson(response, 200, distributionViews.of(set, Links.of(request)));
        }
    }

    /** @throws Problem 501 for an assignment that only records what was done by hand: it must not start an update */
    static void requireOnline(ServerRequest request) {
        if (request.query().first("offline").orElse("").equals("true")) {
            throw Problem.notImplemented("An offline assignment, which records an update that was made by hand, is not"
                    + " implemented; nothing was assigned. A device says itself what it runs.");
        }
    }

    private void assign(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        requireOnline(request);
        Device device = fleet.get(caller.tenant(), RequestBody.id(request));
        Assignment.Outcome outcome = new Assignment.Outcome();
        for (JsonNode body : RequestBody.list(request)) {
            Distributions.Distribution set = distributions.get(caller.tenant(), RequestBody.number(body, "id"));
            assignment.assign(set, List.of(new Assignment.One(device, ActionViews.mode(body))), caller, outcome);
        }
        HawkbitJson.sendJson(response, 200, outcome.json());
    }

    private void autoConfirm(ServerRequest request, ServerResponse response) {
        Target.AutoConfirm by = targets.get(device(request)).autoConfirm();
        ObjectNode body = HawkbitJson.object().put("active", by != null);
        if (by != null) {
            body.put("initiator", by.initiator()).put("remark", by.remark()).put("activatedAt", by.activatedAt());
        }
        HawkbitJson.sendJson(response, 200, body);
    }

    private void activate(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Device device = fleet.get(caller.tenant(), RequestBody.id(request));
        JsonNode body = request.content().hasEntity() ? RequestBody.body(request) : HawkbitJson.object();
        targets.save(targets.get(device)
                .confirming(new Target.AutoConfirm(
                        RequestBody.textOr(body, "initiator", caller.name()),
                        RequestBody.textOr(body, "remark", null),
                        System.currentTimeMillis())));
        response.send();
    }

    private void deactivate(ServerRequest request, ServerResponse response) {
        targets.save(targets.get(device(request)).confirming(null));
        response.send();
    }

    private void tags(ServerRequest request, ServerResponse response) {
        ArrayNode tags = HawkbitJson.array();
        device(request).tags().forEach(tag -> tags.addObject().put("name", tag));
        HawkbitJson.sendJson(response, 200, tags);
    }

    private Device device(ServerRequest request) {
        return fleet.get(Caller.of(request).tenant(), RequestBody.id(request));
    }
}
