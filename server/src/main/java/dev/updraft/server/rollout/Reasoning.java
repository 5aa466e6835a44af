package dev.updraft.server.rollout;

import dev.updraft.server.fleet.Capability;
import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.release.Release;
import dev.updraft.server.release.Version;
import dev.updraft.server.rollout.Explanation.Holds;
import dev.updraft.server.rollout.Explanation.Point;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Goes the way of {@link Plan#decide} for one device and one release, and says at each turn what it found. */
final class Reasoning {
    private final Plan plan;
    private final Updates updates;
    private final Device device;
    private final Release release;
    private final List<Point> points = new ArrayList<>();
    private final long now = System.currentTimeMillis();

    Reasoning(Plan plan, Updates updates, Device device, Release release) {
        this.plan = plan;
        this.updates = updates;
        this.device = device;
        this.release = release;
    }

    /**
     * @param giving rollouts of the release, the newest first
     * @param rollouts by their keys
     */
    Explanation of(List<Rollout> giving, LongFunction<@Nullable Rollout> rollouts) {
        CheckIn facts = device.facts();
        if (facts == null) {
            return no("The device has never checked in, so its board and version are not known.");
        }
        if (release.state() == Release.State.DRAFT) {
            return no("The release is a draft; nobody gets it before it is published.");
        }
        if (release.state() == Release.State.WITHDRAWN) {
            return no("The release was withdrawn; it is offered never again.");
        }
        yes("The release is published.");
        Release.Image image = release.imageFor(facts);
        if (image == null) {
            return no("It has no image for the board '" + facts.board() + "'.");
        }
        yes("It has an image for the board '" + facts.board() + "'.");
        if (image.digest().equals(facts.digest())) {
            return facts.trial()
                    ? has("The device runs it on trial, and has yet to confirm it.")
                    : has("The device runs it already.");
        }
        return tooMuch(image, facts) ? no(lacking(image, facts)) : decided(giving, rollouts, facts, image);
    }

    private static boolean tooMuch(Release.Image image, CheckIn facts) {
        return !Plan.fits(image, facts);
    }

    private static String lacking(Release.Image image, CheckIn facts) {
        long lacks = image.needs() & ~facts.capabilities();
        if (lacks != 0) {
            String names = Arrays.stream(Capability.values())
                    .filter(capability -> (lacks & capability.bit()) != 0)
                    .map(Capability::label)
                    .collect(Collectors.joining(", "));
            return "The image needs " + names + ", which the device does not say it can do.";
        }
        return image.size() > facts.stagingSize()
                ? "The image has " + image.size() + " bytes, and the device's staging holds " + facts.stagingSize()
                        + "."
                : "The image's security counter is " + image.counter() + ", and the device holds " + facts.counter()
                        + ": it refuses lower ones.";
    }

    private Explanation decided(
            List<Rollout> giving, LongFunction<@Nullable Rollout> rollouts, CheckIn facts, Release.Image image) {
        yes("The device can take the image: it fits its staging, its capabilities and its security counter.");
        if (facts.trial()) {
            return later("It runs another image on trial; nothing is offered before that is confirmed or taken back.");
        }
        Plan.Decision decision = plan.decide(device, facts, updates, now);
        Offer offer = decision.offer();
        if (offer != null && offer.release().key() == release.key()) {
            return has("It is offered to the device: " + how(updates.find(device, image.digest())));
        }
        if (giving.isEmpty()) {
            return no("No rollout gives this release out. Start one, or offer it to this device alone.");
        }
        Holds best = Holds.NO;
        String answer = "";
        for (Rollout rollout : giving) {
            Point point = why(rollout, facts, image, offer);
            points.add(new Point(point.holds(), "Rollout " + rollout.key() + ": " + point.text()));
            if (answer.isEmpty() || (best == Holds.NO && point.holds() != Holds.NO)) {
                best = point.holds();
                answer = point.text();
            }
        }
        if (offer != null) {
            Rollout other = rollouts.apply(offer.rollout());
            return new Explanation(release.key(), release.version(), false, instead(offer, other), List.copyOf(points));
        }
        return new Explanation(
                release.key(),
                release.version(),
                best == Holds.YES,
                Character.toUpperCase(answer.charAt(0)) + answer.substring(1),
                List.copyOf(points));
    }

    private static String instead(Offer offer, @Nullable Rollout other) {
        return "It is offered " + offer.release().version() + " first, by "
                + (other == null ? "an operator's hand" : "rollout " + other.key()) + ".";
    }

    private static String how(@Nullable Update update) {
        return update == null
                ? "it gets it at its next check-in."
                : switch (update.state()) {
                    case AWAITING_CONSENT -> "somebody at the device must agree first.";
                    case OFFERED -> "it has been told, and has not begun yet.";
                    default -> "it is " + update.state().label().replace('-', ' ') + ".";
                };
    }

    private Point why(Rollout rollout, CheckIn facts, Release.Image image, @Nullable Offer offer) {
        switch (rollout.state()) {
            case WAITING:
                return not(rollout.reason() == null ? "it waits for an approver." : "it waits: " + rollout.reason());
            case PAUSED:
                return not("it is paused: " + rollout.reason());
            case ABORTED:
                return not("it was aborted.");
            case FINISHED:
                return not("it is finished, and offers nothing to devices that have come since; open it again.");
            default:
                break;
        }
        Plan.Goal goal = plan.goal(rollout);
        if (goal == null) {
            String unusable = plan.unusable(rollout);
            return not(unusable == null ? "it lacks a rehearsal." : "its filter cannot be used: " + unusable);
        }
        Update assigned = updates.assigned(device);
        if (assigned != null && rollout.created() <= assigned.started()) {
            return not("an operator gave this device something else after it was made.");
        }
        if (!updates.joined(rollout.key(), device)) {
            if (!plan.isChosen(goal, device)) {
                return not("the device does not fit its filter '"
                        + rollout.options().filterOr() + "'.");
            }
            if (!plan.holds(rollout, device)) {
                return new Point(
                        Holds.LATER,
                        "the device is in a later stage; stage " + (rollout.stage() + 1) + " of "
                                + rollout.options().stagesOr().size() + " is under way.");
            }
        }
        return timed(rollout, goal, facts, image, offer);
    }

    private Point timed(Rollout rollout, Plan.Goal goal, CheckIn facts, Release.Image image, @Nullable Offer offer) {
        Version running = Version.parse(facts.version());
        if (!rollout.options().downgradeOr() && Plan.isBelow(goal.version(), running, facts)) {
            return not(
                    "the device runs " + facts.version() + ", which is not lower, and the rollout does not go down.");
        }
        long opens = Plan.opens(rollout.options(), facts, now);
        if (opens > now) {
            return new Point(
                    Holds.LATER,
                    "it begins, or its window opens for this device, at "
                            + Instant.ofEpochMilli(opens).truncatedTo(ChronoUnit.SECONDS) + ".");
        }
        Release next = plan.next(goal, running, device, facts, updates);
        if (next == null) {
            return not("no version path leads from " + facts.version() + " to " + release.version()
                    + " (the release takes '" + release.from() + "').");
        }
        Release.Image hop = next.imageFor(facts);
        Update before = hop == null ? null : updates.find(device, hop.digest());
        long again = Plan.again(rollout, before, now);
        if (again == Long.MAX_VALUE && before != null) {
            return not("the device has " + (before.turnedDown() ? "turned down " : "ended ") + next.version() + " ("
                    + before.state().label().replace('-', ' ') + (before.reason() == null ? "" : ", " + before.reason())
                    + "), and the rollout does not offer it again; an operator may.");
        }
        if (again > now) {
            return new Point(
                    Holds.LATER,
                    "the device turned it down, and it is offered again at "
                            + Instant.ofEpochMilli(again).truncatedTo(ChronoUnit.SECONDS) + ".");
        }
        if (offer != null) {
            return next.key() == offer.release().key()
                    ? new Point(Holds.LATER, "the way leads over " + next.version() + " first.")
                    : not("a rollout of higher priority comes first.");
        }
        return next.key() != release.key()
                ? new Point(Holds.LATER, "the way leads over " + next.version() + " first.")
                : not("its image (" + image.digest().start()
                        + "…) cannot be served, or a more important rollout wants the" + " device where it is.");
    }

    private static Point not(String text) {
        return new Point(Holds.NO, text);
    }

    private void yes(String text) {
        points.add(new Point(Holds.YES, text));
    }

    private Explanation no(String text) {
        return end(Holds.NO, false, text);
    }

    private Explanation later(String text) {
        return end(Holds.LATER, false, text);
    }

    private Explanation has(String text) {
        return end(Holds.YES, true, text);
    }

    private Explanation end(Holds holds, boolean gets, String text) {
        points.add(new Point(holds, text));
        return new Explanation(release.key(), release.version(), gets, text, List.copyOf(points));
    }
}
