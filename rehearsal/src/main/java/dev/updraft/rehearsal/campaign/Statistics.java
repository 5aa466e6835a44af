package dev.updraft.rehearsal.campaign;

import dev.updraft.emulator.flash.Tear;
import dev.updraft.rehearsal.FaultKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Counts what became of the sequences of one journal; for many threads. */
final class Statistics {
    private static final int FAILURES_KEPT = 20;

    private int cutPoints;
    private int toTheEnd;
    private int stoppedEarly;
    private int neverRead;
    private int failed;
    private long longestNanos;
    private String longest = "";
    private int[] mostErases = {};
    private final List<Failure> failures = new ArrayList<>();

    /** One cut point is done with all its tears. */
    synchronized void cutPointDone() {
        cutPoints++;
    }

    /** @param erasesBefore of each sector, up to the cut */
    synchronized void ended(String where, Tear tear, RunResult ending, int[] erasesBefore) {
        if (ending.stoppedEarly()) {
            stoppedEarly++;
        } else {
            toTheEnd++;
        }
        count(where, ending, erasesBefore);
        failed(where, tear, ending);
    }

    /** A run with a fault beside the power. */
    synchronized void disturbed(String where, RunResult ending) {
        toTheEnd++;
        count(where, ending, new int[0]);
        String complaint = ending.complaint();
        if (complaint != null) {
            add(new Failure(where, "", complaint, ending.console()));
        }
    }

    /** It needs no run, because it would go as another did. */
    synchronized void wouldEnd(String where, RunResult ending, int[] erasesBefore) {
        neverRead++;
        count(where, ending, erasesBefore);
    }

    private void count(String where, RunResult ending, int[] erasesBefore) {
        if (ending.good() && ending.startNanos() > longestNanos) {
            longestNanos = ending.startNanos();
            longest = where;
        }
        if (mostErases.length == 0) {
            mostErases = new int[ending.erases().length];
        }
        for (int i = 0; i < mostErases.length; i++) {
            mostErases[i] =
                    Math.max(mostErases[i], ending.erases()[i] + (erasesBefore.length > i ? erasesBefore[i] : 0));
        }
    }

    /** The state that the cut itself leaves is wrong already. */
    synchronized void lost(String where, Tear tear, String complaint) {
        add(new Failure(where, look(tear), complaint, List.of()));
    }

    private void failed(String where, Tear tear, RunResult ending) {
        String complaint = ending.complaint();
        if (complaint != null) {
            add(new Failure(where, look(tear), complaint, ending.console()));
        }
    }

    private void add(Failure failure) {
        failed++;
        failures.add(failure);
        if (failures.size() > 4 * FAILURES_KEPT) {
            trim();
        }
    }

    /** Those that come first in the journal, so that the same run shows the same ones whatever the threads did. */
    private void trim() {
        failures.sort(Comparator.comparing(Failure::cut).thenComparing(Failure::look));
        failures.subList(Math.min(FAILURES_KEPT, failures.size()), failures.size())
                .clear();
    }

    private static String look(Tear tear) {
        return tear.first().name().toLowerCase(Locale.ROOT) + ", seed " + tear.seed();
    }

    synchronized int failed() {
        return failed;
    }

    synchronized CampaignResult part(String name, int operations, @Nullable Integer firstCuts) {
        return part(FaultKind.POWER, name, operations, firstCuts);
    }

    synchronized CampaignResult part(FaultKind kind, long places) {
        return part(kind, kind.name().toLowerCase(Locale.ROOT), (int) Math.min(places, Integer.MAX_VALUE), null);
    }

    private CampaignResult part(FaultKind kind, String name, int operations, @Nullable Integer firstCuts) {
        trim();
        return new CampaignResult(
                kind,
                name,
                operations,
                firstCuts == null ? 0 : firstCuts,
                cutPoints,
                toTheEnd,
                stoppedEarly,
                neverRead,
                failed,
                longestNanos / 1000,
                longest,
                java.util.Arrays.stream(mostErases).boxed().toList(),
                failures);
    }
}
