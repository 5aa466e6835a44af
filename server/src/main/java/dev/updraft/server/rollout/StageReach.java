package dev.updraft.server.rollout;

import dev.updraft.server.fleet.Device;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.Predicate;

/**
 * Which devices are in a stage: by their places, exactly its share of those that the rollout is for, rounded up. Two of five devices are 40 %, and 1 %
 * of five is one. Nobody leaves a stage by the next one's beginning.
 */
final class StageReach {
    private StageReach() {}

    /**
     * {@code rollout} with its present stage worked out.
     *
     * @param members whom it is for
     * @param before those that are in already stay in; null = nobody is
     */
    static Rollout measured(
            Rollout rollout, Predicate<Device> members, Collection<Device> fleet, Predicate<Device> before) {
        long now = System.currentTimeMillis();
        if (rollout.percent() >= 100) {
            return rollout.reaching(null, now);
        }
        double[] places = new double[fleet.size()];
        int count = 0;
        double last = -1;
        for (Device device : fleet) {
            if (count < places.length && members.test(device)) {
                double place = rollout.place(device.id());
                places[count++] = place;
                if (before.test(device)) {
                    last = Math.max(last, place);
                }
            }
        }
        if (count == 0) {
            return rollout.reaching(null, now);
        }
        Arrays.sort(places, 0, count);
        int share = share(rollout.percent(), count);
        return rollout.reaching(Math.max(last, places[share - 1]), now);
    }

    /** How many {@code percent} of {@code devices} are. */
    static int share(double percent, int devices) {
        // Less what dividing by 100 may have added.
        return (int) Math.clamp(Math.ceil(percent * devices / 100 - 1e-9), 1, devices);
    }
}
