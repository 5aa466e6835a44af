package dev.updraft.server.rollout;

import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.store.Changes;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Counts, twice a second, how far rollouts are, and moves them from stage to stage; holds those that lack a rehearsal, and lets them go. */
final class RolloutScheduler implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RolloutScheduler.class.getName());
    private static final long TICK_MILLIS = 500;
    private static final long CLOCK_SET_MILLIS = 5_000;

    private final RolloutRegistry book;
    private final RehearsalGate gate;
    private final Releases releases;
    private final Fleet fleet;
    private final Changes changes;
    private final Map<Long, RolloutCount> reached = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread ticker;

    RolloutScheduler(RolloutRegistry book, RehearsalGate gate, Releases releases, Fleet fleet, Changes changes) {
        this.book = book;
        this.gate = gate;
        this.releases = releases;
        this.fleet = fleet;
        this.changes = changes;
        this.ticker = Thread.ofPlatform().name("updraft-rollouts").daemon(true).start(this::tick);
    }

    /** The last count; null before the first. */
    @Nullable
    RolloutCount reach(Rollout rollout) {
        return reached.get(rollout.key());
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
                    book.replan();
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
            book.all().forEach(this::advance);
            if (changes.isOwner()) {
                // What is demanded may have changed, and another process may have taken the report.
                book.all().forEach(this::holdOrLetGo);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "rollouts could not be moved on; tried again shortly", e);
        }
    }

    private void advance(Rollout rollout) {
        RolloutCount before = reached.get(rollout.key());
        if (rollout.state() != Rollout.State.RUNNING || (before != null && !before.isStale(rollout))) {
            return;
        }
        Release release = releases.get(rollout.tenant(), rollout.release());
        RolloutCount reach = RolloutCount.of(book.plan(), rollout, release, fleet.all(rollout.tenant()));
        reached.put(rollout.key(), reach);
        boolean last = rollout.stage() == rollout.terms().stagesOr().size() - 1;
        if (changes.isOwner() && reach.succeeded(rollout)) {
            synchronized (book) {
                if (rollout.equals(book.find(rollout.key()))) {
                    book.replace(
                            rollout,
                            last
                                    ? rollout.in(Rollout.State.FINISHED, rollout.stage(), null)
                                    : rollout.in(Rollout.State.RUNNING, rollout.stage() + 1, null));
                }
            }
        }
    }

    /** Moves a rollout to where the rehearsals of its release, and what is demanded of them, want it. */
    void holdOrLetGo(Rollout rollout) {
        synchronized (book) {
            String lacks = gate.lacks(releases.get(rollout.tenant(), rollout.release()), rollout.terms());
            boolean waits = rollout.state() == Rollout.State.WAITING && rollout.reason() != null;
            boolean waitsForApproval =
                    rollout.state() == Rollout.State.WAITING && rollout.terms().approvalOr();
            if (lacks != null && rollout.offers()) {
                book.replace(rollout, rollout.in(Rollout.State.PAUSED, rollout.stage(), lacks));
            } else if (waits && lacks == null && !waitsForApproval) {
                book.replace(rollout, rollout.in(Rollout.State.RUNNING, rollout.stage(), null));
            } else if ((waits || waitsForApproval) && !Objects.equals(lacks, rollout.reason())) {
                book.replace(rollout, rollout.in(Rollout.State.WAITING, rollout.stage(), lacks));
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
