package dev.updraft.rehearsal.campaign;

import dev.updraft.emulator.flash.FlashSnapshot;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a device went on from one state, with the power kept.
 *
 * @param complaint the referee's; null when all was well
 * @param startNanos virtual time from power-up to the first start of an application
 * @param stoppedEarly it reached a state from which all was well before
 * @param unseen whether the sector that the power cut hit was erased before anything looked at it, application and referee included
 * @param erases of each sector
 * @param journal its flash operations, if they were asked for
 * @param flash as it was left; null when it was stopped early
 * @param console the last lines that the firmware printed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RunResult(
        @Nullable String complaint,
        long startNanos,
        boolean stoppedEarly,
        boolean unseen,
        int[] erases,
        List<FlashStep> journal,
        @Nullable FlashSnapshot flash,
        List<String> console) {
    /** Whether the device ended in the same way, to the last bit of flash. */
    boolean agreesWith(RunResult other) {
        return Objects.equals(complaint, other.complaint)
                && Arrays.equals(erases, other.erases)
                && flash != null
                && other.flash != null
                && flash.hasContentOf(other.flash);
    }

    /** Without what takes memory. */
    RunResult withoutContent() {
        return new RunResult(complaint, startNanos, stoppedEarly, unseen, erases, List.of(), null, List.of());
    }

    boolean good() {
        return complaint == null;
    }
}
