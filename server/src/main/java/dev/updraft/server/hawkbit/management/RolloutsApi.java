package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.filter.Filter;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.hawkbit.ddi.Targets;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.Progress;
import dev.updraft.server.rollout.Rollout;
import dev.updraft.server.rollout.RolloutOptions;
import dev.updraft.server.rollout.Rollouts;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /rest/v1/rollouts}: groups become stages that each hold the ones before; a group's success threshold is the stage's, and its
 * error threshold the share of failures that is acceptable.
 */
final class RolloutsApi implements OperatorApi {
    private final Fleet fleet;
    private final Targets targets;
    private final Releases releases;
    private final Rollouts rollouts;
    private final Distributions distributions;

    RolloutsApi(ApiContext parts) {
        this.fleet = parts.fleet();
        this.targets = parts.hawkbit().targets();
        this.releases = parts.releases();
        this.rollouts = parts.rollouts();
        this.distributions = parts.distributions();
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, this::list)
                .post("/", Role.OPERATOR, this::create)
                .get("/{id}", Role.VIEWER, this::get)
                .delete("/{id}", Role.OPERATOR, this::delete)
                .get("/{id}/deploygroups", Role.VIEWER, this::groups)
                .post("/{id}/start", Role.OPERATOR, this::start)
                .post("/{id}/approve", Role.APPROVER, this::approve)
                .post("/{id}/pause", Role.OPERATOR, this::pause)
                .post("/{id}/resume", Role.OPERATOR, this::resume)
                .post("/{id}/stop", Role.OPERATOR, this::stop);
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Links links = Links.of(request);
        HawkbitJson.sendJson(
                response,
                200,
                Listing.of(request).of(rollouts.all(tenant).stream().map(rollout -> view(rollout, links))));
    }

    private void create(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        JsonNode body = RequestBody.body(request);
        long tenant = caller.tenant();
        String filter = query(tenant, RequestBody.text(body, "targetFilterQuery"));
        RolloutGroups groups = RolloutGroups.of(body, own -> query(tenant, own));
        String name = RequestBody.text(body, "name");
        if (rollouts.all(tenant).stream()
                .anyMatch(other -> other.state() != Rollout.State.ABORTED
                        && name.equals(other.options().name()))) {
            throw Problem.conflict("There is a rollout '" + name + "' already.");
        }
        Long setKey = RequestBody.numberOr(body, "distributionSetId", null);
        if (setKey == null) {
            throw Problem.notFound("'distributionSetId' names no distribution set.");
        }
        Distributions.Distribution set = distributions.get(tenant, setKey);
        RolloutOptions options = options(body, groups, filter);
        Release release = distributions.fix(set);
        Rollout rollout = rollouts.prepare(tenant, release.key(), options, groups.groups(), caller.name());
        HawkbitJson.sendJson(response, 201, view(rollout, Links.of(request)));
    }

    /**
     * hawkBit's filter as Updraft's. A target is called by its id unless somebody gave it a name; a rollout follows devices, which have no
     * other.
     */
    private String query(long tenant, String filter) {
        String byId = Filter.renamed(filter, "name", "id");
        if (byId.equals(Filter.renamed(filter, "id", "id"))) {
            return filter;
        }
        if (fleet.all(tenant).stream().anyMatch(this::isNamed)) {
            throw Problem.badRequest("A rollout cannot go by 'name' where targets have names that are not their ids;"
                    + " filter by id, tag or attribute.NAME.");
        }
        return byId;
    }

    private boolean isNamed(Device device) {
        String name = targets.get(device).name();
        return name != null && !name.equals(device.id());
    }

    private static RolloutOptions options(JsonNode body, RolloutGroups groups, String filter) {
        Double failures = groups.acceptable();
        return new RolloutOptions(
                RequestBody.text(body, "name"),
                filter,
                null,
                RequestBody.numberOr(body, "startAt", null),
                null,
                groups.stages(),
                failures == null ? null : Math.clamp(failures, 0.001, 0.999),
                null,
                null,
                true,
                null,
                null,
                null,
                ActionViews.mode(body),
                body.path("dynamic").asBoolean(false),
                null);
    }

    private void get(ServerRequest request, ServerResponse response) {
        HawkbitJson.sendJson(response, 200, view(rollout(request), Links.of(request)));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        Rollout rollout = rollout(request);
        if (rollout.state() != Rollout.State.ABORTED) {
            rollouts.abort(rollout.tenant(), rollout.key());
        }
        response.status(204).send();
    }

    private void start(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        rollouts.start(caller.tenant(), RequestBody.key(request, "id"));
        response.status(204).send();
    }

    private void approve(ServerRequest request, ServerResponse response) {
        rollouts.approve(Caller.of(request), RequestBody.key(request, "id"));
        response.status(204).send();
    }

    private void pause(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        rollouts.pause(caller.tenant(), RequestBody.key(request, "id"));
        response.status(204).send();
    }

    private void resume(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        rollouts.resume(caller.tenant(), RequestBody.key(request, "id"));
        response.status(204).send();
    }

    private void stop(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        rollouts.abort(caller.tenant(), RequestBody.key(request, "id"));
        response.status(204).send();
    }

    private void groups(ServerRequest request, ServerResponse response) {
        Rollout rollout = rollout(request);
        List<RolloutOptions.Stage> stages = rollout.options().stages();
        List<ObjectNode> groups = new ArrayList<>();
        int count = stages == null ? 1 : stages.size();
        for (int i = 0; i < count; i++) {
            double before = stages == null || i == 0 ? 0 : stages.get(i - 1).percent();
            String status = i < rollout.stage() || rollout.state() == Rollout.State.FINISHED
                    ? "finished"
                    : i == rollout.stage() ? "running" : "scheduled";
            groups.add(HawkbitJson.object()
                    .put("id", i + 1)
                    .put("name", "group-" + (i + 1))
                    .put("status", rollout.state() == Rollout.State.WAITING ? "ready" : status)
                    .put(
                            "targetPercentage",
                            (stages == null ? 100 : stages.get(i).percent()) - before));
        }
        HawkbitJson.sendJson(response, 200, Listing.of(request).of(groups.stream()));
    }

    private ObjectNode view(Rollout rollout, Links links) {
        Progress progress = rollouts.progress(rollout);
        RolloutOptions options = rollout.options();
        ObjectNode view = HawkbitJson.object()
                .put("id", rollout.key())
                .put("name", options.name() == null ? "rollout " + rollout.key() : options.name())
                .put("status", status(rollout.state()))
                .put("targetFilterQuery", options.filter() == null ? "" : options.filter())
                .put("createdAt", rollout.created())
                .put("createdBy", rollout.creator())
                .put(
                        "totalTargets",
                        progress.reach() == null ? 0 : progress.reach().devices())
                .put("deleted", false)
                .put("dynamic", Boolean.TRUE.equals(options.dynamic()))
                .put(
                        "totalGroups",
                        options.stages() == null ? 1 : options.stages().size())
                .put("weight", 1_000)
                .put("lastModifiedAt", rollout.created())
                .put("lastModifiedBy", rollout.creator())
                .put(
                        "type",
                        options.mode() == null
                                ? "forced"
                                : options.mode().typeOr().label())
                .put(
                        "forceType",
                        (options.mode() == null
                                ? "forced"
                                : options.mode().typeOr().label()));
        if (options.startAt() != null) {
            view.put("startAt", options.startAt());
        }
        if (rollout.reason() != null) {
            view.put("description", rollout.reason());
        }
        Release release = releases.get(rollout.tenant(), rollout.release());
        Distributions.Distribution set = distributions.of(rollout.tenant(), release);
        if (set != null) {
            view.put("distributionSetId", set.key());
            links.add(view, "distributionset", "/rest/v1/distributionsets/" + set.key());
        }
        counts(view.putObject("totalTargetsPerStatus"), progress);
        String self = "/rest/v1/rollouts/" + rollout.key();
        links.add(view, "self", self);
        links.add(view, "groups", self + "/deploygroups");
        for (String move : List.of("start", "pause", "resume")) {
            links.add(view, move, self + "/" + move);
        }
        return view;
    }

    private static void counts(ObjectNode counts, Progress progress) {
        long all =
                progress.updates().values().stream().mapToLong(Long::longValue).sum();
        long cancelled = progress.updates().getOrDefault("cancelled", 0L);
        long targets =
                progress.reach() == null ? all : Math.max(all, progress.reach().devices());
        counts.put("finished", progress.confirmed())
                .put("error", progress.failures())
                .put("cancelled", cancelled)
                .put("running", all - progress.confirmed() - progress.failures() - cancelled)
                .put("scheduled", 0)
                .put("notstarted", targets - all);
    }

    private static String status(Rollout.State state) {
        return switch (state) {
            case WAITING -> "ready";
            case RUNNING -> "running";
            case PAUSED -> "paused";
            case ABORTED -> "stopped";
            case FINISHED -> "finished";
        };
    }

    private Rollout rollout(ServerRequest request) {
        return rollouts.get(Caller.of(request).tenant(), RequestBody.key(request, "id"));
    }
}
