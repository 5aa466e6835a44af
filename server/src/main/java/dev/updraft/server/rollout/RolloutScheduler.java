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
    private final Updates updates;
    private final Changes changes;
    private final Map<Long, RolloutCount> reached = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread ticker;

    RolloutScheduler(
            RolloutRegistry book,
            RehearsalGate gate,
            Releases releases,
            Fleet fleet,
            Updates updates,
            Changes changes) {
        this.book = book;
        this.gate = gate;
        this.releases = releases;
        this.fleet = fleet;
        this.updates = updates;
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
        for (Rollout rollout : book.all()) {
            // One after the other: what goes wrong with one tenant's must not hold up another's.
            try {
                advance(rollout);
                if (changes.isOwner()) {
                    holdUnusable(rollout);
                    // What is demanded may have changed, and another process may have taken the report.
                    holdOrLetGo(rollout);
                }
            } catch (RuntimeException e) {
                LOG.log(
                        Level.WARNING,
                        e,
                        () -> "rollout " + rollout.key() + " could not be moved on; tried again shortly");
            }
        }
    }

    private void holdUnusable(Rollout rollout) {
        String why = book.plan().unusable(rollout);
        if (why != null) {
            synchronized (book) {
                if (rollout.equals(book.find(rollout.key())) && rollout.offers()) {
                    book.replace(
                            rollout,
                            rollout.in(
                                    Rollout.State.PAUSED,
                                    rollout.stage(),
                                    "held, because its filter cannot be used: " + why));
                }
            }
        }
    }

    private void advance(Rollout rollout) {
        if (isDue(rollout) && changes.isOwner()) {
            replace(rollout, rollout.in(Rollout.State.RUNNING, rollout.stage(), null));
            return;
        }
        RolloutCount before = reached.get(rollout.key());
        if (rollout.state() != Rollout.State.RUNNING || (before != null && !before.isStale(rollout))) {
            return;
        }
        Release release = releases.get(rollout.tenant(), rollout.release());
        RolloutCount reach = RolloutCount.of(book.plan(), rollout, release, updates, fleet.all(rollout.tenant()));
        reached.put(rollout.key(), reach);
        if (!changes.isOwner()) {
            return;
        }
        boolean chosen = book.plan().isChosen(rollout);
        if (reach.isUnmeasured() && !chosen) {
            // Its devices have come only now.
            replace(rollout, book.measured(rollout, device -> false));
            return;
        }
        if (reach.lost() > 0 && pausedForLoss(rollout, reach)) {
            return;
        }
        boolean last = rollout.stage() == rollout.options().stagesOr().size() - 1;
        boolean succeeded = chosen ? reach.groupSucceeded(rollout) : reach.succeeded(rollout);
        if (succeeded && !last) {
            String why = chosen ? null : passed(rollout, reach);
            replace(rollout, rollout.in(Rollout.State.RUNNING, rollout.stage() + 1, why));
        } else if (succeeded && !rollout.options().dynamicOr()) {
            replace(rollout, rollout.in(Rollout.State.FINISHED, rollout.stage(), null));
        }
    }

    /** Whether it was prepared to start by itself, and the time has come. */
    private boolean isDue(Rollout rollout) {
        Long startAt = rollout.options().startAt();
        return rollout.state() == Rollout.State.WAITING
                && startAt != null
                && startAt <= System.currentTimeMillis()
                && rollout.reason() == null
                && !rollout.options().approvalOr()
                && gate.lacks(releases.get(rollout.tenant(), rollout.release()), rollout.options()) == null;
    }

    /** Says so where the next stage adds nobody; null where it does. */
    private static @Nullable String passed(Rollout rollout, RolloutCount reach) {
        double percent = rollout.options().stagesOr().get(rollout.stage() + 1).percent();
        int share = StageReach.share(percent, (int) reach.devices());
        return percent < 100 && share <= reach.inStage()
                ? "stage " + (rollout.stage() + 2) + " adds nobody: its " + share + " of " + reach.devices()
                        + " devices are in already"
                : null;
    }

    private boolean pausedForLoss(Rollout rollout, RolloutCount reach) {
        Progress progress = Progress.of(updates.counts(rollout.key()), reach);
        long failures = progress.failures() + reach.lost();
        if (!FailureAlarm.alarms(rollout.options().acceptableFailuresOr(), progress.confirmed(), failures)) {
            return false;
        }
        replace(
                rollout,
                rollout.in(
                        Rollout.State.PAUSED,
                        rollout.stage(),
                        failures + " of " + (failures + progress.confirmed()) + " devices failed, " + reach.lost()
                                + " of them silent since they began to install"));
        return true;
    }

    private void replace(Rollout before, Rollout after) {
        synchronized (book) {
            if (before.equals(book.find(before.key()))) {
                book.replace(before, after);
            }
        }
    }

    /** Moves a rollout to where the rehearsals of its release, and what is demanded of them, want it. */
    void holdOrLetGo(Rollout rollout) {
        synchronized (book) {
            String lacks = gate.lacks(releases.get(rollout.tenant(), rollout.release()), rollout.options());
            boolean waits = rollout.state() == Rollout.State.WAITING && rollout.reason() != null;
            boolean waitsForApproval = rollout.state() == Rollout.State.WAITING
                    && rollout.options().approvalOr();
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
