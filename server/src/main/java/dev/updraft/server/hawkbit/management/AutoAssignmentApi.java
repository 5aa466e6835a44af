package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.rollout.InstallMode;
import dev.updraft.server.rollout.Rollouts;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /rest/v1/autoassignments}. */
final class AutoAssignmentApi implements OperatorApi {
    private final AutoAssignments assignments;
    private final TargetListing listing;
    private final Distributions distributions;
    private final Assignment assignment;
    private final Rollouts rollouts;

    AutoAssignmentApi(ApiContext parts) {
        this.assignments = parts.autoAssignments();
        this.listing = new TargetListing(parts);
        this.distributions = parts.distributions();
        this.assignment = new Assignment(parts);
        this.rollouts = parts.rollouts();
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, (request, response) -> assignments.send(request, response, null))
                .post("/", Role.OPERATOR, this::create)
                .get("/{id}", Role.VIEWER, this::get)
                .put("/{id}", Role.OPERATOR, this::change)
                .delete("/{id}", Role.OPERATOR, this::delete)
                .post(
                        "/{id}/start",
                        Role.OPERATOR,
                        (request, response) ->
                                move(request, response, AutoAssignments.State.READY, AutoAssignments.State.RUNNING))
                .post(
                        "/{id}/pause",
                        Role.OPERATOR,
                        (request, response) ->
                                move(request, response, AutoAssignments.State.RUNNING, AutoAssignments.State.PAUSED))
                .post(
                        "/{id}/resume",
                        Role.OPERATOR,
                        (request, response) ->
                                move(request, response, AutoAssignments.State.PAUSED, AutoAssignments.State.RUNNING))
                .post("/{id}/approve", Role.APPROVER, this::decide)
                .post("/{id}/deny", Role.APPROVER, this::decide);
    }

    private void create(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        JsonNode body = RequestBody.body(request);
        RequestBody.requireKnown(
                body,
                Set.of(
                        "name",
                        "description",
                        "targetFilterQuery",
                        "distributionSetId",
                        "startAt",
                        "actionType",
                        "weight",
                        "confirmationRequired"),
                "an automatic assignment");
        String query = RequestBody.text(body, "targetFilterQuery", FilterApi.LONGEST_QUERY);
        listing.filter(caller.tenant(), query);
        Distributions.Distribution set =
                distributions.get(caller.tenant(), RequestBody.number(body, "distributionSetId"));
        distributions.requireAssignable(set);
        rollouts.requireNoApproval(caller.tenant());
        ObjectNode as = HawkbitJson.object();
        as.set("type", body.path("actionType"));
        as.set("weight", body.path("weight"));
        as.set("confirmationRequired", body.path("confirmationRequired"));
        InstallMode mode = assignment.read(caller.tenant(), as);
        AutoAssignments.One made = assignments.put(new AutoAssignments.One(
                0,
                caller.tenant(),
                0,
                RequestBody.text(body, "name", 128),
                RequestBody.textOr(body, "description", null, 512),
                query,
                set.key(),
                mode,
                AutoAssignments.State.READY,
                RequestBody.numberOr(body, "startAt", null),
                Stamp.by(caller.name())));
        HawkbitJson.sendJson(response, 201, assignments.view(made, Links.of(request)));
    }

    private void get(ServerRequest request, ServerResponse response) {
        HawkbitJson.sendJson(response, 200, assignments.view(one(request), Links.of(request)));
    }

    private void change(ServerRequest request, ServerResponse response) {
        AutoAssignments.One one = one(request);
        JsonNode body = RequestBody.body(request);
        RequestBody.requireKnown(body, Set.of("name", "description"), "an automatic assignment that is there");
        assignments.change(
                one,
                one.state(),
                Objects.requireNonNull(RequestBody.textOr(body, "name", one.name(), 128)),
                RequestBody.textOr(body, "description", one.description(), 512),
                Caller.of(request).name());
        HawkbitJson.sendJson(response, 200, assignments.view(one(request), Links.of(request)));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        assignments.remove(one(request));
        response.status(204).send();
    }

    private void move(
            ServerRequest request, ServerResponse response, AutoAssignments.State from, AutoAssignments.State to) {
        AutoAssignments.One one = one(request);
        if (one.state() != from) {
            throw Refusal.AUTO_ASSIGNMENT_STATE.of(
                    "The automatic assignment is " + one.state().word() + ", and not " + from.word() + ".");
        }
        assignments.change(
                one, to, one.name(), one.description(), Caller.of(request).name());
        response.status(204).send();
    }

    /** There is none that waits: a fleet that wants approval takes none. */
    private void decide(ServerRequest request, ServerResponse response) {
        one(request);
        throw Refusal.AUTO_ASSIGNMENT_STATE.of("The automatic assignment does not wait for approval.");
    }

    private AutoAssignments.One one(ServerRequest request) {
        return assignments.get(Caller.of(request).tenant(), RequestBody.key(request, "id"));
    }
}
