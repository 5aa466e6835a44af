package dev.updraft.rehearsal.campaign;

import dev.updraft.emulator.flash.Tear;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Which cuts are tried.
 *
 * @param cuts cut points of each journal; 0: every flash operation
 * @param everyLook whether each cut point is tried with every way a torn unit can look, instead of one drawn unit by unit
 * @param doubles first cuts with a second one in the recovery of each; 0: none
 * @param secondsEach second cuts in each of these recoveries; 0: every flash operation
 * @param crossChecks cut points that are run with host and chip cryptography and compared, where the host answers
 * @param pruning whether runs stop at states that are proven already
 */
public record CutPlan(
        int cuts, boolean everyLook, int doubles, int secondsEach, int crossChecks, boolean pruning, long seed) {
    /** {@code count} of {@code total} positions from {@code from} on, evenly spread, each drawn in its share; 0: all. */
    static List<Integer> choose(int from, int total, int count, SplittableRandom random) {
        List<Integer> chosen = new ArrayList<>();
        int wanted = count == 0 ? total : Math.min(count, total);
        for (int i = 0; i < wanted; i++) {
            int begin = (int) ((long) total * i / wanted);
            int end = (int) ((long) total * (i + 1) / wanted);
            chosen.add(from + begin + (end - begin > 1 ? random.nextInt(end - begin) : 0));
        }
        return chosen;
    }

    /**
     * The tears of one cut point, the drawn one first. While a device sees one power-up only, what looks OLD or NEW on flash without ECC
     * reads as what was not begun, or was complete, and so as the cut just before this operation or the next.
     */
    List<Tear> tears(int cut, boolean ecc) {
        long chance = seed * 0x9E37_79B9L + cut;
        if (!everyLook) {
            return List.of(Tear.any(chance));
        }
        List<Tear> tears = new ArrayList<>(List.of(
                Tear.any(chance),
                Tear.untouched(),
                Tear.looking(Tear.Look.MIX, chance),
                Tear.looking(Tear.Look.FLICKER, chance)));
        if (ecc) {
            for (Tear.Look look : List.of(Tear.Look.OLD, Tear.Look.NEW, Tear.Look.UNREADABLE, Tear.Look.REFUSES)) {
                tears.add(Tear.looking(look, chance));
            }
        }
        return tears;
    }
}
