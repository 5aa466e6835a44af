package dev.updraft.server.rollout;

import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.fleet.Groups;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Version;
import dev.updraft.server.release.VersionRange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What may be offered to whom at present. Immutable; any change of a release or rollout makes the next one. */
final class Plan {
    /** Those of several server processes, at most. */
    private static final long CLOCKS_DIFFER_MILLIS = 60_000;

    private final long epoch;
    private final Map<Long, List<Goal>> goals = new HashMap<>();
    private final Map<Long, List<Step>> steps = new HashMap<>();
    private final Map<Long, String> unusable = new HashMap<>();
    private final Set<String> damaged;
    private final Map<Long, Members> chosen;
    private final Set<Long> stopped = new HashSet<>();
    private final Map<Content, Release> byContent = new HashMap<>();

    private record Content(long tenant, Digest digest) {}

    /** A running rollout and the release it leads to. */
    record Goal(Rollout rollout, Release release, @Nullable Version version, Predicate<Device> filter) {}

    /** A published release as a step on the way to one. */
    private record Step(Release release, Version version, VersionRange from) {}

    /** What to do with a device now: an offer, or nothing before {@code until}. */
    record Decision(@Nullable Offer offer, long until) {}

    Plan(
            long epoch,
            Collection<Release> releases,
            Collection<Rollout> rollouts,
            Groups groups,
            Set<String> damaged,
            Map<Long, Members> chosen) {
        this.epoch = epoch;
        this.chosen = chosen;
        this.damaged = damaged;
        findStopped(rollouts);
        Map<Long, Release> published = new HashMap<>();
        for (Release release : releases) {
            if (release.state() != Release.State.PUBLISHED) {
                continue;
            }
            published.put(release.key(), release);
            release.images().forEach(image -> byContent.put(new Content(release.tenant(), image.digest()), release));
            addStep(release);
        }
        for (Rollout rollout : rollouts) {
            Release release = published.get(rollout.release());
            if (release != null && rollout.offers()) {
                addGoal(rollout, release, groups);
            }
        }
        goals.values()
                .forEach(list -> list.sort(Comparator.comparingInt(
                                (Goal goal) -> goal.rollout().options().priorityOr())
                        .thenComparing(Goal::version, Comparator.nullsFirst(Comparator.naturalOrder()))
                        .reversed()));
    }

    /** A release whose rollout was stopped, by somebody or by its failures, and that no newer one gives out: no way leads over it. */
    private void findStopped(Collection<Rollout> rollouts) {
        Map<Long, Rollout> newest = new HashMap<>();
        for (Rollout rollout : rollouts) {
            newest.merge(rollout.release(), rollout, (a, b) -> a.key() > b.key() ? a : b);
        }
        newest.forEach((release, rollout) -> {
            boolean unapproved = rollout.state() == Rollout.State.WAITING
                    && rollout.options().approvalOr();
            if (unapproved || rollout.state() == Rollout.State.PAUSED || rollout.state() == Rollout.State.ABORTED) {
                stopped.add(release);
            }
        });
    }

    private void addStep(Release release) {
        Version version = Version.parse(release.version());
        if (version == null) {
            return;
        }
        try {
            steps.computeIfAbsent(release.tenant(), t -> new ArrayList<>())
                    .add(new Step(release, version, VersionRange.parse(release.from())));
        } catch (Problem unreadable) {
            // No way leads over it.
        }
    }

    /** A rollout that cannot be read is left out alone: the plan is everybody's. */
    private void addGoal(Rollout rollout, Release release, Groups groups) {
        try {
            VersionRange.parse(release.from());
            goals.computeIfAbsent(rollout.tenant(), t -> new ArrayList<>())
                    .add(new Goal(
                            rollout,
                            release,
                            Version.parse(release.version()),
                            groups.filter(rollout.tenant(), rollout.options().filterOr())));
        } catch (Problem cannot) {
            unusable.put(rollout.key(), cannot.sentence());
        }
    }

    long epoch() {
        return epoch;
    }

    /** Why a rollout that offers has no part in this plan; null if it has. */
    @Nullable
    String unusable(Rollout rollout) {
        return unusable.get(rollout.key());
    }

    /** What {@code rollout} leads to; null if it offers nothing at present. */
    @Nullable
    Goal goal(Rollout rollout) {
        return goals.getOrDefault(rollout.tenant(), List.of()).stream()
                .filter(goal -> goal.rollout().key() == rollout.key())
                .findFirst()
                .orElse(null);
    }

    /** Devices that {@code rollout} is for, whatever its stage. */
    Predicate<Device> members(Rollout rollout, Updates updates) {
        Goal goal = goal(rollout);
        return device -> {
            CheckIn facts = device.facts();
            return goal != null
                    && facts != null
                    && goal.release().imageFor(facts) != null
                    && (isChosen(goal, device) || updates.joined(rollout.key(), device));
        };
    }

    Decision decide(Device device, CheckIn facts, Updates updates, long now) {
        long until = Long.MAX_VALUE;
        if (facts.trial()) {
            // One thing at a time: the running image must first be confirmed or taken back.
            return new Decision(null, until);
        }
        Update assigned = updates.assigned(device);
        if (assigned != null && assigned.isOpen()) {
            return new Decision(assigned(device, assigned), until);
        }
        Version running = Version.parse(facts.version());
        for (Goal goal : goals.getOrDefault(device.tenant(), List.of())) {
            Rollout rollout = goal.rollout();
            Release.Image image = goal.release().imageFor(facts);
            // What an operator has given this very device stands until a newer rollout comes.
            if (image == null
                    || (assigned != null && rollout.created() <= assigned.started())
                    || !isFor(goal, device, updates)) {
                continue;
            }
            if (image.digest().equals(facts.digest())) {
                // It is where the most important rollout wants it: a lesser one must not take it elsewhere.
                return new Decision(null, until);
            }
            if (!rollout.options().downgradeOr() && isBelow(goal.version(), running, facts)) {
                continue;
            }
            long opens = opens(rollout.options(), facts, now);
            if (opens > now) {
                until = Math.min(until, opens);
                continue;
            }
            Release next = next(goal, running, device, facts, updates);
            Release.Image hop = next == null ? null : next.imageFor(facts);
            if (next == null || hop == null || !fits(hop, facts) || !next.canServe(hop, damaged)) {
                continue;
            }
            long again = again(rollout, updates.find(device, hop.digest()), now);
            if (again <= now) {
                return new Decision(new Offer(rollout.key(), next, hop), until);
            }
            until = Math.min(until, again);
        }
        return new Decision(null, until);
    }

    /** One that was offered it once stays, though it may have left the filter by that. */
    private boolean isFor(Goal goal, Device device, Updates updates) {
        return (holds(goal.rollout(), device) && isChosen(goal, device))
                || updates.joined(goal.rollout().key(), device);
    }

    /** By its filter, or, where the devices were chosen when the rollout was made, by that; one that goes on takes later ones too. */
    boolean isChosen(Goal goal, Device device) {
        Members members = chosen.get(goal.rollout().key());
        return members == null
                ? goal.filter().test(device)
                : members.stageOf(device.key()) >= 0
                        || (goal.rollout().options().dynamicOr()
                                && goal.filter().test(device));
    }

    /** Whether {@code device} is in the present stage of {@code rollout}, if it is one that the rollout is for. */
    boolean holds(Rollout rollout, Device device) {
        return chosen.containsKey(rollout.key()) ? stageOf(rollout, device) <= rollout.stage() : rollout.holds(device);
    }

    /** The stage that {@code device} was chosen for; who comes later is in the last. */
    int stageOf(Rollout rollout, Device device) {
        Members members = chosen.get(rollout.key());
        int stage = members == null ? -1 : members.stageOf(device.key());
        return stage >= 0 ? stage : rollout.options().stagesOr().size() - 1;
    }

    /** The stage that {@code device} was chosen for; -1 if it was not. */
    int chosenStage(Rollout rollout, Device device) {
        Members members = chosen.get(rollout.key());
        return members == null ? -1 : members.stageOf(device.key());
    }

    /** How many were chosen for {@code stage}; -1 if nobody was chosen. */
    long chosen(Rollout rollout, int stage) {
        Members members = chosen.get(rollout.key());
        return members == null ? -1 : members.size(stage);
    }

    /** True if the devices of {@code rollout} were chosen when it was made. */
    boolean isChosen(Rollout rollout) {
        return chosen.containsKey(rollout.key());
    }

    private @Nullable Offer assigned(Device device, Update update) {
        Release release = byContent.get(new Content(device.tenant(), update.digest()));
        Release.Image image = release == null ? null : release.imageWith(update.digest());
        return release == null || image == null || update.stopped() || !release.canServe(image, damaged)
                ? null
                : new Offer(Update.ASSIGNED, release, image);
    }

    /** Whether {@code version} is no step forward; of what runs and is no version, its beginning may be one. */
    static boolean isBelow(@Nullable Version version, @Nullable Version running, CheckIn facts) {
        if (version == null) {
            return false;
        }
        if (running != null) {
            return version.compareTo(running) <= 0;
        }
        Version leading = Version.leading(facts.version());
        return leading != null && version.compareTo(leading) < 0;
    }

    static long opens(RolloutOptions options, CheckIn facts, long now) {
        if (options.startAt() != null && options.startAt() > now) {
            return options.startAt();
        }
        if (options.window() == null || (options.deadline() != null && options.deadline() <= now)) {
            return now;
        }
        long opens = options.window().opens(facts.attributes(), now);
        return options.deadline() == null ? opens : Math.min(opens, options.deadline());
    }

    static boolean fits(Release.Image image, CheckIn facts) {
        return (image.needs() & ~facts.capabilities()) == 0
                && image.size() <= facts.stagingSize()
                && image.counter() >= facts.counter();
    }

    /** From when on an image may be offered again; 0 if it was not turned down, never after the last retry or once stopped. */
    static long again(Rollout rollout, @Nullable Update update, long now) {
        if (update == null) {
            return 0;
        }
        boolean itsOwn = update.rollout() == rollout.key();
        if (itsOwn && (update.stopped() || update.isOnlyDownloaded())) {
            return Long.MAX_VALUE;
        }
        if (!update.turnedDown()) {
            return 0;
        }
        RolloutOptions options = rollout.options();
        if (update.attempts() > options.retriesOr()) {
            return Long.MAX_VALUE;
        }
        if (update.changed() > now + CLOCKS_DIFFER_MILLIS) {
            return 0; // The clock was wrong then, and has been set back since.
        }
        return update.changed() + (options.retryAfterOr() * 1_000L << Math.min(update.attempts() - 1, 20));
    }

    /** The first release on the shortest allowed way from what runs to the goal; null if there is none. */
    @Nullable
    Release next(Goal goal, @Nullable Version running, Device device, CheckIn facts, Updates updates) {
        VersionRange from = VersionRange.parse(goal.release().from());
        if (running == null) {
            // What is no version cannot be seen to fit.
            return from.isOpen() ? goal.release() : null;
        }
        if (goal.version() == null || from.allows(running)) {
            return goal.release();
        }
        record Path(Version at, @Nullable Release first) {}
        Queue<Path> open = new ArrayDeque<>(List.of(new Path(running, null)));
        Set<Version> seen = new HashSet<>(Set.of(running));
        while (!open.isEmpty()) {
            Path path = open.remove();
            for (Step step : steps.getOrDefault(device.tenant(), List.of())) {
                Release.Image image = step.release().imageFor(facts);
                boolean isGoal = step.release().key() == goal.release().key();
                boolean onTheWay = image != null
                        && (isGoal || !stopped.contains(step.release().key()))
                        && step.version().compareTo(path.at()) > 0
                        && step.version().compareTo(goal.version()) <= 0
                        && step.from().allows(path.at())
                        && fits(image, facts)
                        && step.release().canServe(image, damaged);
                if (!onTheWay || turnedDown(updates, device, image) || !seen.add(step.version())) {
                    continue;
                }
                Release first = path.first() == null ? step.release() : path.first();
                if (isGoal) {
                    return first;
                }
                open.add(new Path(step.version(), first));
            }
        }
        return null;
    }

    private static boolean turnedDown(Updates updates, Device device, Release.@Nullable Image image) {
        Update update = image == null ? null : updates.find(device, image.digest());
        return update != null && (update.turnedDown() || update.stopped());
    }
}
