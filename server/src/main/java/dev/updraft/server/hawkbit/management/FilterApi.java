package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.hawkbit.ddi.Refusal;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** {@code /rest/v1/targetfilters}. */
final class FilterApi implements OperatorApi {
    static final int LONGEST_QUERY = 1_024;

    private final TargetFilters filters;
    private final AutoAssignments assignments;
    private final TargetListing listing;
    private final Distributions distributions;
    private final DistributionViews views;
    private final Assignment assignment;
    private final dev.updraft.server.rollout.Rollouts rollouts;

    FilterApi(ApiContext parts) {
        this.filters = parts.targetFilters();
        this.assignments = parts.autoAssignments();
        this.listing = new TargetListing(parts);
        this.distributions = parts.distributions();
        this.views = new DistributionViews(parts);
        this.assignment = new Assignment(parts);
        this.rollouts = parts.rollouts();
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, (request, response) -> filters.send(request, response))
                .post("/", Role.OPERATOR, this::create)
                .get("/{id}", Role.VIEWER, this::get)
                .put("/{id}", Role.OPERATOR, this::change)
                .delete("/{id}", Role.OPERATOR, this::delete)
                .get("/{id}/autoAssignDS", Role.VIEWER, this::assigned)
                .post("/{id}/autoAssignDS", Role.OPERATOR, this::assign)
                .delete("/{id}/autoAssignDS", Role.OPERATOR, this::unassign);
    }

    private void create(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        JsonNode body = RequestBody.body(request);
        RequestBody.requireKnown(body, Set.of("name", "query"), "a target filter");
        String query = RequestBody.text(body, "query", LONGEST_QUERY);
        listing.filter(caller.tenant(), query);
        TargetFilters.Filter filter =
                filters.add(caller.tenant(), RequestBody.text(body, "name", 128), query, caller.name());
        HawkbitJson.sendJson(response, 201, filters.view(filter, Links.of(request), true));
    }

    private void get(ServerRequest request, ServerResponse response) {
        HawkbitJson.sendJson(response, 200, filters.view(filter(request), Links.of(request), true));
    }

    private void change(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        TargetFilters.Filter filter = filter(request);
        JsonNode body = RequestBody.body(request);
        RequestBody.requireKnown(body, Set.of("name", "query"), "a target filter");
        String query = Objects.requireNonNull(RequestBody.textOr(body, "query", filter.query(), LONGEST_QUERY));
        listing.filter(caller.tenant(), query);
        filters.change(
                filter,
                Objects.requireNonNull(RequestBody.textOr(body, "name", filter.name(), 128)),
                query,
                caller.name());
        HawkbitJson.sendJson(response, 200, filters.view(filter(request), Links.of(request), true));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        filters.remove(filter(request));
        response.status(204).send();
    }

    private void assigned(ServerRequest request, ServerResponse response) {
        TargetFilters.Filter filter = filter(request);
        AutoAssignments.One one = assignments.ofFilter(filter.key());
        if (one == null) {
            response.status(204).send();
        } else {
            HawkbitJson.sendJson(
                    response, 200, views.of(distributions.known(filter.tenant(), one.set()), Links.of(request), true));
        }
    }

    private void assign(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        TargetFilters.Filter filter = filter(request);
        JsonNode body = RequestBody.body(request);
        RequestBody.requireKnown(
                body, Set.of("id", "type", "weight", "confirmationRequired"), "an automatic assignment");
        Distributions.Distribution set = distributions.get(caller.tenant(), RequestBody.number(body, "id"));
        distributions.requireAssignable(set);
        rollouts.requireNoApproval(caller.tenant());
        var mode = assignment.read(caller.tenant(), body);
        if (mode.typeOr() == dev.updraft.server.rollout.InstallMode.Type.TIMEFORCED) {
            throw Refusal.CONSTRAINT.of("An automatic assignment is forced, soft or downloadonly.");
        }
        assignments.put(new AutoAssignments.One(
                0,
                caller.tenant(),
                filter.key(),
                filter.name(),
                null,
                filter.query(),
                set.key(),
                mode,
                AutoAssignments.State.RUNNING,
                null,
                Stamp.by(caller.name())));
        HawkbitJson.sendJson(response, 200, filters.view(filter(request), Links.of(request), true));
    }

    private void unassign(ServerRequest request, ServerResponse response) {
        AutoAssignments.One one = assignments.ofFilter(filter(request).key());
        if (one != null) {
            assignments.remove(one);
        }
        response.status(204).send();
    }

    private TargetFilters.Filter filter(ServerRequest request) {
        return filters.get(Caller.of(request).tenant(), RequestBody.key(request, "id"));
    }
}
