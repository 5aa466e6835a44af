package dev.updraft.server.rollout;

import dev.updraft.server.access.Caller;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.fleet.Groups;
import dev.updraft.server.http.Page;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Publication;
import dev.updraft.server.release.RehearsalRules;
import dev.updraft.server.release.Rehearsals;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.store.Database;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What operators do with rollouts, from the publication of a release to the end. {@link DeviceUpdates} is the devices' side. */
public final class Rollouts implements Publication, AutoCloseable {
    private final Fleet fleet;
    private final Releases releases;
    private final RehearsalGate gate;
    private final Groups groups;
    private final RehearsalRules rules;
    private final Updates updates;
    private final RolloutRegistry book;
    private final RolloutScheduler clock;
    private final RolloutStore store = new RolloutStore();
    private final Database database;

    public Rollouts(
            Database database,
            Fleet fleet,
            Releases releases,
            Rehearsals rehearsals,
            RehearsalRules rules,
            Groups groups) {
        this.database = database;
        this.fleet = fleet;
        this.releases = releases;
        this.gate = new RehearsalGate(rehearsals);
        this.groups = groups;
        this.rules = rules;
        this.updates = new Updates(database, store, fleet);
        this.book = new RolloutRegistry(database, store, releases, gate, rules, groups, fleet, updates);
        this.clock = new RolloutScheduler(book, gate, releases, fleet, updates, database.changes());
    }

    RolloutStore store() {
        return store;
    }

    RolloutRegistry book() {
        return book;
    }

    RehearsalGate gate() {
        return gate;
    }

    Updates updates() {
        return updates;
    }

    /** @throws Problem 404 */
    public Rollout get(long tenant, long key) {
        return book.get(tenant, key);
    }

    /** How many of all tenants are in {@code state}. */
    public long count(Rollout.State state) {
        return book.all().stream().filter(rollout -> rollout.state() == state).count();
    }

    /** Oldest first. */
    public List<Rollout> all(long tenant) {
        return book.all().stream()
                .filter(rollout -> rollout.tenant() == tenant)
                .sorted(Comparator.comparingLong(Rollout::key))
                .toList();
    }

    @Override
    public Release publish(long tenant, long release) {
        gate.require(releases.get(tenant, release));
        Release published = releases.move(tenant, release, Release.State.PUBLISHED);
        book.replan();
        return published;
    }

    @Override
    public Release publishToEveryone(long tenant, long release, String creator) {
        Release published = publish(tenant, release);
        if (book.all().stream().noneMatch(rollout -> rollout.release() == release && rollout.offers())) {
            create(tenant, release, RolloutOptions.EVERYONE, creator);
        }
        return published;
    }

    /** @throws Problem 403 if {@code tenant} wants a second person to approve, which nobody can of what goes to one device at once */
    public void requireNoApproval(long tenant) {
        if (rules.of(tenant).demandsApproval()) {
            throw Problem.forbidden("This fleet lets nothing out that a second person has not approved; make a rollout"
                    + " with a filter that names the device.");
        }
    }

    /** @throws Problem 409 if {@code tenant} holds back what cannot be rehearsed, as files that are no image of a board */
    public void requireFilesGoOut(long tenant) {
        gate.requireFiles(tenant);
    }

    @Override
    public Release withdraw(long tenant, long release) {
        Release withdrawn = releases.move(tenant, release, Release.State.WITHDRAWN);
        book.replan();
        return withdrawn;
    }

    /** @throws Problem 400 for options that do not fit together, 404 for an unknown release, 409 for one that is not published */
    public Rollout create(long tenant, long release, RolloutOptions options, String creator) {
        return create(
                tenant,
                release,
                options,
                creator,
                options.approvalOr() ? Rollout.State.WAITING : Rollout.State.RUNNING);
    }

    /** {@link #create(long, long, RolloutOptions, String)} of one that waits until {@link #start}. */
    public Rollout prepare(long tenant, long release, RolloutOptions options, String creator) {
        return create(tenant, release, options, creator, Rollout.State.WAITING);
    }

    /**
     * A part of a rollout's devices.
     *
     * @param fits which of those that are left it is for
     * @param percent share of these
     */
    public record Group(Predicate<Device> fits, double percent) {}

    /**
     * {@link #prepare} of one whose devices are chosen now, group after group, each of what the ones before it have left.
     *
     * @param all whom it is for
     */
    public Rollout prepare(
            long tenant,
            long release,
            RolloutOptions options,
            Predicate<Device> all,
            List<Group> parts,
            String creator) {
        List<Device> left = Page.scan(() -> fleet.all(tenant).stream()
                .filter(all)
                .sorted(Comparator.comparingLong(Device::key))
                .collect(Collectors.toCollection(ArrayList::new)));
        if (left.isEmpty()) {
            throw Problem.badRequest("No target fits the rollout's filter.");
        }
        Map<Long, Integer> stageOf = new HashMap<>();
        for (int stage = 0; stage < parts.size(); stage++) {
            Group group = parts.get(stage);
            List<Device> fit = left.stream().filter(group.fits()).toList();
            int share = fit.isEmpty() ? 0 : Math.clamp(Math.round(group.percent() / 100 * fit.size()), 1, fit.size());
            for (Device device : fit.subList(0, share)) {
                stageOf.put(device.key(), stage);
            }
            left.removeIf(device -> stageOf.containsKey(device.key()));
        }
        return prepare(tenant, release, options, stageOf, creator);
    }

    private Rollout prepare(
            long tenant, long release, RolloutOptions options, Map<Long, Integer> stageOf, String creator) {
        boolean approval = rules.of(tenant).demandsApproval();
        RolloutOptions held = approval ? options.approved() : options;
        synchronized (book) {
            return book.add(draft(tenant, release, held, creator, Rollout.State.WAITING), stageOf);
        }
    }

    /**
     * Makes another rollout of the same release for the devices that turned down what {@code of} offered them.
     *
     * @throws Problem 409 if none did
     */
    public Rollout retry(Rollout of, String name, String creator) {
        Map<Long, Long> failed = database.read(handle -> store.failed(handle, of.key()));
        if (failed.isEmpty()) {
            throw Problem.conflict("No device turned down what rollout " + of.key() + " offered.");
        }
        Map<Long, Integer> stageOf = new HashMap<>();
        failed.keySet().forEach(device -> stageOf.put(device, 0));
        int attempts = failed.values().stream().mapToInt(Long::intValue).max().orElse(1);
        return prepare(of.tenant(), of.release(), of.options().again(name, Math.min(attempts, 100)), stageOf, creator);
    }

    /** Changes what can be changed of a rollout that is not over: {@code to} has the same stages and filter. */
    public Rollout edit(long tenant, long key, UnaryOperator<RolloutOptions> change) {
        synchronized (book) {
            Rollout rollout = get(tenant, key);
            RolloutOptions to = change.apply(rollout.options());
            to.check();
            return book.edit(rollout, rollout.withOptions(to));
        }
    }

    /** Ends every rollout of {@code release} that is not over. */
    public void abortOf(long tenant, long release) {
        for (Rollout rollout : all(tenant)) {
            if (rollout.release() == release
                    && rollout.state() != Rollout.State.ABORTED
                    && rollout.state() != Rollout.State.FINISHED) {
                abort(tenant, rollout.key());
            }
        }
    }

    /** What rollout {@code key} is called. */
    public String name(long tenant, long key) {
        Rollout rollout = book.find(key);
        String name = rollout == null || rollout.tenant() != tenant
                ? null
                : rollout.options().name();
        return name == null ? "rollout " + key : name;
    }

    /** Whether {@code device} is one of those that {@code rollout} reaches first with {@code stage}. */
    public Predicate<Device> ofStage(Rollout rollout, int stage) {
        if (book.plan().isChosen(rollout)) {
            return device -> book.plan().chosenStage(rollout, device) == stage;
        }
        Predicate<Device> all =
                groups.filter(rollout.tenant(), rollout.options().filterOr());
        Rollout at = rollout.in(rollout.state(), stage, null);
        Rollout before = stage == 0 ? null : rollout.in(rollout.state(), stage - 1, null);
        return device -> all.test(device) && at.holds(device) && (before == null || !before.holds(device));
    }

    /** How many devices were chosen for {@code stage} of {@code rollout}; -1 if its devices were not chosen. */
    public long chosen(Rollout rollout, int stage) {
        return book.plan().chosen(rollout, stage);
    }

    private Rollout create(long tenant, long release, RolloutOptions asked, String creator, Rollout.State first) {
        boolean approval = rules.of(tenant).demandsApproval();
        RolloutOptions options = approval ? asked.approved() : asked;
        synchronized (book) {
            return book.add(draft(tenant, release, options, creator, approval ? Rollout.State.WAITING : first));
        }
    }

    private Rollout draft(long tenant, long release, RolloutOptions options, String creator, Rollout.State first) {
        options.check();
        groups.filter(tenant, options.filterOr());
        Release of = releases.get(tenant, release);
        if (of.state() != Release.State.PUBLISHED) {
            throw Problem.conflict("Version " + of.version() + " is "
                    + of.state().label() + "; only a published release can be rolled out.");
        }
        String lacks = gate.lacks(of, options);
        Rollout.State state = lacks == null ? first : Rollout.State.WAITING;
        // One that waits for somebody to start it does not start by itself once it was rehearsed.
        String why = first == Rollout.State.RUNNING || options.approvalOr() ? lacks : null;
        return new Rollout(0, tenant, release, options, state, 0, why, creator, System.currentTimeMillis(), null, 0);
    }

    /** @throws Problem 400 if {@code filter} is none that a rollout can follow devices by */
    public void requireFilter(long tenant, String filter) {
        groups.filter(tenant, filter);
    }

    /** Starts a rollout that was prepared, at once, though it was to wait for its time. */
    public Rollout start(long tenant, long key) {
        Rollout rollout = get(tenant, key);
        if (rollout.options().approvalOr()) {
            throw Problem.forbidden("This rollout needs an approver to let it start.");
        }
        requireRehearsed(rollout);
        Long startAt = rollout.options().startAt();
        if (startAt != null && startAt > System.currentTimeMillis()) {
            edit(tenant, key, RolloutOptions::atOnce);
        }
        return book.move(tenant, key, List.of(Rollout.State.WAITING), Rollout.State.RUNNING, null);
    }

    /** Lets a waiting rollout start. */
    public Rollout approve(Caller caller, long key) {
        long tenant = caller.tenant();
        Rollout rollout = get(tenant, key);
        if (rules.of(tenant).demandsApproval() && !caller.person()) {
            throw Problem.forbidden("This fleet wants a second person: approve with a token or password of a user,"
                    + " not with a token that belongs to nobody.");
        }
        if (rollout.creator().equals(caller.name())) {
            throw Problem.forbidden("A rollout is approved by somebody other than its maker.");
        }
        requireRehearsed(rollout);
        return book.move(tenant, key, List.of(Rollout.State.WAITING), Rollout.State.RUNNING, null);
    }

    public Rollout pause(long tenant, long key) {
        return book.move(tenant, key, List.of(Rollout.State.RUNNING), Rollout.State.PAUSED, RolloutRegistry.OPERATOR);
    }

    public Rollout resume(long tenant, long key) {
        requireRehearsed(get(tenant, key));
        return book.move(tenant, key, List.of(Rollout.State.PAUSED), Rollout.State.RUNNING, null);
    }

    /** Opens a finished rollout again: it offers to devices that have come since, until it is aborted. */
    public Rollout reopen(long tenant, long key) {
        synchronized (book) {
            Rollout rollout = get(tenant, key);
            if (rollout.state() != Rollout.State.FINISHED) {
                throw Problem.conflict("Rollout " + key + " is "
                        + rollout.state().label() + "; only one that is finished can be opened again.");
            }
            requireRehearsed(rollout);
            return book.replace(rollout, rollout.reopened());
        }
    }

    /** Begins the next stage without waiting for the success of the present one. */
    public Rollout advance(long tenant, long key) {
        synchronized (book) {
            Rollout rollout = get(tenant, key);
            if (rollout.state() != Rollout.State.RUNNING) {
                throw Problem.conflict("Rollout " + key + " is "
                        + rollout.state().label() + "; only one that is running can go on to its next stage.");
            }
            if (rollout.stage() == rollout.options().stagesOr().size() - 1) {
                throw Problem.conflict("Rollout " + key + " is in its last stage.");
            }
            return book.replace(
                    rollout,
                    rollout.in(
                            Rollout.State.RUNNING,
                            rollout.stage() + 1,
                            "stage " + (rollout.stage() + 2) + " was begun by an operator"));
        }
    }

    public Rollout abort(long tenant, long key) {
        return book.move(
                tenant,
                key,
                List.of(Rollout.State.WAITING, Rollout.State.RUNNING, Rollout.State.PAUSED, Rollout.State.FINISHED),
                Rollout.State.ABORTED,
                "aborted by an operator");
    }

    /** Ends a rollout that waits for approval. */
    public Rollout deny(Caller caller, long key) {
        Rollout rollout = get(caller.tenant(), key);
        if (!rollout.isUnapproved()) {
            throw Problem.conflict("Rollout " + key + " does not wait for approval.");
        }
        return book.move(
                caller.tenant(),
                key,
                List.of(Rollout.State.WAITING),
                Rollout.State.ABORTED,
                "denied by " + caller.name());
    }

    private void requireRehearsed(Rollout rollout) {
        gate.require(releases.get(rollout.tenant(), rollout.release()), rollout.options());
    }

    @Override
    public void rehearsed(Release release) {
        synchronized (book) {
            book.replan();
            book.all().stream()
                    .filter(rollout -> rollout.release() == release.key())
                    .forEach(clock::holdOrLetGo);
        }
    }

    /** How far {@code rollout} is. */
    public Progress progress(Rollout rollout) {
        return Progress.of(rollout, updates.counts(rollout.key()), clock.reach(rollout));
    }

    /** Who would get a release under {@code options}, without doing anything. */
    public RolloutCount preview(long tenant, long release, RolloutOptions options) {
        options.check();
        Release of = releases.get(tenant, release);
        Release published = of.withState(Release.State.PUBLISHED);
        Rollout draft =
                new Rollout(Long.MAX_VALUE, tenant, release, options, Rollout.State.RUNNING, 0, null, "", 0, null, 0);
        groups.filter(tenant, options.filterOr());
        Rollout rollout = book.measured(draft, device -> false);
        return RolloutCount.of(
                new Plan(0, List.of(published), List.of(rollout), groups, Set.of(), Map.of()),
                rollout,
                of,
                updates,
                fleet.all(tenant));
    }

    @Override
    public void close() {
        clock.close();
    }
}
