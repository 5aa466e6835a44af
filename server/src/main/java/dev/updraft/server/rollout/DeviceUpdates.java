package dev.updraft.server.rollout;

import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.fleet.Report;
import dev.updraft.server.fleet.ReportEvent;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Releases;
import dev.updraft.server.store.AuditLog;
import dev.updraft.server.store.Changes;
import dev.updraft.server.store.Database;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What each device is offered, given and asked, and what it says of that; a rollout that too many turn down is paused. */
public final class DeviceUpdates {
    private final Database database;
    private final Changes changes;
    private final Fleet fleet;
    private final Releases releases;
    private final Rollouts rollouts;
    private final RolloutRegistry book;
    private final RehearsalGate gate;
    private final Updates updates;

    public DeviceUpdates(Database database, Fleet fleet, Releases releases, Rollouts rollouts) {
        this.database = database;
        this.changes = database.changes();
        this.fleet = fleet;
        this.releases = releases;
        this.rollouts = rollouts;
        this.book = rollouts.book();
        this.gate = rollouts.gate();
        this.updates = rollouts.updates();
    }

    /** Takes in a check-in and answers it: an offer, or null. */
    public @Nullable Offer checkIn(Device device, CheckIn facts) {
        if (device.isIdle(book.plan().epoch(), System.currentTimeMillis()) && facts.equals(device.facts())) {
            fleet.checkedIn(device, facts, handle -> {});
            return null;
        }
        changes.catchUp();
        Plan now = book.plan();
        return fleet.exclusively(device, () -> {
            Updates.Step moved = updates.running(device, facts);
            Updates.Step step = moved != null ? moved : updates.goneBack(device, facts);
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
        });
    }

    private @Nullable Offer offer(Plan now, Device device, CheckIn facts) {
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
            return assigned == null ? offer : of(offer, assigned);
        }
        Rollout rollout = book.get(device.tenant(), offer.rollout());
        Boolean consent =
                rollout.options().stagesOr().get(now.stageOf(rollout, device)).consent();
        InstallMode usual = rollout.options().modeOr();
        InstallMode mode = consent == null ? usual : usual.asking(consent);
        return of(offer, updates.offered(device, offer.image().digest(), offer.rollout(), mode));
    }

    private static @Nullable Offer of(Offer offer, Update update) {
        return update.state() == Update.State.AWAITING_CONSENT ? null : offer.as(update);
    }

    /** Takes in a report; it is on disk when this returns. */
    public void report(Device device, Report report) {
        changes.catchUp();
        fleet.exclusively(device, () -> {
            Updates.Step step = updates.reported(device, report);
            boolean[] counts = {false};
            fleet.report(device, report, handle -> {
                // One that comes after a later one about the same image is history only.
                counts[0] = step != null && !fleet.isLate(handle, device, report);
                if (step != null && counts[0]) {
                    step.write(handle);
                }
            });
            if (step != null && counts[0]) {
                step.apply();
                device.reconsider();
                outcome(step.after());
            }
        });
    }

    /** The version that somebody at {@code device} must agree to before it is offered; null if there is none. */
    public @Nullable String awaitsConsent(Device device) {
        for (Update update : updates.of(device)) {
            Release release = releases.with(device.tenant(), update.digest());
            if (asks(update) && release != null) {
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
        fleet.exclusively(device, () -> {
            Update waiting = updates.of(device).stream()
                    .filter(this::asks)
                    .findFirst()
                    .orElseThrow(() -> Problem.conflict("Nothing awaits consent at '" + device.id() + "'."));
            Updates.Step step = updates.moved(device, waiting, Update.State.OFFERED, null);
            database.change(handle -> {
                step.write(handle);
                AuditLog.add(
                        handle,
                        device.tenant(),
                        "device " + device.id(),
                        "CONSENT",
                        "/device/v1/" + device.id() + "/consent",
                        204,
                        Json.string(Map.of("digest", waiting.digest().toString())),
                        null);
            });
            step.apply();
            device.reconsider();
        });
    }

    /** Whether somebody must agree to {@code update} first; nobody is asked once its rollout has ended. */
    public boolean asks(Update update) {
        return update.state() == Update.State.AWAITING_CONSENT && !isEnded(update.rollout());
    }

    private boolean isEnded(long key) {
        Rollout rollout = key == Update.ASSIGNED ? null : book.find(key);
        return rollout != null
                && (rollout.state() == Rollout.State.ABORTED || rollout.state() == Rollout.State.FINISHED);
    }

    /** Whether {@code device} is to go on with what it has begun: one that has restarted into it must be able to say how that went. */
    public boolean mayFinish(Device device, Update update) {
        if (update.state() == Update.State.INSTALLING || update.state() == Update.State.TRIAL) {
            return true;
        }
        Release release = releases.with(device.tenant(), update.digest());
        return release != null && release.state() == Release.State.PUBLISHED && !isStopped(device, release);
    }

    /** What a device may have of an artifact. */
    public enum Claim {
        /** It may fetch it. */
        GOOD,
        /** It might have, but not any more: what it has of it is to be dropped, which says nothing of the image itself. */
        WITHDRAWN,
        /** There is nothing of the kind for it. */
        NONE
    }

    /** What {@code device} may have of the artifact {@code sha256}. */
    public Claim claim(Device device, String sha256) {
        boolean withdrawn = false;
        for (Release release : releases.holding(device.tenant(), sha256)) {
            if (release.state() == Release.State.PUBLISHED && !isStopped(device, release)) {
                return Claim.GOOD;
            }
            withdrawn |= release.state() != Release.State.DRAFT;
        }
        return withdrawn ? Claim.WITHDRAWN : Claim.NONE;
    }

    /** Whether an operator has stopped what {@code device} was given of {@code release}, and nothing else gives it. */
    private boolean isStopped(Device device, Release release) {
        for (Update update : updates.of(device)) {
            if (release.imageWith(update.digest()) != null) {
                Rollout rollout = update.rollout() == Update.ASSIGNED ? null : book.find(update.rollout());
                boolean aborted = rollout != null && rollout.state() == Rollout.State.ABORTED;
                return (aborted || update.stopped())
                        && book.all().stream().noneMatch(other -> other.release() == release.key() && other.offers());
            }
        }
        return false;
    }

    /**
     * Offers the image that {@code device} turned down last to it again; the offer says so, since a device does not try by itself what it
     * gave up.
     *
     * @throws Problem 409 if it turned nothing down
     */
    public Update tryAgain(Device device, String initiator) {
        changes.catchUp();
        return fleet.exclusively(device, () -> {
            Update down = updates.of(device).stream()
                    .filter(Update::turnedDown)
                    .max(Comparator.comparingLong(Update::changed))
                    .orElseThrow(() -> Problem.conflict("'" + device.id()
                            + "' turned nothing down: what fails on the way it tries again by itself."));
            Updates.Step step = database.write(
                    handle -> updates.begin(handle, device, down.digest(), down.rollout(), down.mode(), initiator));
            step.apply();
            device.reconsider();
            return step.after();
        });
    }

    /** Why {@code device} gets {@code release}, or does not. */
    Explanation why(Device device, Release release) {
        List<Rollout> giving = book.all().stream()
                .filter(rollout -> rollout.release() == release.key())
                .sorted(Comparator.comparingLong(Rollout::key).reversed())
                .toList();
        return fleet.exclusively(
                device, () -> new Reasoning(book.plan(), updates, device, release).of(giving, book::find));
    }

    /** Every update of {@code device} that is open, turned down or was assigned to it last. */
    public List<Update> of(Device device) {
        return updates.of(device);
    }

    /**
     * Gives {@code release} to this very device, before whatever rollouts there are; what is open at it is cancelled.
     *
     * @param closes true to end what is open here and now, instead of asking the device to stop it
     * @param stopping called in the same transaction for each update that is stopped for it
     * @return null if the device has it, or it is under way already
     * @throws Problem 409 if the release is not published, has no image for the device, or was not rehearsed though the tenant demands it
     */
    public @Nullable Update assign(
            Device device,
            Release release,
            InstallMode mode,
            String initiator,
            boolean closes,
            BiConsumer<Handle, Update> stopping) {
        mode.check(System.currentTimeMillis());
        changes.catchUp();
        CheckIn facts = device.facts();
        Release.Image image = facts == null ? release.onlyImage() : release.imageFor(facts);
        if (release.state() != Release.State.PUBLISHED || image == null) {
            throw Problem.conflict("Version " + release.version() + " is "
                    + release.state().label() + " or has no image for '" + device.id() + "'.");
        }
        gate.require(release);
        rollouts.requireNoApproval(device.tenant());
        return fleet.exclusively(device, () -> {
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
                    .map(update -> updates.moved(
                            device,
                            update,
                            closes ? Update.State.CANCELLED : Update.State.CANCELLING,
                            "another was assigned"))
                    .toList();
            Updates.Step step = database.write(handle -> {
                stops.forEach(stop -> {
                    stop.write(handle);
                    stopping.accept(handle, stop.after());
                });
                return updates.begin(handle, device, image.digest(), Update.ASSIGNED, mode, initiator);
            });
            stops.forEach(Updates.Step::apply);
            step.apply();
            device.reconsider();
            return step.after();
        });
    }

    /**
     * Writes down that {@code device} was brought to {@code release} in another way.
     *
     * @param alongside called in the same transaction
     * @return null if it is known to run it
     * @throws Problem 409 if the release is not published or has no image for the device
     */
    public @Nullable Update record(
            Device device, Release release, String initiator, BiConsumer<Handle, Update> alongside) {
        changes.catchUp();
        CheckIn facts = device.facts();
        Release.Image image = facts == null ? release.onlyImage() : release.imageFor(facts);
        if (release.state() != Release.State.PUBLISHED || image == null) {
            throw Problem.conflict("Version " + release.version() + " is "
                    + release.state().label() + " or has no image for '" + device.id() + "'.");
        }
        if (facts != null && facts.digest().equals(image.digest())) {
            return null;
        }
        return fleet.exclusively(device, () -> {
            Updates.Step[] steps = new Updates.Step[2];
            CheckIn now = facts == null ? null : facts.running(image.digest(), release.version());
            fleet.took(device, now, null, handle -> {
                steps[0] =
                        updates.begin(handle, device, image.digest(), Update.ASSIGNED, InstallMode.FORCED, initiator);
                steps[1] = updates.moved(device, steps[0].after(), Update.State.CONFIRMED, null);
                steps[1].write(handle);
                alongside.accept(handle, steps[1].after());
            });
            steps[0].apply();
            steps[1].apply();
            device.reconsider();
            return steps[1].after();
        });
    }

    /** From now on the device asks nobody before it takes {@code update}. */
    public void force(Device device, Update update) {
        changes.catchUp();
        fleet.exclusively(device, () -> {
            Updates.Step step = updates.forced(device, update);
            database.change(handle -> {
                step.write(handle);
                rollouts.store().mode(handle, step.after());
            });
            step.apply();
            device.reconsider();
        });
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
        return fleet.exclusively(device, () -> {
            Updates.Step step = updates.moved(device, before, to, why);
            ReportEvent event = ReportEvent.ofLabel(to.label());
            Report report =
                    event == null ? null : new Report(step.after().changed(), 0, event, before.digest(), why, null);
            Consumer<Handle> all = handle -> {
                step.write(handle);
                alongside.accept(handle);
            };
            Release release = releases.with(device.tenant(), before.digest());
            CheckIn facts = device.facts();
            if (to == Update.State.CONFIRMED && facts != null && release != null) {
                fleet.took(device, facts.running(before.digest(), release.version()), report, all);
            } else {
                fleet.took(device, null, report, all);
            }
            step.apply();
            device.reconsider();
            outcome(step.after());
            return step.after();
        });
    }

    private void outcome(Update update) {
        Rollout rollout = book.find(update.rollout());
        if (rollout == null || !update.turnedDown() || !rollout.offers()) {
            return;
        }
        Progress progress = Progress.of(updates.counts(rollout.key()), null);
        if (FailureAlarm.alarms(rollout.options().acceptableFailuresOr(), progress.confirmed(), progress.failures())) {
            pauseForFailures(rollout, progress);
        }
    }

    private void pauseForFailures(Rollout seen, Progress progress) {
        synchronized (book) {
            Rollout rollout = book.find(seen.key());
            if (rollout != null && rollout.offers()) {
                String why = progress.failures() + " of " + (progress.failures() + progress.confirmed())
                        + " devices went back or refused: more than chance makes of the acceptable "
                        + rollout.options().acceptableFailuresOr() * 100 + " %";
                book.replace(rollout, rollout.in(Rollout.State.PAUSED, rollout.stage(), why));
            }
        }
    }
}
