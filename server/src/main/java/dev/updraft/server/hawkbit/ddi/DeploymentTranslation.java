package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.fleet.Capability;
import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.release.Releases;
import dev.updraft.server.rollout.Action;
import dev.updraft.server.rollout.Actions;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.Offer;
import dev.updraft.server.rollout.Update;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a device is to do, as hawkBit's clients are told it, and what their words mean for the update that they are about. */
final class DeploymentTranslation {
    /** A device that never said what it runs. */
    static final Digest NOT_KNOWN = new Digest(0, 0, 0, 0);

    /** These devices do not say how much they can stage. */
    private static final long PLENTY = 1L << 50;

    /** SWUpdate's last words before it restarts into what it has installed; it tells how that came out afterwards. */
    private static final String RESTARTING = "All Chunks Installed.";

    private final Releases releases;
    private final DeviceUpdates updates;
    private final Actions actions;
    private final Targets targets;
    private final ActionLog log;

    DeploymentTranslation(Releases releases, DeviceUpdates updates, Actions actions, Targets targets, ActionLog log) {
        this.releases = releases;
        this.updates = updates;
        this.actions = actions;
        this.targets = targets;
        this.log = log;
    }

    /** What {@code device} is known to be; such a device takes files of any format. */
    static CheckIn facts(Device device) {
        CheckIn facts = device.facts();
        if (facts == null) {
            return new CheckIn(NOT_KNOWN, "", "", PLENTY, Capability.FILES.bit(), false, 0, Map.of());
        }
        return facts.takesFiles()
                ? facts
                : new CheckIn(
                        facts.digest(),
                        facts.version(),
                        facts.board(),
                        PLENTY,
                        facts.capabilities() | Capability.FILES.bit(),
                        facts.trial(),
                        facts.counter(),
                        facts.attributes());
    }

    /** Takes in a poll, and says which update it is answered with: one to stop, to take, or to ask consent for; null = nothing. */
    @Nullable
    Update next(Device device) {
        Offer offer = updates.checkIn(device, facts(device));
        List<Update> all = updates.of(device);
        if (all.isEmpty()) {
            return null;
        }
        Update stop = oldest(all, update -> update.state() == Update.State.CANCELLING);
        if (stop != null) {
            return stop;
        }
        if (offer != null) {
            return oldest(all, update -> update.digest().equals(offer.image().digest()));
        }
        Update asks = oldest(all, updates::asks);
        if (asks != null) {
            return agreedFor(device, asks);
        }
        // What a device has begun it may finish, though nothing would offer it now: it tells of its success only if it
        // still sees it.
        return oldest(all, update -> update.isUnderWay() && updates.mayFinish(device, update));
    }

    private static @Nullable Update oldest(List<Update> updates, Predicate<Update> which) {
        return updates.stream()
                .filter(which)
                .min(Comparator.comparingLong(Update::action))
                .orElse(null);
    }

    private Update agreedFor(Device device, Update update) {
        return targets.get(device).autoConfirm() == null
                ? update
                : move(
                        device,
                        update,
                        Update.State.OFFERED,
                        null,
                        "running",
                        null,
                        List.of("Confirmed automatically."));
    }

    /** The action {@code key} of {@code device}, open or over. */
    @Nullable
    Action action(Device device, String key) {
        if (!key.matches("\\d{1,18}")) {
            return null;
        }
        long action = Long.parseLong(key);
        for (Update update : updates.of(device)) {
            if (update.action() == action) {
                return new Action(device.key(), update, "", true);
            }
        }
        return actions.find(device, action);
    }

    /** {@code device} reads what it is to do; said once, in hawkBit's words, as its tools and tests look for them. */
    void retrieved(Device device, Update update) {
        if (update.isOpen()) {
            log.addOnce(
                    device.key(),
                    update.action(),
                    "retrieved",
                    ActionLog.SERVER + "Target retrieved update action and should start now the download.");
        }
    }

    /** {@code device} reads that it is to stop. */
    void readsCancel(Device device, Update update) {
        log.addOnce(
                device.key(),
                update.action(),
                "retrieved",
                ActionLog.SERVER + "Target retrieved cancel action and should start now the cancellation.");
    }

    /** {@code device} fetches a whole file. */
    void downloads(Device device, Update update, String path) {
        log.add(device.key(), update.action(), "download", ActionLog.SERVER + "Target downloads " + path);
    }

    /** Takes in feedback to a deployment that is open. */
    void told(Device device, Update update, Feedback feedback) {
        Update.State to = stateAfter(update, feedback);
        move(device, update, to, feedback.reason(), feedback.type(), feedback.code(), feedback.words());
    }

    private static Update.State stateAfter(Update update, Feedback feedback) {
        if (feedback.closed() && !feedback.failed()) {
            return Update.State.CONFIRMED;
        }
        if (feedback.closed()) {
            // One that had restarted into the new image has gone back to the old one; any other never left it.
            boolean restarted = update.state() == Update.State.INSTALLING || update.state() == Update.State.TRIAL;
            return restarted ? Update.State.ROLLED_BACK : Update.State.REFUSED;
        }
        if (update.state() == Update.State.CANCELLING) {
            return Update.State.CANCELLING;
        }
        return switch (feedback.execution()) {
            case DOWNLOAD -> later(update.state(), Update.State.DOWNLOADING);
            case DOWNLOADED -> later(update.state(), Update.State.DOWNLOADED);
            case PROCEEDING, RESUMED ->
                feedback.details().contains(RESTARTING)
                        ? Update.State.INSTALLING
                        : later(update.state(), Update.State.DOWNLOADING);
            // One that says it has cancelled says next how that ended, as in hawkBit.
            case CANCELED, SCHEDULED, REJECTED, CLOSED -> update.state();
        };
    }

    private static Update.State later(Update.State now, Update.State told) {
        return now.compareTo(told) < 0 ? told : now;
    }

    /** Takes in feedback to an update that was to be stopped. */
    void toldOfStopping(Device device, Update update, Feedback feedback) {
        boolean goesOn =
                (feedback.closed() && feedback.failed()) || feedback.execution() == Feedback.Execution.REJECTED;
        boolean stopped = feedback.closed() && !feedback.failed();
        Update.State to = stopped ? Update.State.CANCELLED : goesOn ? Update.State.OFFERED : Update.State.CANCELLING;
        String type = stopped ? "canceled" : goesOn ? "cancel_rejected" : "warning";
        move(device, update, to, null, type, feedback.code(), feedback.aboutStopping());
    }

    /** Takes in what somebody at the device says to an update. */
    void answered(Device device, Update update, boolean agreed, @Nullable Long code, List<String> details) {
        Update.State to = agreed ? Update.State.OFFERED : Update.State.AWAITING_CONSENT;
        move(device, update, to, null, agreed ? "running" : "wait_for_confirmation", code, details);
    }

    private Update move(
            Device device,
            Update update,
            Update.State to,
            @Nullable String why,
            String type,
            @Nullable Long code,
            List<String> details) {
        Target finished = targets.get(device).finished(update.action());
        boolean confirmed = to == Update.State.CONFIRMED;
        Update after = updates.move(device, update, to, why, handle -> {
            log.add(handle, device.key(), update.action(), type, code, details);
            if (confirmed) {
                targets.write(handle, finished);
            }
        });
        if (confirmed) {
            targets.hold(finished);
        }
        return after;
    }

    /** Takes in the attributes that {@code device} says it has. */
    void attributes(Device device, Map<String, String> attributes) {
        CheckIn before = facts(device);
        CheckIn now = Attributes.applied(before, attributes, releases.all(device.tenant()));
        Update gone = now.digest().equals(before.digest()) ? null : confirmed(device, before.digest());
        if (gone != null) {
            updates.move(
                    device,
                    gone,
                    Update.State.ROLLED_BACK,
                    "not-confirmed",
                    handle -> log.add(
                            handle,
                            device.key(),
                            gone.action(),
                            "error",
                            null,
                            List.of("The device runs version " + attributes.get(Attributes.VERSION) + " again.")));
        }
        updates.checkIn(device, now);
    }

    private @Nullable Update confirmed(Device device, Digest digest) {
        return actions.of(device).stream()
                .filter(Action::current)
                .map(Action::update)
                .filter(update -> update.digest().equals(digest) && update.state() == Update.State.CONFIRMED)
                .findFirst()
                .orElse(null);
    }
}
