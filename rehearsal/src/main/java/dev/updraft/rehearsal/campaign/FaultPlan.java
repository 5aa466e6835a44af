package dev.updraft.rehearsal.campaign;

import dev.updraft.rehearsal.FaultKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** Which faults are tried beside the power, and at how many places each, evenly spread over both ways of an update. */
public final class FaultPlan {
    private static final int READING = 600;

    private final EnumSet<FaultKind> kinds;
    private final int each;
    private final Map<FaultKind, Long> places = new EnumMap<>(FaultKind.class);

    /** @param each places of each kind but {@link FaultKind#POWER}, which has a plan of its own */
    public FaultPlan(Set<FaultKind> kinds, int each) {
        this.kinds = EnumSet.copyOf(kinds);
        this.each = each;
    }

    /** The power alone. */
    public static FaultPlan power() {
        return new FaultPlan(EnumSet.of(FaultKind.POWER), 0);
    }

    Set<FaultKind> kinds() {
        return kinds;
    }

    boolean tries(FaultKind kind) {
        return kinds.contains(kind);
    }

    /** How many places there were to choose from. */
    long places(FaultKind kind) {
        return places.getOrDefault(kind, 0L);
    }

    List<FaultTrial> trials(List<Line> lines, long seed) {
        List<FaultTrial> trials = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        for (FaultKind kind : kinds) {
            for (Line line : lines) {
                long room = switch (kind) {
                    case POWER -> 0;
                    case OUTAGE, NOISE -> line.mediumBytes();
                    case RESET -> line.instructions();
                };
                places.merge(kind, room, Long::sum);
                int count = (int) Math.min(room, Math.ceilDiv(each, lines.size()));
                for (int i = 0; i < count; i++) {
                    long begin = room * i / count;
                    long at = begin + random.nextLong(Math.max(1, room * (i + 1) / count - begin));
                    trials.add(trial(kind, line, at, i, count));
                }
            }
        }
        return trials;
    }

    /** Outages take turns: for one reading, for the rest of a boot, and through the boot after a power cut. */
    private static FaultTrial trial(FaultKind kind, Line line, long at, int number, int count) {
        return switch (kind) {
            case RESET -> new FaultTrial(kind, line, -1, new Disturbance.Reset(at));
            case NOISE -> new FaultTrial(kind, line, -1, new Disturbance.Noise(at, (int) (at ^ number) & 7));
            case OUTAGE ->
                switch (number % 3) {
                    case 0 -> new FaultTrial(kind, line, -1, new Disturbance.Outage(at, at + READING));
                    case 1 -> new FaultTrial(kind, line, -1, new Disturbance.Outage(at, Long.MAX_VALUE));
                    default ->
                        new FaultTrial(
                                kind,
                                line,
                                (int) ((long) line.journal().size() * number / count),
                                new Disturbance.Outage(0, Long.MAX_VALUE));
                };
            case POWER -> throw new IllegalArgumentException("the power has a plan of its own");
        };
    }
}
