package dev.updraft.rehearsal.campaign;

import dev.updraft.rehearsal.FaultKind;
import java.util.List;

/**
 * What was tried on one journal, and what came out.
 *
 * @param kind of the faults
 * @param name what the journal is of, or the kind of faults beside the power
 * @param operations flash operations in it; for other faults: the places to choose from, bytes of the medium or instructions; for second cuts: in all the recoveries that were cut
 * @param firstCuts for second cuts: how many recoveries they are in; otherwise 0
 * @param cutPoints how many operations the power was cut at, or places another fault was tried at
 * @param toTheEnd sequences that were run until the device had ended on an image
 * @param stoppedEarly sequences that reached a state from which all had gone well before
 * @param neverRead sequences that need no run: all that differs from one that went well is in a sector that was erased before anything read it
 * @param longestRecoveryMicros virtual time from power-up to the first start of an application, at most
 * @param longestRecovery the cut that it was after
 * @param erases most erases of each sector in one sequence, what came before the cut included
 * @param failures the first of them
 */
public record CampaignResult(
        FaultKind kind,
        String name,
        int operations,
        int firstCuts,
        int cutPoints,
        int toTheEnd,
        int stoppedEarly,
        int neverRead,
        int failed,
        long longestRecoveryMicros,
        String longestRecovery,
        List<Integer> erases,
        List<Failure> failures) {
    public CampaignResult {
        erases = List.copyOf(erases);
        failures = List.copyOf(failures);
    }

    public int sequences() {
        return toTheEnd + stoppedEarly + neverRead;
    }
}
