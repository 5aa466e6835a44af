package dev.updraft.server.console;

import dev.updraft.server.access.Role;
import dev.updraft.server.access.Sessions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /console}: the fleet at a glance. */
final class OverviewPage {
    private static final int MOST_ROLLOUTS = 6;

    record Fleet(
            long at,
            long devices,
            Map<String, Long> versions,
            long others,
            Map<String, Long> boards,
            long trial,
            Seen seen,
            Map<String, Long> ended,
            List<Failure> failures) {
        long came() {
            return devices - seen.never();
        }

        long mostFailures() {
            return failures.isEmpty() ? 1 : failures.getFirst().devices();
        }

        long silent() {
            return seen.week() + seen.longer();
        }

        long failed() {
            return ended.getOrDefault("rolled-back", 0L)
                    + ended.getOrDefault("refused", 0L)
                    + ended.getOrDefault("failed", 0L);
        }
    }

    record Seen(long hour, long day, long week, long longer, long never) {}

    record Failure(String state, @Nullable String reason, long devices, long rollout, long last) {}

    record History(List<Chart.Sample> samples) {}

    /** A rollout with what is needed to draw it. */
    record Running(RolloutPages.View view, String version) {
        String line() {
            RolloutPages.Reach reach = view.progress().reach();
            if (reach == null) {
                return "";
            }
            return "Stage " + (view.rollout().stage() + 1) + " of "
                    + view.rollout().options().stagesOr().size() + " · " + Words.count(reach.done()) + " of "
                    + Words.devices(reach.devices()) + " run it · "
                    + Words.count(view.progress().failures()) + " failed";
        }
    }

    /** A filter for devices whose {@code field} is {@code value}. */
    static String filter(String field, String value) {
        return field + "=="
                + (value.matches("[\\w.+-]+")
                        ? value
                        : "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'");
    }

    void pages(Console.Paths paths) {
        paths.get("", this::show);
    }

    private void show(Visit visit) {
        if (!Sessions.may(visit.caller(), Role.VIEWER, "devices", true)) {
            visit.show("narrow", "Overview", "overview", Map.of());
            return;
        }
        String days = visit.query("days").matches("1|30|365") ? visit.query("days") : "7";
        Fleet fleet = visit.api().get(Api.Question.of("/overview"), Fleet.class);
        History history = visit.api().get(Api.Question.of("/overview/history").with("days", days), History.class);
        List<String> versions = new ArrayList<>(fleet.versions().keySet());
        boolean seesRollouts = Sessions.may(visit.caller(), Role.VIEWER, "rollouts", true);
        visit.show(
                "overview",
                "Overview",
                "overview",
                Map.of(
                        "fleet",
                        fleet,
                        "chart",
                        Chart.of(history.samples(), versions),
                        "days",
                        days,
                        "rollouts",
                        seesRollouts ? running(visit) : List.of()));
    }

    private static List<Running> running(Visit visit) {
        Map<Long, String> versions = ReleasePages.versions(visit);
        return RolloutPages.all(visit).stream()
                .filter(rollout ->
                        !rollout.state().equals("aborted") && !rollout.state().equals("finished"))
                .sorted(Comparator.comparingInt((RolloutPages.Rollout rollout) -> order(rollout.state()))
                        .thenComparing(Comparator.comparingLong(RolloutPages.Rollout::id)
                                .reversed()))
                .limit(MOST_ROLLOUTS)
                .map(rollout -> new Running(
                        RolloutPages.one(visit, rollout.id()), versions.getOrDefault(rollout.release(), "?")))
                .toList();
    }

    /** What needs somebody comes first. */
    private static int order(String state) {
        return switch (state) {
            case "paused" -> 0;
            case "waiting" -> 1;
            default -> 2;
        };
    }
}
