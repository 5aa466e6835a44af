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
 * @param versions what the devices run now, and how many each
 * @param examples some of the ids in the stage
 */
public record RolloutCount(
        long devices,
        long inStage,
        long done,
        Map<String, Long> versions,
        List<String> examples,
        @JsonIgnore int stage,
        @JsonIgnore long countedAt,
        @JsonIgnore long tookMillis) {
    private static final int EXAMPLES = 20;
    private static final int MOST_VERSIONS = 1_000;

    static RolloutCount of(Plan plan, Rollout rollout, Release release, Collection<Device> fleet) {
        long begin = System.currentTimeMillis();
        Predicate<Device> members = plan.members(rollout);
        long devices = 0;
        long inStage = 0;
        long done = 0;
        Map<String, Long> versions = new TreeMap<>();
        List<String> examples = new ArrayList<>();
        for (Device device : fleet) {
            CheckIn facts = device.facts();
            if (facts == null || !members.test(device)) {
                continue;
            }
            devices++;
            if (versions.size() < MOST_VERSIONS || versions.containsKey(facts.version())) {
                versions.merge(facts.version(), 1L, Long::sum);
            }
            if (rollout.place(device.id()) < rollout.percent()) {
                inStage++;
                Release.Image image = release.imageFor(facts);
                if (image != null && image.digest().equals(facts.digest()) && !facts.trial()) {
                    done++;
                }
                if (examples.size() < EXAMPLES) {
                    examples.add(device.id());
                }
            }
        }
        long end = System.currentTimeMillis();
        return new RolloutCount(devices, inStage, done, versions, examples, rollout.stage(), end, end - begin);
    }

    /** Counted again at most as often as it takes a fiftieth of one processor. */
    boolean isStale(Rollout rollout) {
        return stage != rollout.stage() || System.currentTimeMillis() - countedAt > 50 * tookMillis;
    }

    boolean succeeded(Rollout rollout) {
        if (devices == 0) {
            return false;
        }
        // A stage that no device falls into must not hold up the ones after it.
        return inStage == 0
                || done
                        >= inStage
                                * rollout.terms()
                                        .stagesOr()
                                        .get(rollout.stage())
                                        .successOr();
    }
}
