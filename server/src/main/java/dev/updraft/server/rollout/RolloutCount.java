package dev.updraft.server.rollout;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.release.Release;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A count over the fleet of whom a rollout is for.
 *
 * @param devices that the whole rollout is for
 * @param inStage of those, the ones in its present stage and the stages before
 * @param done of those in the stage, the ones that run the release confirmed
 * @param lost of those it has offered it to, the ones that were installing and have been silent for too long
 * @param versions what the devices run now, and how many each
 * @param examples some of the ids in the stage
 */
public record RolloutCount(
        long devices,
        long inStage,
        long done,
        long lost,
        Map<String, Long> versions,
        List<String> examples,
        @JsonIgnore long inGroup,
        @JsonIgnore long groupDone,
        @JsonIgnore int stage,
        @JsonIgnore long countedAt,
        @JsonIgnore long tookMillis) {
    private static final int EXAMPLES = 20;
    private static final int MOST_VERSIONS = 1_000;

    static RolloutCount of(Plan plan, Rollout rollout, Release release, Updates updates, Collection<Device> fleet) {
        long begin = System.currentTimeMillis();
        Predicate<Device> members = plan.members(rollout, updates);
        long silentSince = begin - 1_000L * rollout.options().lostAfterOr();
        long devices = 0;
        long inStage = 0;
        long done = 0;
        long lost = 0;
        long inGroup = 0;
        long groupDone = 0;
        Map<String, Long> versions = new TreeMap<>();
        List<String> examples = new ArrayList<>();
        for (Device device : fleet) {
            CheckIn facts = device.facts();
            if (facts == null && plan.chosenStage(rollout, device) == rollout.stage()) {
                // It was chosen, and has yet to come for the first time: its group is not over without it.
                inGroup++;
            }
            if (facts == null || !members.test(device)) {
                continue;
            }
            devices++;
            if (versions.size() < MOST_VERSIONS || versions.containsKey(facts.version())) {
                versions.merge(facts.version(), 1L, Long::sum);
            }
            if (isLost(rollout, device, updates, silentSince)) {
                lost++;
            }
            if (plan.holds(rollout, device) || updates.joined(rollout.key(), device)) {
                boolean ofGroup = plan.isChosen(rollout) && plan.stageOf(rollout, device) == rollout.stage();
                inGroup += ofGroup ? 1 : 0;
                inStage++;
                Release.Image image = release.imageFor(facts);
                if (image != null && image.digest().equals(facts.digest()) && !facts.trial()) {
                    done++;
                    groupDone += ofGroup ? 1 : 0;
                }
                if (examples.size() < EXAMPLES) {
                    examples.add(device.id());
                }
            }
        }
        long end = System.currentTimeMillis();
        return new RolloutCount(
                devices,
                inStage,
                done,
                lost,
                versions,
                examples,
                inGroup,
                groupDone,
                rollout.stage(),
                end,
                end - begin);
    }

    /** Counted again at most as often as it takes a fiftieth of one processor. */
    boolean isStale(Rollout rollout) {
        return stage != rollout.stage() || System.currentTimeMillis() - countedAt > 50 * tookMillis;
    }

    private static boolean isLost(Rollout rollout, Device device, Updates updates, long silentSince) {
        for (Update update : updates.of(device)) {
            boolean begun = update.state() == Update.State.INSTALLING || update.state() == Update.State.TRIAL;
            if (begun
                    && update.rollout() == rollout.key()
                    && update.changed() < silentSince
                    && device.seen() < silentSince) {
                return true;
            }
        }
        return false;
    }

    /** True if devices fit the rollout, but its stage was worked out when none did, so that none is in it. */
    boolean isUnmeasured() {
        return devices > 0 && inStage == 0;
    }

    /** {@link #succeeded} of one whose devices were chosen: by the present group alone; one that nobody was chosen for is over at once. */
    boolean groupSucceeded(Rollout rollout) {
        double success = rollout.options().stagesOr().get(rollout.stage()).successOr();
        return devices > 0 && groupDone >= inGroup * success;
    }

    boolean succeeded(Rollout rollout) {
        double success = rollout.options().stagesOr().get(rollout.stage()).successOr();
        return inStage > 0 && done >= inStage * success;
    }
}
