package dev.updraft.cli.rehearse;

import dev.updraft.rehearsal.CryptoMode;
import dev.updraft.rehearsal.FaultKind;
import dev.updraft.rehearsal.RehearsalResult;
import dev.updraft.rehearsal.campaign.CampaignResult;
import dev.updraft.rehearsal.campaign.Failure;
import dev.updraft.rehearsal.campaign.Sector;
import java.util.Locale;
import java.util.stream.Collectors;

/** The result as lines for a terminal. */
final class ResultText {
    private static final int FAILURES_SHOWN = 5;

    /** What BrickProof on Renode, the closest peer, states: 1.75 s for each cut (docs/design/rehearsal.md). */
    private static final double PEER_CUTS_A_SECOND = 0.57;

    private ResultText() {}

    static String of(RehearsalResult result) {
        StringBuilder text = new StringBuilder();
        line(text, "%s: %s  ->  %s", result.board(), result.oldImage(), result.newImage());
        line(text, "The update waits %s", result.delivery());
        line(text, "Bootloader %s", result.bootloader());
        for (CampaignResult part : result.parts()) {
            if (part.kind() != FaultKind.POWER) {
                line(
                        text,
                        "%-10s  %,7d places of %,d, each run to the end; %s",
                        part.name(),
                        part.cutPoints(),
                        part.operations(),
                        part.failed() == 0 ? "all well" : part.failed() + " FAILED");
                continue;
            }
            line(
                    text,
                    "%-10s  %,7d flash operations, %,7d cut points, %,7d sequences: %,d run to the end, %,d until a proven state,"
                            + " %,d need no run; %s",
                    part.name(),
                    part.operations(),
                    part.cutPoints(),
                    part.sequences(),
                    part.toTheEnd(),
                    part.stoppedEarly(),
                    part.neverRead(),
                    part.failed() == 0 ? "all well" : part.failed() + " FAILED");
        }
        failures(text, result);
        CampaignResult slowest = result.slowest();
        line(
                text,
                "Longest recovery: %.2f s of the device's time, after a cut in %s",
                slowest.longestRecoveryMicros() / 1e6,
                slowest.longestRecovery());
        line(text, "Most erases in one sequence: %s", sectors(result));
        line(
                text,
                result.crypto() == CryptoMode.EXACT
                        ? "Hashes and signatures: computed by the chip's own code"
                        : "Hashes and signatures: answered by this computer (two functions); the update and %d cut points ran with the"
                                + " chip's own code too, and ended with the same flash",
                result.compared());
        line(
                text,
                "%,.0f cut points a second and core (goal: %d; BrickProof on Renode states %.2f); %.1f s on %d boards, seed %d",
                result.cutPointsPerSecond(),
                result.crypto() == CryptoMode.EXACT ? 20 : 500,
                PEER_CUTS_A_SECOND,
                result.seconds(),
                result.jobs(),
                result.seed());
        line(text, "%s", result.application().sentence());
        text.append(verdict(result));
        return text.toString();
    }

    private static String verdict(RehearsalResult result) {
        if (!result.survived()) {
            return "FAILED: " + result.failed() + " sequences.";
        }
        String what = result.parts().stream().allMatch(part -> part.kind() == FaultKind.POWER) ? "cut" : "fault";
        return switch (result.application().verdict()) {
            case WORKED -> "Passed: every " + what + " was survived, and the application works.";
            case NOT_ASKED, NOT_RUN -> "Passed: every " + what + " was survived; the application was not run.";
            case FAILED -> "FAILED: every " + what + " was survived, but the application does not work.";
        };
    }

    private static void failures(StringBuilder text, RehearsalResult result) {
        result.parts().stream()
                .flatMap(part -> part.failures().stream())
                .limit(FAILURES_SHOWN)
                .forEach(failure -> failure(text, failure));
        int more = result.failed()
                - (int) Math.min(
                        FAILURES_SHOWN,
                        result.parts().stream()
                                .mapToLong(part -> part.failures().size())
                                .sum());
        if (more > 0) {
            line(text, "  ... and %d more", more);
        }
    }

    private static void failure(StringBuilder text, Failure failure) {
        line(
                text,
                "  FAILED after a %s",
                failure.look().isEmpty()
                        ? "fault: " + failure.cut()
                        : "cut in " + failure.cut() + " (left " + failure.look() + ")");
        line(text, "         %s", failure.complaint());
        if (!failure.console().isEmpty()) {
            line(text, "         it printed: %s", String.join(" | ", failure.console()));
        }
    }

    private static String sectors(RehearsalResult result) {
        return result.sectors().stream()
                .filter(sector -> sector.erases() > 0)
                .collect(Collectors.groupingBy(
                        Sector::use, Collectors.mapping(Sector::erases, Collectors.maxBy(Integer::compare))))
                .entrySet()
                .stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .map(use -> use.getKey() + " " + use.getValue().orElse(0))
                .collect(Collectors.joining(", "));
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is no dependency of this room
    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
