package dev.updraft.cli.fleet;

import dev.updraft.cli.UserError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a rollout is to do, as options; the options of docs/reference/operator-api.md. */
final class RolloutFlags {
    @Option(names = "--name", paramLabel = "TEXT", description = "What it is called, for people.")
    private @Nullable String name;

    @Option(
            names = "--filter",
            paramLabel = "RSQL",
            description = "Which devices, such as 'tag==beta;version=lt=1.2.0' or 'group==field'.")
    private @Nullable String filter;

    @Option(
            names = "--stages",
            split = ",",
            paramLabel = "PERCENT",
            description = "Such as 1,10,100; the next starts when enough of one have confirmed.")
    private @Nullable List<Double> stages;

    @Option(
            names = "--success",
            paramLabel = "SHARE",
            description = "Share of a stage that must have confirmed before the next starts; default 0.9.")
    private @Nullable Double success;

    @Option(
            names = "--acceptable-failures",
            paramLabel = "SHARE",
            description = "Paused when more than this share goes back or refuses; default 0.02.")
    private @Nullable Double failures;

    @Option(
            names = "--retries",
            paramLabel = "N",
            description = "Offers it again to devices that went back; default 0.")
    private @Nullable Integer retries;

    @Option(
            names = "--retry-after",
            paramLabel = "SECONDS",
            description = "Until the first retry; doubles with each; default 3600.")
    private @Nullable Integer retryAfter;

    @Option(names = "--priority", paramLabel = "N", description = "The highest wins where several fit; default 0.")
    private @Nullable Integer priority;

    @Option(
            names = "--start-at",
            paramLabel = "TIME",
            description = "Such as 2026-12-01T02:00:00Z or +01:00; default at once.")
    private @Nullable String startAt;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "From then on the maintenance window is not waited for.")
    private @Nullable String deadline;

    @Option(
            names = "--window",
            paramLabel = "FROM-TO",
            description =
                    "Offers it only at this time of day at the device (its attribute 'zone'), such as 02:00-05:00.")
    private @Nullable String window;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "Time zone of devices that do not name theirs, such as Europe/Berlin; default UTC.")
    private @Nullable String zone;

    @Option(names = "--downgrade", description = "Offers it to devices with a higher version too.")
    private boolean downgrade;

    @Option(names = "--approval", description = "Waits until an approver other than you lets it start.")
    private boolean approval;

    @Option(
            names = "--require-rehearsal",
            description =
                    "Waits until every image of the release has passed a rehearsal; see 'updraft release rehearsed'.")
    private boolean requireRehearsal;

    @Option(names = "--consent", description = "Somebody at the device must agree first.")
    private boolean consent;

    ObjectNode json() {
        ObjectNode options = JsonNodeFactory.instance.objectNode();
        put(options, "name", name);
        put(options, "filter", filter);
        if (stages != null) {
            for (double percent : stages) {
                ObjectNode stage = options.withArray("stages").addObject().put("percent", percent);
                if (success != null) {
                    stage.put("success", success);
                }
            }
        } else if (success != null) {
            options.withArray("stages").addObject().put("percent", 100).put("success", success);
        }
        if (failures != null) {
            options.put("acceptableFailures", failures);
        }
        if (retries != null) {
            options.put("retries", retries);
        }
        if (retryAfter != null) {
            options.put("retryAfterSeconds", retryAfter);
        }
        if (priority != null) {
            options.put("priority", priority);
        }
        time(options, "startAt", startAt);
        time(options, "deadline", deadline);
        window(options);
        if (consent) {
            options.putObject("mode").put("consent", true);
        }
        return options.put("downgrade", downgrade).put("approval", approval).put("requireRehearsal", requireRehearsal);
    }

    private void window(ObjectNode options) {
        if (window == null) {
            if (zone != null) {
                throw new UserError("--zone is the zone of a --window; give both.");
            }
            return;
        }
        if (!window.matches("\\d\\d:\\d\\d-\\d\\d:\\d\\d")) {
            throw new UserError("'" + window + "' is not a window; write it like 02:00-05:00.");
        }
        ObjectNode node = options.putObject("window");
        node.put("from", window.substring(0, 5)).put("to", window.substring(6));
        put(node, "zone", zone);
    }

    private static void put(ObjectNode node, String member, @Nullable String value) {
        if (value != null) {
            node.put(member, value);
        }
    }

    private static void time(ObjectNode options, String member, @Nullable String text) {
        if (text == null) {
            return;
        }
        try {
            Instant at = OffsetDateTime.parse(text).toInstant();
            options.put(member, at.toEpochMilli());
        } catch (DateTimeException e) {
            throw new UserError("'" + text + "' is not a time; write it like 2026-12-01T02:00:00Z.", e);
        }
    }
}
