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
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.hawkbit.ddi.Settings;
import dev.updraft.server.hawkbit.ddi.Targets;
import dev.updraft.server.http.Page;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.InstallMode;
import dev.updraft.server.rollout.Rollout;
import dev.updraft.server.rollout.RolloutOptions;
import dev.updraft.server.rollout.Rollouts;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /rest/v1/rollouts}: groups become stages that each hold the ones before; a group's success threshold is the stage's, and its
 * error threshold the share of failures that is acceptable.
 */
final class RolloutsApi implements OperatorApi {
    private final Fleet fleet;
    private final Targets targets;
    private final Settings settings;
    private final Releases releases;
    private final Rollouts rollouts;
    private final Distributions distributions;
    private final Assignment assignment;
    private final TargetListing listing;
    private final RolloutNotes notes;
    private final RolloutViews views;

    RolloutsApi(ApiContext parts) {
        this.fleet = parts.fleet();
        this.targets = parts.hawkbit().targets();
        this.settings = parts.hawkbit().settings();
        this.releases = parts.releases();
        this.rollouts = parts.rollouts();
        this.distributions = parts.distributions();
        this.assignment = new Assignment(parts);
        this.listing = new TargetListing(parts);
        this.notes = new RolloutNotes(parts.database());
        this.views = new RolloutViews(parts);
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, this::list)
                .post("/", Role.OPERATOR, this::create)
                .get("/{id}", Role.VIEWER, this::get)
                .put("/{id}", Role.OPERATOR, this::change)
                .delete("/{id}", Role.OPERATOR, this::delete)
                .get("/{id}/deploygroups", Role.VIEWER, this::groups)
                .get("/{id}/deploygroups/{group}", Role.VIEWER, this::group)
                .get("/{id}/deploygroups/{group}/targets", Role.VIEWER, this::groupTargets)
                .post("/{id}/start", Role.OPERATOR, this::start)
                .post("/{id}/approve", Role.APPROVER, this::approve)
                .post("/{id}/deny", Role.APPROVER, this::deny)
                .post("/{id}/pause", Role.OPERATOR, this::pause)
                .post("/{id}/resume", Role.OPERATOR, this::resume)
                .post("/{id}/stop", Role.OPERATOR, this::stop)
                .post("/{id}/triggerNextGroup", Role.OPERATOR, this::next)
                .post("/{id}/retry", Role.OPERATOR, this::retry);
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Listing wanted = Listing.of(request);
        Links links = Links.of(request);
        Predicate<Rollout> fits = Listing.filter(wanted.q(), this::field);
        Set<Long> deleted = notes.deleted();
        List<Rollout> all = Page.scan(() -> rollouts.all(tenant).stream()
                .filter(rollout -> !deleted.contains(rollout.key()))
                .filter(fits)
                .sorted(order(wanted))
                .toList());
        HawkbitJson.sendJson(response, 200, wanted.of(all, rollout -> views.of(rollout, links, wanted.full())));
    }

    private Comparator<Rollout> order(Listing wanted) {
        Comparator<Rollout> order = null;
        for (Listing.By by : wanted.order()) {
            Function<Rollout, Collection<String>> field;
            try {
                field = field(by.field());
            } catch (Problem none) {
                throw Listing.noSort(by.field());
            }
            Comparator<Rollout> next = Comparator.comparing(
                    rollout -> field.apply(rollout).stream().findFirst().orElse(""), Filter::compare);
            next = by.down() ? next.reversed() : next;
            order = order == null ? next : order.thenComparing(next);
        }
        Comparator<Rollout> usual = Comparator.comparingLong(Rollout::key);
        return order == null ? usual : order.thenComparing(usual);
    }

    private Function<Rollout, Collection<String>> field(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "id" -> rollout -> List.of(Long.toString(rollout.key()));
            case "name" -> rollout -> List.of(rollouts.name(rollout.tenant(), rollout.key()));
            case "description" ->
                rollout -> {
                    RolloutNotes.Note note = notes.of(rollout.key());
                    return note == null || note.description() == null ? List.of() : List.of(note.description());
                };
            case "status" -> rollout -> List.of(RolloutViews.status(rollout, notes.of(rollout.key())));
            case "createdby" -> rollout -> List.of(rollout.creator());
            case "lastmodifiedby" -> rollout -> List.of(rollout.creator());
            case "createdat", "lastmodifiedat" -> rollout -> List.of(Long.toString(rollout.created()));
            case "distributionset", "distributionset.name" -> set(Distributions.Distribution::name);
            case "distributionset.version" -> set(Distributions.Distribution::version);
            case "distributionset.type" -> set(Distributions.Distribution::type);
            case "distributionset.id" -> set(set -> Long.toString(set.key()));
            default -> throw Listing.noField(name);
        };
    }

    private Function<Rollout, Collection<String>> set(Function<Distributions.Distribution, String> of) {
        return rollout -> {
            Release release = releases.get(rollout.tenant(), rollout.release());
            Distributions.Distribution set = distributions.of(rollout.tenant(), release);
            return set == null ? List.of() : List.of(of.apply(set));
        };
    }

    private void create(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        JsonNode body = RequestBody.body(request);
        long tenant = caller.tenant();
        String query = RequestBody.textOr(body, "targetFilterQuery", null, FilterApi.LONGEST_QUERY);
        if (query == null || query.isBlank()) {
            throw Refusal.FILTER_SYNTAX.of("'targetFilterQuery' is missing: whom is the rollout for?");
        }
        Predicate<Device> fits = listing.filter(tenant, query);
        RolloutGroups groups = RolloutGroups.of(body, own -> listing.filter(tenant, own));
        String name = RequestBody.text(body, "name", 128);
        String description = RequestBody.textOr(body, "description", null, 512);
        requireFree(tenant, name, -1);
        Long setKey = RequestBody.numberOr(body, "distributionSetId", 0L);
        Distributions.Distribution set = distributions.get(tenant, setKey == null ? 0 : setKey);
        distributions.requireAssignable(set);
        boolean dynamic = Boolean.TRUE.equals(RequestBody.flag(body, "dynamic"));
        // The devices are chosen now; only for those that come later the filter is asked again.
        String later = dynamic ? query(tenant, query) : null;
        InstallMode mode = assignment.read(tenant, body);
        RolloutOptions options = options(name, later, body, groups, mode, settings.demandsApproval(tenant));
        if (Page.scan(() -> fleet.all(tenant).stream().noneMatch(fits))) {
            throw Refusal.CONSTRAINT.of("No target fits the rollout's filter.");
        }
        Release release = distributions.fix(set);
        Rollout rollout = rollouts.prepare(tenant, release.key(), options, fits, groups.groups(), caller.name());
        notes.add(rollout.key(), description, query, groups.parts());
        HawkbitJson.sendJson(response, 201, views.of(rollout, Links.of(request), true));
    }

    private void requireFree(long tenant, String name, long but) {
        Set<Long> deleted = notes.deleted();
        if (rollouts.all(tenant).stream()
                .anyMatch(other -> other.key() != but
                        && !deleted.contains(other.key())
                        && name.equals(other.options().name()))) {
            throw Problem.conflict("There is a rollout '" + name + "' already.");
        }
    }

    /**
     * hawkBit's filter as Updraft's. A target is called by its id unless somebody gave it a name; a rollout follows devices, which have no
     * other.
     */
    private String query(long tenant, String filter) {
        String byId = Filter.renamed(filter, "name", "id");
        boolean byName = !byId.equals(Filter.renamed(filter, "id", "id"));
        if (byName && Page.scan(() -> fleet.all(tenant).stream().anyMatch(this::isNamed))) {
            throw Problem.notImplemented(
                    "A dynamic rollout cannot go by 'name' where targets have names that are not their"
                            + " ids; filter by id, tag or attribute.NAME. Nothing was made.");
        }
        String own = byName ? byId : filter;
        try {
            rollouts.requireFilter(tenant, own);
        } catch (Problem unknown) {
            throw Problem.notImplemented("A dynamic rollout goes by id, tag and attribute.NAME alone: "
                    + unknown.sentence() + " Nothing was made.");
        }
        return own;
    }

    private boolean isNamed(Device device) {
        String name = targets.get(device).name();
        return name != null && !name.equals(device.id());
    }

    private static RolloutOptions options(
            String name,
            @Nullable String filter,
            JsonNode body,
            RolloutGroups groups,
            InstallMode mode,
            boolean approval) {
        Double failures = groups.acceptable();
        return new RolloutOptions(
                name,
                filter,
                null,
                RequestBody.numberOr(body, "startAt", null),
                null,
                groups.stages(),
                failures == null ? null : Math.clamp(failures, 0.001, 0.999),
                null,
                null,
                true,
                approval ? true : null,
                null,
                null,
                mode,
                filter != null,
                null);
    }

    private void get(ServerRequest request, ServerResponse response) {
        HawkbitJson.sendJson(response, 200, views.of(rollout(request), Links.of(request), true));
    }

    private void change(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Rollout rollout = rollout(request);
        JsonNode body = RequestBody.body(request);
        RequestBody.requireKnown(body, Set.of("name", "description"), "a rollout that is there");
        String before = rollouts.name(caller.tenant(), rollout.key());
        String name = Objects.requireNonNull(RequestBody.textOr(body, "name", before, 128));
        RolloutNotes.Note note = notes.of(rollout.key());
        String described = RequestBody.textOr(body, "description", note == null ? null : note.description(), 512);
        if (!name.equals(before)) {
            requireFree(caller.tenant(), name, rollout.key());
            rollouts.edit(caller.tenant(), rollout.key(), options -> options.called(name));
        }
        notes.describe(rollout.key(), described, caller.name());
        HawkbitJson.sendPlain(response, views.of(rollout(request), Links.of(request), true));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        Rollout rollout = rollout(request);
        if (rollout.state() != Rollout.State.ABORTED) {
            rollouts.abort(rollout.tenant(), rollout.key());
        }
        notes.delete(rollout.key());
        response.status(204).send();
    }

    private void start(ServerRequest request, ServerResponse response) {
        move(request, response, "started", Rollout.State.WAITING, rollouts::start);
    }

    private void pause(ServerRequest request, ServerResponse response) {
        move(request, response, "paused", Rollout.State.RUNNING, rollouts::pause);
    }

    private void resume(ServerRequest request, ServerResponse response) {
        move(request, response, "resumed", Rollout.State.PAUSED, rollouts::resume);
    }

    private void next(ServerRequest request, ServerResponse response) {
        Rollout rollout = rollout(request);
        if (rollout.stage() == rollout.options().stagesOr().size() - 1) {
            throw Refusal.ROLLOUT_STATE.of("The rollout is in its last group.");
        }
        move(request, response, "moved on", Rollout.State.RUNNING, rollouts::advance);
    }

    private interface Move {
        void of(long tenant, long key);
    }

    private void move(ServerRequest request, ServerResponse response, String moved, Rollout.State from, Move move) {
        Rollout rollout = rollout(request);
        if (rollout.state() != from) {
            throw Refusal.ROLLOUT_STATE.of("The rollout is "
                    + RolloutViews.status(rollout, notes.of(rollout.key())) + "; only one that is "
                    + RolloutViews.word(from.label()) + " can be " + moved + ".");
        }
        move.of(rollout.tenant(), rollout.key());
        response.status(204).send();
    }

    private void stop(ServerRequest request, ServerResponse response) {
        Rollout rollout = rollout(request);
        if (rollout.state() == Rollout.State.ABORTED || rollout.state() == Rollout.State.FINISHED) {
            throw Refusal.ROLLOUT_STATE.of("The rollout is over.");
        }
        rollouts.abort(rollout.tenant(), rollout.key());
        response.status(204).send();
    }

    private void approve(ServerRequest request, ServerResponse response) {
        decide(request, response, true);
    }

    private void deny(ServerRequest request, ServerResponse response) {
        decide(request, response, false);
    }

    private void decide(ServerRequest request, ServerResponse response, boolean approves) {
        Caller caller = Caller.of(request);
        Rollout rollout = rollout(request);
        if (!rollout.isUnapproved()) {
            throw Refusal.ROLLOUT_STATE.of("The rollout does not wait for approval.");
        }
        if (approves) {
            rollouts.approve(caller, rollout.key());
        } else {
            rollouts.deny(caller, rollout.key());
        }
        notes.decided(rollout.key(), request.query().first("remark").orElse(null), caller.name());
        response.status(204).send();
    }

    /** Another rollout, for the targets that failed in one that is over. */
    private void retry(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Rollout rollout = rollout(request);
        if (rollout.state() != Rollout.State.FINISHED) {
            throw Refusal.CONSTRAINT.of("Only a rollout that is finished can be tried again.");
        }
        String name = rollouts.name(caller.tenant(), rollout.key()) + "_retry";
        requireFree(caller.tenant(), name, -1);
        Rollout again;
        try {
            again = rollouts.retry(rollout, name, caller.name());
        } catch (Problem wrong) {
            throw wrong.status() == 409 ? Refusal.CONSTRAINT.of(wrong.sentence()) : wrong;
        }
        RolloutNotes.Part part = new RolloutNotes.Part("group-1", "group-1", "", 100, "50", "50", null);
        RolloutNotes.Note before = notes.of(rollout.key());
        notes.add(
                again.key(),
                before == null ? null : before.description(),
                "failedrollout==" + rollout.key(),
                List.of(part));
        HawkbitJson.sendJson(response, 201, views.of(again, Links.of(request), true));
    }

    private void groups(ServerRequest request, ServerResponse response) {
        Rollout rollout = rollout(request);
        Listing wanted = Listing.of(request);
        Links links = Links.of(request);
        List<ObjectNode> all =
                new ArrayList<>(IntStream.range(0, rollout.options().stagesOr().size())
                        .mapToObj(stage -> views.group(rollout, stage, links, wanted.full()))
                        .filter(Listing.filter(wanted.q(), RolloutsApi::groupField))
                        .toList());
        for (Listing.By by : wanted.order().reversed()) {
            Function<ObjectNode, Collection<String>> field;
            try {
                field = groupField(by.field());
            } catch (Problem none) {
                throw Listing.noSort(by.field());
            }
            Comparator<ObjectNode> order =
                    Comparator.comparing(node -> field.apply(node).iterator().next(), Filter::compare);
            all.sort(by.down() ? order.reversed() : order);
        }
        HawkbitJson.sendJson(response, 200, wanted.of(all, node -> node));
    }

    private static Function<ObjectNode, Collection<String>> groupField(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "id" -> member("id");
            case "name" -> member("name");
            case "description" -> member("description");
            case "createdat" -> member("createdAt");
            case "createdby" -> member("createdBy");
            case "lastmodifiedat" -> member("lastModifiedAt");
            case "lastmodifiedby" -> member("lastModifiedBy");
            default -> throw Listing.noField(name);
        };
    }

    private static Function<ObjectNode, Collection<String>> member(String name) {
        return node -> List.of(node.path(name).asString(""));
    }

    private void group(ServerRequest request, ServerResponse response) {
        Rollout rollout = rollout(request);
        HawkbitJson.sendJson(response, 200, views.group(rollout, stage(request, rollout), Links.of(request), true));
    }

    private void groupTargets(ServerRequest request, ServerResponse response) {
        Rollout rollout = rollout(request);
        listing.send(request, response, rollouts.ofStage(rollout, stage(request, rollout)));
    }

    private static int stage(ServerRequest request, Rollout rollout) {
        long stage = RequestBody.key(request, "group") - rollout.key() * RolloutViews.GROUPS - 1;
        if (stage < 0 || stage >= rollout.options().stagesOr().size()) {
            throw Problem.notFound("The rollout has no such group.");
        }
        return (int) stage;
    }

    private Rollout rollout(ServerRequest request) {
        return rollouts.get(Caller.of(request).tenant(), RequestBody.key(request, "id"));
    }
}
