package dev.updraft.server.rollout;

import dev.updraft.server.event.Events;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.fleet.Event;
import dev.updraft.server.fleet.Facts;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.fleet.Groups;
import dev.updraft.server.fleet.Report;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.RehearsalRules;
import dev.updraft.server.release.Rehearsals;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.store.Changes;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Decides what each device is offered, follows every update to its end, and moves rollouts from stage to stage. */
public final class Rollouts implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Rollouts.class.getName());
    private static final long TICK_MILLIS = 500;
    private static final long CLOCK_SET_MILLIS = 5_000;

    private final Database database;
    private final Changes changes;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Fleet fleet;
    private final Releases releases;
    private final Gate gate;
    private final Groups groups;
    private final RolloutStore store = new RolloutStore();
    private final Updates updates;
    private final Map<Long, Rollout> byKey = new ConcurrentHashMap<>();
    private final Map<Long, Reach> reached = new ConcurrentHashMap<>();
    private final Thread ticker;
    private volatile Plan plan;

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
        this.gate = new Gate(rehearsals);
        this.groups = groups;
        this.changes = database.changes();
        this.updates = new Updates(database, store, fleet);
        changes.load(store::all).forEach(rollout -> byKey.put(rollout.key(), rollout));
        changes.follow(Topic.RELEASE, releasesChanged -> replan());
        changes.follow(Topic.ROLLOUT, rolloutsChanged -> reload());
        this.plan = new Plan(1, gate.open(releases.all()), byKey.values(), groups);
        groups.onChange(this::replan);
        rules.onChange(tenant -> replan());
        this.ticker = Thread.ofPlatform().name("updraft-rollouts").daemon(true).start(this::tick);
    }

    private synchronized void reload() {
        database.read(store::all).forEach(rollout -> byKey.put(rollout.key(), rollout));
        replan();
    }

    /** @throws Problem 404 */
    public Rollout get(long tenant, long key) {
        Rollout rollout = byKey.get(key);
        if (rollout == null || rollout.tenant() != tenant) {
            throw Problem.notFound("There is no rollout " + key + ".");
        }
        return rollout;
    }

    /** How many of all tenants are in {@code state}. */
    public long count(Rollout.State state) {
        return byKey.values().stream()
                .filter(rollout -> rollout.state() == state)
                .count();
    }

    /** Oldest first. */
    public List<Rollout> all(long tenant) {
        return byKey.values().stream()
                .filter(rollout -> rollout.tenant() == tenant)
                .sorted(Comparator.comparingLong(Rollout::key))
                .toList();
    }

    /** Fixes a release so that rollouts can offer it. */
    public Release publish(long tenant, long release) {
        gate.require(releases.get(tenant, release));
        Release published = releases.move(tenant, release, Release.State.PUBLISHED);
        replan();
        return published;
    }

    /** {@link #publish}, and a rollout to every device of its boards if there is none yet. */
    public Release publishToEveryone(long tenant, long release, String creator) {
        Release published = publish(tenant, release);
        if (byKey.values().stream().noneMatch(rollout -> rollout.release() == release && rollout.offers())) {
            create(tenant, release, Terms.EVERYONE, creator);
        }
        return published;
    }

    /** @throws Problem 409 if {@code tenant} holds back what cannot be rehearsed, as files that are no image of a board */
    public void requireFilesGoOut(long tenant) {
        gate.requireFiles(tenant);
    }

    /** Takes a release back: no device is offered it from now on. */
    public Release withdraw(long tenant, long release) {
        Release withdrawn = releases.move(tenant, release, Release.State.WITHDRAWN);
        replan();
        return withdrawn;
    }

    /** @throws Problem 400 for terms that do not fit together, 404 for an unknown release, 409 for one that is not published */
    public Rollout create(long tenant, long release, Terms terms, String creator) {
        return create(
                tenant, release, terms, creator, terms.approvalOr() ? Rollout.State.WAITING : Rollout.State.RUNNING);
    }

    /** {@link #create(long, long, Terms, String)} of one that waits until {@link #start}. */
    public Rollout prepare(long tenant, long release, Terms terms, String creator) {
        return create(tenant, release, terms, creator, Rollout.State.WAITING);
    }

    private synchronized Rollout create(long tenant, long release, Terms terms, String creator, Rollout.State first) {
        terms.check();
        groups.filter(tenant, terms.filterOr());
        Release of = releases.get(tenant, release);
        if (of.state() != Release.State.PUBLISHED) {
            throw Problem.conflict("Version " + of.version() + " is "
                    + of.state().label() + "; only a published release can be rolled out.");
        }
        String lacks = gate.lacks(of, terms);
        Rollout.State state = lacks == null ? first : Rollout.State.WAITING;
        // One that waits for somebody to start it does not start by itself once it was rehearsed.
        String why = first == Rollout.State.RUNNING || terms.approvalOr() ? lacks : null;
        Rollout draft = new Rollout(0, tenant, release, terms, state, 0, why, creator, System.currentTimeMillis());
        Rollout rollout = database.write(handle -> {
            Rollout made = draft.withKey(store.insert(handle, draft));
            Events.add(handle, tenant, "rollout.created", told(made));
            changes.note(Topic.ROLLOUT, made.key());
            return made;
        });
        byKey.put(rollout.key(), rollout);
        replan();
        return rollout;
    }

    /** Starts a rollout that was prepared. */
    public Rollout start(long tenant, long key) {
        Rollout rollout = get(tenant, key);
        if (rollout.terms().approvalOr()) {
            throw Problem.forbidden("This rollout needs an approver to let it start.");
        }
        requireRehearsed(rollout);
        return move(tenant, key, List.of(Rollout.State.WAITING), Rollout.State.RUNNING, null);
    }

    /** Lets a waiting rollout start. */
    public Rollout approve(long tenant, long key, String approver) {
        Rollout rollout = get(tenant, key);
        if (rollout.creator().equals(approver)) {
            throw Problem.forbidden("A rollout is approved by somebody other than its maker.");
        }
        requireRehearsed(rollout);
        return move(tenant, key, List.of(Rollout.State.WAITING), Rollout.State.RUNNING, null);
    }

    public Rollout pause(long tenant, long key) {
        return move(tenant, key, List.of(Rollout.State.RUNNING), Rollout.State.PAUSED, "paused by an operator");
    }

    public Rollout resume(long tenant, long key) {
        requireRehearsed(get(tenant, key));
        return move(tenant, key, List.of(Rollout.State.PAUSED), Rollout.State.RUNNING, null);
    }

    public Rollout abort(long tenant, long key) {
        return move(
                tenant,
                key,
                List.of(Rollout.State.WAITING, Rollout.State.RUNNING, Rollout.State.PAUSED, Rollout.State.FINISHED),
                Rollout.State.ABORTED,
                "aborted by an operator");
    }

    private void requireRehearsed(Rollout rollout) {
        gate.require(releases.get(rollout.tenant(), rollout.release()), rollout.terms());
    }

    /** Takes in that {@code release} was rehearsed: starts what waited for that, and pauses what it speaks against. */
    public synchronized void rehearsed(Release release) {
        replan();
        byKey.values().stream()
                .filter(rollout -> rollout.release() == release.key())
                .forEach(this::holdOrLetGo);
    }

    /** Moves a rollout to where the rehearsals of its release, and what is demanded of them, want it. */
    private synchronized void holdOrLetGo(Rollout rollout) {
        String lacks = gate.lacks(releases.get(rollout.tenant(), rollout.release()), rollout.terms());
        boolean waits = rollout.state() == Rollout.State.WAITING && rollout.reason() != null;
        boolean waitsForApproval =
                rollout.state() == Rollout.State.WAITING && rollout.terms().approvalOr();
        if (lacks != null && rollout.offers()) {
            replace(rollout, rollout.in(Rollout.State.PAUSED, rollout.stage(), lacks));
        } else if (waits && lacks == null && !waitsForApproval) {
            replace(rollout, rollout.in(Rollout.State.RUNNING, rollout.stage(), null));
        } else if ((waits || waitsForApproval) && !Objects.equals(lacks, rollout.reason())) {
            replace(rollout, rollout.in(Rollout.State.WAITING, rollout.stage(), lacks));
        }
    }

    private synchronized Rollout move(
            long tenant, long key, List<Rollout.State> from, Rollout.State to, @Nullable String why) {
        Rollout before = get(tenant, key);
        if (!from.contains(before.state())) {
            String fit = from.stream().map(Rollout.State::label).collect(Collectors.joining(" or "));
            throw Problem.conflict("Rollout " + key + " is " + before.state().label() + "; only one that is " + fit
                    + " can be moved so.");
        }
        return replace(before, before.in(to, before.stage(), why));
    }

    private synchronized Rollout replace(Rollout before, Rollout after) {
        database.change(handle -> {
            if (!store.move(handle, before, after)) {
                throw Problem.conflict("Rollout " + before.key() + " was moved at the same moment; look again.");
            }
            changes.note(Topic.ROLLOUT, after.key());
            String what = before.stage() == after.stage() ? after.state().label() : "stage";
            Events.add(handle, after.tenant(), "rollout." + what, told(after));
        });
        byKey.put(after.key(), after);
        replan();
        return after;
    }

    private static Map<String, Object> told(Rollout rollout) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("rollout", rollout.key());
        told.put("release", rollout.release());
        told.put("state", rollout.state().label());
        told.put("stage", rollout.stage());
        if (rollout.reason() != null) {
            told.put("reason", rollout.reason());
        }
        return told;
    }

    private synchronized void replan() {
        plan = new Plan(plan.epoch() + 1, gate.open(releases.all()), byKey.values(), groups);
    }

    /** Takes in a check-in and answers it: an offer, or null. */
    public @Nullable Offer checkIn(Device device, Facts facts) {
        if (device.isIdle(plan.epoch(), System.currentTimeMillis()) && facts.equals(device.facts())) {
            fleet.checkedIn(device, facts, handle -> {});
            return null;
        }
        changes.catchUp();
        Plan now = plan;
        synchronized (device) {
            Updates.Step step = updates.running(device, facts);
            fleet.checkedIn(device, facts, handle -> {
                if (step != null) {
                    step.write(handle);
                }
            });
            if (step != null) {
                step.apply();
                outcome(step.after());
            }
            return offer(now, device, facts);
        }
    }

    private @Nullable Offer offer(Plan now, Device device, Facts facts) {
        if (!changes.isCurrent()) {
            return null;
        }
        Plan.Decision decision = now.decide(device, facts, updates, System.currentTimeMillis());
        Offer offer = decision.offer();
        if (offer == null) {
            device.idle(now.epoch(), decision.until());
            return null;
        }
        if (offer.rollout() == Update.ASSIGNED) {
            Update assigned = updates.find(device, offer.image().digest());
            return assigned != null && assigned.state() == Update.State.AWAITING_CONSENT ? null : offer;
        }
        Manner manner = get(device.tenant(), offer.rollout()).terms().mannerOr();
        Update update = updates.offered(device, offer.image().digest(), offer.rollout(), manner);
        return update.state() == Update.State.AWAITING_CONSENT ? null : offer;
    }

    /** Takes in a report; it is on disk when this returns. */
    public void report(Device device, Report report) {
        changes.catchUp();
        synchronized (device) {
            Updates.Step step = updates.reported(device, report);
            boolean fresh = fleet.report(device, report, handle -> {
                if (step != null) {
                    step.write(handle);
                }
            });
            if (step != null && fresh) {
                step.apply();
                device.reconsider();
                outcome(step.after());
            }
        }
    }

    /** The version that somebody at {@code device} must agree to before it is offered; null if there is none. */
    public @Nullable String awaitsConsent(Device device) {
        for (Update update : updates.of(device)) {
            Release release = releases.with(device.tenant(), update.digest());
            if (update.state() == Update.State.AWAITING_CONSENT && release != null) {
                return release.version();
            }
        }
        return null;
    }

    /**
     * Somebody at {@code device}, or who answers for it, agrees to what it {@linkplain #awaitsConsent awaits}.
     *
     * @throws Problem 409 if nothing does
     */
    public void agree(Device device) {
        changes.catchUp();
        synchronized (device) {
            Update waiting = updates.of(device).stream()
                    .filter(update -> update.state() == Update.State.AWAITING_CONSENT)
                    .findFirst()
                    .orElseThrow(() -> Problem.conflict("Nothing awaits consent at '" + device.id() + "'."));
            Updates.Step step = updates.moved(device, waiting, Update.State.OFFERED, null);
            database.change(step::write);
            step.apply();
            device.reconsider();
        }
    }

    /** Every update of {@code device} that is open, turned down or was assigned to it last. */
    public List<Update> updates(Device device) {
        return updates.of(device);
    }

    /**
     * Gives {@code release} to this very device, before whatever rollouts there are; what is open at it is cancelled.
     *
     * @return null if the device has it, or it is under way already
     * @throws Problem 409 if the release is not published, has no image for the device, or was not rehearsed though the tenant demands it
     */
    public @Nullable Update assign(Device device, Release release, Manner manner, String initiator) {
        manner.check(System.currentTimeMillis());
        changes.catchUp();
        Facts facts = device.facts();
        Release.Image image = facts == null ? release.onlyImage() : release.imageFor(facts);
        if (release.state() != Release.State.PUBLISHED || image == null) {
            throw Problem.conflict("Version " + release.version() + " is "
                    + release.state().label() + " or has no image for '" + device.id() + "'.");
        }
        gate.require(release);
        synchronized (device) {
            Update before = updates.find(device, image.digest());
            boolean has = facts != null && facts.digest().equals(image.digest());
            if (has
                    || (before != null
                            && before.rollout() == Update.ASSIGNED
                            && before.isOpen()
                            && !before.stopped())) {
                return null;
            }
            List<Updates.Step> stops = updates.of(device).stream()
                    .filter(update -> update.isOpen()
                            && !update.stopped()
                            && !update.digest().equals(image.digest()))
                    .map(update -> updates.moved(device, update, Update.State.CANCELLING, "another was assigned"))
                    .toList();
            Updates.Step step = database.write(handle -> {
                stops.forEach(stop -> stop.write(handle));
                return updates.begin(handle, device, image.digest(), Update.ASSIGNED, manner, initiator);
            });
            stops.forEach(Updates.Step::apply);
            step.apply();
            device.reconsider();
            return step.after();
        }
    }

    /**
     * Takes in that an update has moved, as a device says that sends no digest of what it runs: one that is confirmed runs it.
     *
     * @param why the device's word, where something went wrong
     * @param alongside called in the same transaction
     */
    public Update move(
            Device device, Update before, Update.State to, @Nullable String why, Consumer<Handle> alongside) {
        changes.catchUp();
        synchronized (device) {
            Updates.Step step = updates.moved(device, before, to, why);
            Event event = Event.ofLabel(to.label());
            Report report =
                    event == null ? null : new Report(step.after().changed(), 0, event, before.digest(), why, null);
            Consumer<Handle> all = handle -> {
                step.write(handle);
                alongside.accept(handle);
            };
            Release release = releases.with(device.tenant(), before.digest());
            Facts facts = device.facts();
            if (to == Update.State.CONFIRMED && facts != null && release != null) {
                fleet.took(device, facts.running(before.digest(), release.version()), report, all);
            } else {
                fleet.took(device, null, report, all);
            }
            step.apply();
            device.reconsider();
            outcome(step.after());
            return step.after();
        }
    }

    /** What {@code device} was offered of {@code digest} and how far it is; null if nothing or confirmed. */
    public @Nullable Update update(Device device, Digest digest) {
        return updates.find(device, digest);
    }

    private void outcome(Update update) {
        Rollout rollout = byKey.get(update.rollout());
        if (rollout == null || !update.turnedDown() || !rollout.offers()) {
            return;
        }
        Progress progress = progress(rollout);
        if (FailureTest.alarms(rollout.terms().acceptableFailuresOr(), progress.confirmed(), progress.failures())) {
            pauseForFailures(rollout, progress);
        }
    }

    private synchronized void pauseForFailures(Rollout seen, Progress progress) {
        Rollout rollout = byKey.get(seen.key());
        if (rollout != null && rollout.offers()) {
            String why = progress.failures() + " of " + (progress.failures() + progress.confirmed())
                    + " devices went back or refused: more than chance makes of the acceptable "
                    + rollout.terms().acceptableFailuresOr() * 100 + " %";
            replace(rollout, rollout.in(Rollout.State.PAUSED, rollout.stage(), why));
        }
    }

    /** How far {@code rollout} is. */
    public Progress progress(Rollout rollout) {
        return Progress.of(updates.counts(rollout.key()), reached.get(rollout.key()));
    }

    /** Who would get a release under {@code terms}, without doing anything. */
    public Reach preview(long tenant, long release, Terms terms) {
        terms.check();
        Release of = releases.get(tenant, release);
        Release published = of.withState(Release.State.PUBLISHED);
        Rollout rollout = new Rollout(Long.MAX_VALUE, tenant, release, terms, Rollout.State.RUNNING, 0, null, "", 0);
        return Reach.of(new Plan(0, List.of(published), List.of(rollout), groups), rollout, of, fleet.all(tenant));
    }

    private void tick() {
        long offset = clockOffset();
        try {
            while (!closing.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                long now = clockOffset();
                if (Math.abs(now - offset) > CLOCK_SET_MILLIS) {
                    // What was remembered to be due, or fresh, by the clock as it was is decided again.
                    LOG.warning("the clock was set by " + (now - offset) / 1_000 + " s");
                    reached.clear();
                    replan();
                }
                offset = now;
                advanceAll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Changes only when somebody sets the clock. */
    private static long clockOffset() {
        return System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private void advanceAll() {
        try {
            byKey.values().forEach(this::advance);
            if (changes.isOwner()) {
                // What is demanded may have changed, and another process may have taken the report.
                byKey.values().forEach(this::holdOrLetGo);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "rollouts could not be moved on; tried again shortly", e);
        }
    }

    private void advance(Rollout rollout) {
        Reach before = reached.get(rollout.key());
        if (rollout.state() != Rollout.State.RUNNING || (before != null && !before.isStale(rollout))) {
            return;
        }
        Release release = releases.get(rollout.tenant(), rollout.release());
        Reach reach = Reach.of(plan, rollout, release, fleet.all(rollout.tenant()));
        reached.put(rollout.key(), reach);
        boolean last = rollout.stage() == rollout.terms().stagesOr().size() - 1;
        if (changes.isOwner() && reach.succeeded(rollout)) {
            synchronized (this) {
                if (rollout.equals(byKey.get(rollout.key()))) {
                    replace(
                            rollout,
                            last
                                    ? rollout.in(Rollout.State.FINISHED, rollout.stage(), null)
                                    : rollout.in(Rollout.State.RUNNING, rollout.stage() + 1, null));
                }
            }
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            ticker.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
