package dev.updraft.rehearsal.campaign;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A run without a fault, and the cut points in it.
 *
 * @param instructions that it took
 * @param mediumBytes that the medium outside the chip was asked for
 * @param erases where in the journal its few erases are
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Line(
        String name,
        Application application,
        List<FlashStep> journal,
        List<Integer> cuts,
        long instructions,
        long mediumBytes,
        int[] erases) {
    Line(
            String name,
            Application application,
            List<FlashStep> journal,
            List<Integer> cuts,
            long instructions,
            long mediumBytes) {
        this(name, application, journal, cuts, instructions, mediumBytes, erases(journal));
    }

    private static int[] erases(List<FlashStep> journal) {
        return IntStream.range(0, journal.size())
                .filter(i -> journal.get(i).data() == null)
                .toArray();
    }

    String where(int cut) {
        return String.format("%s, operation %5d of %d: %s", name, cut + 1, journal.size(), journal.get(cut));
    }
}
