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
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.hawkbit.ddi.Target;
import dev.updraft.server.hawkbit.ddi.Targets;
import dev.updraft.server.http.Problem;
import dev.updraft.server.rollout.Action;
import dev.updraft.server.rollout.Actions;
import dev.updraft.server.rollout.InstallMode;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /rest/v1/targets}: devices. */
final class TargetApi implements OperatorApi {
    private static final int LONGEST_NAME = 128;
    private static final int LONGEST_TOKEN = 128;
    private static final int LONGEST_ID = 256;
    private static final int LONGEST_ADDRESS = 512;

    private final Fleet fleet;
    private final Targets targets;
    private final Types types;
    private final Actions actions;
    private final TargetViews views;
    private final TargetListing listing;
    private final Distributions distributions;
    private final DistributionViews distributionViews;
    private final ActionViews actionViews;
    private final Assignment assignment;
    private final TagStore tags;
    private final AutoAssignments autoAssignments;

    TargetApi(ApiContext parts) {
        this.fleet = parts.fleet();
        this.targets = parts.hawkbit().targets();
        this.types = parts.types();
        this.actions = parts.hawkbit().actions();
        this.views = new TargetViews(parts);
        this.listing = new TargetListing(parts);
        this.distributions = parts.distributions();
        this.distributionViews = new DistributionViews(parts);
        this.actionViews = new ActionViews(parts);
        this.assignment = new Assignment(parts);
        this.tags = parts.targetTags();
        this.autoAssignments = parts.autoAssignments();
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, this::list)
                .post("/", Role.OPERATOR, this::create)
                .get("/{id}", Role.VIEWER, this::get)
                .put("/{id}", Role.OPERATOR, this::change)
                .delete("/{id}", Role.OPERATOR, this::delete)
                .get("/{id}/attributes", Role.VIEWER, this::attributes)
                .post("/{id}/targettype", Role.OPERATOR, this::setType)
                .delete("/{id}/targettype", Role.OPERATOR, this::unsetType)
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

    private record Wanted(String id, String token, UnaryOperator<Target> as) {}

    private void create(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        for (JsonNode body : RequestBody.list(request)) {
            String id = RequestBody.text(body, "controllerId", LONGEST_ID);
            if (id.chars().anyMatch(Character::isWhitespace)) {
                throw Refusal.CONSTRAINT.of("'controllerId' has no spaces.");
            }
            if (fleet.find(caller.tenant(), id) != null || wanted.containsKey(id)) {
                throw Problem.conflict("The target '" + id + "' is there already.");
            }
            String token = RequestBody.textOr(body, "securityToken", null, LONGEST_TOKEN);
            String held = token == null || token.isBlank() ? Secret.newToken() : token;
            UnaryOperator<Target> described = described(caller, body, false);
            wanted.put(
                    id,
                    new Wanted(
                            id,
                            held,
                            target -> described.apply(target.holding(held).madeBy(caller.name()))));
        }
        Map<String, Target> held = new HashMap<>();
        List<Fleet.New> news = wanted.values().stream()
                .map(one -> new Fleet.New(one.id(), one.token()))
                .toList();
        List<Device> devices = fleet.registerAll(caller.tenant(), news, (handle, device) -> {
            Target target = Objects.requireNonNull(wanted.get(device.id())).as().apply(targets.get(device));
            targets.write(handle, target);
            held.put(device.id(), target);
        });
        Links links = Links.of(request);
        ArrayNode created = HawkbitJson.array();
        for (Device device : devices) {
            targets.hold(Objects.requireNonNull(held.get(device.id())));
            created.add(views.of(device, links, false));
        }
        autoAssignments.look();
        HawkbitJson.sendJson(response, 201, created);
    }

    /** What {@code body} says of a target; what it leaves out stays. */
    private UnaryOperator<Target> described(Caller caller, JsonNode body, boolean changes) {
        String name = RequestBody.textOr(body, "name", null, LONGEST_NAME);
        String description = RequestBody.textOr(body, "description", null, 512);
        String address = RequestBody.textOr(body, "address", null, LONGEST_ADDRESS);
        String group = RequestBody.textOr(body, "group", null, LONGEST_ID);
        Boolean attributes = RequestBody.flag(body, "requestAttributes");
        Long type = RequestBody.numberOr(body, "targetType", null);
        if (name != null && name.isBlank()) {
            throw Refusal.CONSTRAINT.of("'name' is not empty.");
        }
        if (address != null && !address.isBlank() && !TargetViews.isUri(address)) {
            throw Refusal.CONSTRAINT.of("'address' is a URL, such as https://10.0.0.1.");
        }
        if (type != null && type >= 0) {
            types.get(caller.tenant(), Types.Kind.TARGET, type);
        }
        return before -> {
            Target after = before.described(
                    name == null ? before.name() : name, description == null ? before.description() : description);
            after = address == null ? after : after.at(address.isBlank() ? null : address);
            after = group == null ? after : after.in(group.isBlank() ? null : group);
            after = type == null ? after : after.of(type < 0 ? null : type);
            after = attributes == null ? after : after.wanting(attributes);
            return changes ? after.changedBy(caller.name()) : after;
        };
    }

    private void get(ServerRequest request, ServerResponse response) {
        HawkbitJson.sendJson(response, 200, views.of(device(request), Links.of(request), true));
    }

    private void change(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        JsonNode body = RequestBody.body(request);
        UnaryOperator<Target> described = described(Caller.of(request), body, true);
        String token = RequestBody.textOr(body, "securityToken", null, LONGEST_TOKEN);
        boolean renews = token != null && !token.isBlank();
        if (token != null && renews) {
            fleet.token(device, token);
        }
        targets.change(
                fleet, device, before -> described.apply(renews ? before.holding(String.valueOf(token)) : before));
        autoAssignments.look();
        HawkbitJson.sendJson(response, 200, views.of(device, Links.of(request), true));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        fleet.remove(device);
        targets.forget(device);
        response.status(204).send();
    }

    private void attributes(ServerRequest request, ServerResponse response) {
        CheckIn facts = device(request).facts();
        if (facts == null || facts.attributes().isEmpty()) {
            response.status(204).send();
            return;
        }
        ObjectNode body = HawkbitJson.object();
        new TreeMap<>(facts.attributes()).forEach(body::put);
        HawkbitJson.sendJson(response, 200, body);
    }

    private void setType(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        long type = RequestBody.number(RequestBody.body(request), "id");
        types.get(device.tenant(), Types.Kind.TARGET, type);
        retype(request, device, type);
        response.status(204).send();
    }

    private void unsetType(ServerRequest request, ServerResponse response) {
        retype(request, device(request), null);
        response.status(204).send();
    }

    private void retype(ServerRequest request, Device device, @Nullable Long type) {
        String by = Caller.of(request).name();
        targets.change(fleet, device, before -> before.of(type).changedBy(by));
        autoAssignments.look();
    }

    private void set(ServerRequest request, ServerResponse response, boolean installed) {
        Device device = device(request);
        Action action = installed ? actions.installed(device) : actions.assigned(device);
        Distributions.Distribution set =
                action == null ? null : actionViews.distribution(device.tenant(), action.update());
        if (set == null) {
            response.status(204).send();
        } else {
            HawkbitJson.sendJson(response, 200, distributionViews.of(set, Links.of(request), true));
        }
    }

    private void assign(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Device device = device(request);
        record One(Distributions.Distribution set, InstallMode mode) {}
        List<One> all = new ArrayList<>();
        for (JsonNode body : RequestBody.list(request)) {
            InstallMode mode = assignment.mode(caller.tenant(), body);
            all.add(new One(distributions.get(caller.tenant(), RequestBody.number(body, "id")), mode));
        }
        if (all.size() > 1) {
            throw Refusal.CONSTRAINT.of("A target has one distribution set at a time; nothing was assigned.");
        }
        Assignment.Outcome outcome = new Assignment.Outcome();
        for (One one : all) {
            assignment.assign(
                    one.set(),
                    List.of(new Assignment.One(device, one.mode())),
                    caller,
                    outcome,
                    Assignment.isOffline(request));
        }
        HawkbitJson.sendJson(response, 200, outcome.json(Links.of(request)));
    }

    private void autoConfirm(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        Target.AutoConfirm by = targets.get(device).autoConfirm();
        ObjectNode body = HawkbitJson.object().put("active", by != null);
        if (by != null) {
            body.put("initiator", by.initiator()).put("remark", by.remark()).put("activatedAt", by.activatedAt());
        }
        String what = by == null ? "activate" : "deactivate";
        Links.of(request).add(body, what, "/rest/v1/targets/" + Links.encode(device.id()) + "/autoConfirm/" + what);
        HawkbitJson.sendJson(response, 200, body);
    }

    private void activate(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Device device = device(request);
        JsonNode body = request.content().hasEntity() ? RequestBody.body(request) : HawkbitJson.object();
        Target.AutoConfirm by = new Target.AutoConfirm(
                RequestBody.textOr(body, "initiator", caller.name()),
                RequestBody.textOr(body, "remark", null),
                System.currentTimeMillis());
        fleet.exclusively(device, () -> {
            Target before = targets.get(device);
            if (before.autoConfirm() != null) {
                throw Refusal.AUTO_CONFIRM.of("Automatic confirmation is active already for '" + device.id() + "'.");
            }
            targets.save(before.confirming(by));
        });
        response.send();
    }

    private void deactivate(ServerRequest request, ServerResponse response) {
        targets.change(fleet, device(request), before -> before.confirming(null));
        response.send();
    }

    private void tags(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        ArrayNode all = HawkbitJson.array();
        Links links = Links.of(request);
        for (String name : device.tags()) {
            TagStore.Tag tag = tags.named(device.tenant(), name);
            all.add(
                    tag == null
                            ? HawkbitJson.object().put("name", name)
                            : TagApi.view(tag, "targettags", links, false));
        }
        HawkbitJson.sendJson(response, 200, all);
    }

    private Device device(ServerRequest request) {
        return fleet.get(Caller.of(request).tenant(), RequestBody.id(request));
    }
}
