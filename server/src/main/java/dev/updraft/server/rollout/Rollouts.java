package dev.updraft.server.rollout;

import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Facts;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.fleet.Report;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.release.Version;
import dev.updraft.server.store.Database;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Decides what each device is offered, and follows every update to its end. */
public final class Rollouts {
    private final Fleet fleet;
    private final Releases releases;
    private final RolloutStore store = new RolloutStore();
    private final Updates updates;
    private final Map<Long, Rollout> byKey = new ConcurrentHashMap<>();
    private volatile Plan plan;

    public Rollouts(Database database, Fleet fleet, Releases releases) {
        this.fleet = fleet;
        this.releases = releases;
        this.updates = new Updates(database, store);
        database.read(store::all).forEach(rollout -> byKey.put(rollout.key(), rollout));
        this.plan = plan(1);
    }

    /** What may be offered at present, the highest version first. Immutable; any change makes the next one. */
    private record Plan(long epoch, List<Candidate> candidates) {}

    private record Candidate(Rollout rollout, Release release, Version version) {}

    private Plan plan(long epoch) {
        List<Candidate> candidates = new ArrayList<>();
        for (Rollout rollout : byKey.values()) {
            Release release = releases.get(rollout.tenant(), rollout.release());
            Version version = Version.parse(release.version());
            if (rollout.state() == Rollout.State.RUNNING
                    && release.state() == Release.State.PUBLISHED
                    && version != null) {
                candidates.add(new Candidate(rollout, release, version));
            }
        }
        candidates.sort(Comparator.comparing(Candidate::version).reversed());
        return new Plan(epoch, List.copyOf(candidates));
    }

    private synchronized void replan() {
        plan = plan(plan.epoch() + 1);
    }

    /** Publishes a release and starts its rollout to every device of its boards. */
    public Release publish(long tenant, long release) {
        long now = System.currentTimeMillis();
        List<Rollout> started = new ArrayList<>();
        boolean out = byKey.values().stream()
                .anyMatch(rollout -> rollout.release() == release && rollout.state() == Rollout.State.RUNNING);
        Release published = releases.move(tenant, release, Release.State.PUBLISHED, handle -> {
            if (!out) {
                long key = store.insert(handle, tenant, release, now);
                started.add(new Rollout(key, tenant, release, Rollout.State.RUNNING, now));
            }
        });
        started.forEach(rollout -> byKey.put(rollout.key(), rollout));
        replan();
        return published;
    }

    /** Takes a release back: no device is offered it from now on. */
    public Release withdraw(long tenant, long release) {
        Release withdrawn = releases.move(tenant, release, Release.State.WITHDRAWN, handle -> {});
        replan();
        return withdrawn;
    }

    /** Takes in a check-in and answers it: an offer, or null. */
    public @Nullable Offer checkIn(Device device, Facts facts) {
        Plan now = plan;
        if (device.idleSince() == now.epoch() && facts.equals(device.facts())) {
            fleet.checkedIn(device, facts, (handle, before) -> {});
            return null;
        }
        synchronized (device) {
            Updates.Step step = updates.running(device, facts);
            fleet.checkedIn(device, facts, (handle, before) -> {
                if (step != null) {
                    step.write(handle);
                }
            });
            if (step != null) {
                step.apply();
            }
            Offer offer = decide(now, device, facts);
            if (offer == null) {
                device.idle(now.epoch());
            } else {
                updates.offered(device, offer.image().digest(), offer.rollout());
            }
            return offer;
        }
    }

    private @Nullable Offer decide(Plan now, Device device, Facts facts) {
        if (facts.trial()) {
            // One thing at a time: the running image must first be confirmed or taken back.
            return null;
        }
        Version running = Version.parse(facts.version());
        for (Candidate candidate : now.candidates()) {
            Release.Image image = candidate.release().imageFor(facts.board());
            if (candidate.rollout().tenant() == device.tenant()
                    && image != null
                    && !image.digest().equals(facts.digest())
                    && (running == null || candidate.version().compareTo(running) > 0)
                    && (image.needs() & ~facts.can()) == 0
                    && image.size() <= facts.room()
                    && image.counter() >= facts.counter()) {
                Update update = updates.find(device, image.digest());
                if (update == null || !update.turnedDown()) {
                    return new Offer(candidate.rollout().key(), candidate.release(), image);
                }
            }
        }
        return null;
    }

    /** Takes in a report; it is on disk when this returns. */
    public void report(Device device, Report report) {
        synchronized (device) {
            Updates.Step step = updates.reported(device, report);
            boolean[] fresh = {false};
            fleet.report(device, report, (handle, recorded) -> {
                fresh[0] = true;
                if (step != null) {
                    step.write(handle);
                }
            });
            if (step != null && fresh[0]) {
                step.apply();
                device.idle(0);
            }
        }
    }
}
