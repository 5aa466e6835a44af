package dev.updraft.cli.fleet;

import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** A rollout as lines for a terminal. */
final class RolloutText {
    private static final int EXAMPLES = 5;

    private RolloutText() {}

    /** @param answer of {@code GET /api/v1/rollouts/{id}} */
    static String of(JsonNode answer) {
        JsonNode rollout = answer.path("rollout");
        JsonNode progress = answer.path("progress");
        JsonNode stages = rollout.path("options").path("stages");
        int stage = rollout.path("stage").asInt();
        StringBuilder text = new StringBuilder();
        text.append("Rollout ").append(rollout.path("id").asLong());
        text.append(" of release ").append(rollout.path("release").asLong());
        text.append(": ").append(rollout.path("state").asString());
        if (!stages.isEmpty()) {
            double percent = stages.path(stage).path("percent").asDouble();
            text.append(
                    String.format(Locale.ROOT, ", stage %d of %d (%s %%)", stage + 1, stages.size(), number(percent)));
        }
        if (rollout.has("reason")) {
            text.append("\n  because: ").append(rollout.path("reason").asString());
        }
        JsonNode reach = progress.path("reach");
        if (reach.isObject()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%n  for:     %,d devices, %,d of them by now; %,d run it, confirmed",
                    reach.path("devices").asLong(),
                    reach.path("inStage").asLong(),
                    reach.path("done").asLong()));
            text.append("\n  running: ").append(counts(reach.path("versions")));
        }
        return text.append("\n  offered: ")
                .append(counts(progress.path("updates")))
                .toString();
    }

    /** @param reach of {@code POST /api/v1/rollouts/preview} */
    static String preview(JsonNode reach) {
        String examples = reach.path("examples")
                .valueStream()
                .limit(EXAMPLES)
                .map(JsonNode::asString)
                .collect(Collectors.joining(", "));
        return String.format(
                        Locale.ROOT,
                        "%,d devices would get it, %,d of them in the first stage%s.",
                        reach.path("devices").asLong(),
                        reach.path("inStage").asLong(),
                        examples.isEmpty() ? "" : ", such as " + examples)
                + "\n  running: " + counts(reach.path("versions"));
    }

    /** Such as {@code 1 of 3}, for a table. */
    static JsonNode stage(JsonNode rollout) {
        int of = Math.max(1, rollout.path("options").path("stages").size());
        return StringNode.valueOf(rollout.path("stage").asInt() + 1 + " of " + of);
    }

    private static String counts(JsonNode counts) {
        return counts.isEmpty()
                ? "none"
                : counts.propertyStream()
                        .map(count -> String.format(
                                Locale.ROOT,
                                "%s %,d",
                                count.getKey(),
                                count.getValue().asLong()))
                        .collect(Collectors.joining(", "));
    }

    private static String number(double percent) {
        return percent == Math.rint(percent) ? Long.toString((long) percent) : Double.toString(percent);
    }
}
