package dev.updraft.server.rollout;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The devices of a rollout that were chosen when it was made, and the stage of each; sixteen bytes a device. */
final class Members {
    private final long[] devices;
    private final int[] stages;

    Members(Map<Long, Integer> stageOf) {
        Map<Long, Integer> sorted = new TreeMap<>(stageOf);
        this.devices = sorted.keySet().stream().mapToLong(Long::longValue).toArray();
        this.stages = sorted.values().stream().mapToInt(Integer::intValue).toArray();
    }

    /** The stage of {@code device}; -1 if it was not chosen. */
    int stageOf(long device) {
        int at = Arrays.binarySearch(devices, device);
        return at < 0 ? -1 : stages[at];
    }

    /** How many are in {@code stage} alone. */
    long size(int stage) {
        return Arrays.stream(stages).filter(each -> each == stage).count();
    }
}
