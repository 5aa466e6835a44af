package dev.updraft.server.console;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /console/rollouts}. */
final class RolloutPages {
    record Stage(double percent, @Nullable Double success) {
        double successOr() {
            return success == null ? 0.9 : success;
        }
    }

    record Options(
            @Nullable String name,
            @Nullable String filter,
            @Nullable Integer priority,
            @Nullable Long startAt,
            @Nullable Long deadline,
            @Nullable List<Stage> stages,
            @Nullable Double acceptableFailures,
            @Nullable Integer retries,
            @Nullable Boolean downgrade,
            @Nullable Boolean approval,
            @Nullable Boolean requireRehearsal,
            @Nullable Window window,
            @Nullable Boolean dynamic) {
        List<Stage> stagesOr() {
            return stages == null || stages.isEmpty() ? List.of(new Stage(100, null)) : stages;
        }

        double acceptableOr() {
            return acceptableFailures == null ? 0.02 : acceptableFailures;
        }

        boolean goesOn() {
            return dynamic != null && dynamic;
        }
    }

    record Window(String from, String to, @Nullable String zone) {}

    record Rollout(
            long id,
            long release,
            Options options,
            String state,
            int stage,
            @Nullable String reason,
            String creator,
            long created) {
        String title() {
            String name = options.name();
            return name == null || name.isBlank() ? "Rollout " + id : name;
        }
    }

    record RolloutList(List<Rollout> rollouts) {}

    record Alarm(double evidence, long failuresToStop) {}

    record Reach(long devices, long inStage, long done, long lost, Map<String, Long> versions, List<String> examples) {}

    record Progress(
            Map<String, Long> updates,
            long confirmed,
            long failures,
            @Nullable Alarm alarm,
            @Nullable Long stageSince,
            @Nullable Reach reach) {}

    record View(Rollout rollout, Progress progress) {}

    static List<Rollout> all(Visit visit) {
        return visit.api().get(Api.Question.of("/rollouts"), RolloutList.class).rollouts();
    }

    static View one(Visit visit, long id) {
        return visit.api().get(Api.Question.of("/rollouts/{id}", Long.toString(id)), View.class);
    }
}
