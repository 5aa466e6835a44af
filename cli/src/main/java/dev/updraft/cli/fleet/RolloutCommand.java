package dev.updraft.cli.fleet;

import dev.updraft.cli.UserError;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code updraft rollout …}. */
@Command(
        name = "rollout",
        mixinStandardHelpOptions = true,
        description = "Rolls releases out in stages, watches and stops them.")
public final class RolloutCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: see 'updraft rollout --help'.");
    }

    @Command(mixinStandardHelpOptions = true, description = "Rolls a published release out; prints the rollout's id.")
    int start(
            @Parameters(paramLabel = "RELEASE", description = "Id of the release.") long release,
            @Option(
                            names = "--filter",
                            paramLabel = "RSQL",
                            description = "Which devices, such as 'tag==beta;version=lt=1.2.0'.")
                    @Nullable
                    String filter,
            @Option(
                            names = "--stages",
                            split = ",",
                            paramLabel = "PERCENT",
                            description = "Such as 1,10,100; the next starts when 90 %% of one have confirmed.")
                    @Nullable
                    List<Double> stages,
            @Option(
                            names = "--acceptable-failures",
                            paramLabel = "SHARE",
                            description = "Paused when more than this share goes back or refuses; default 0.02.")
                    @Nullable
                    Double failures,
            @Option(
                            names = "--retries",
                            paramLabel = "N",
                            description = "Offers it again to devices that went back; default 0.")
                    @Nullable
                    Integer retries,
            @Option(
                            names = "--priority",
                            paramLabel = "N",
                            description = "The highest wins where several fit; default 0.")
                    @Nullable
                    Integer priority,
            @Option(names = "--downgrade", description = "Offers it to devices with a higher version too.")
                    boolean downgrade,
            @Option(names = "--approval", description = "Waits until an approver lets it start.") boolean approval,
            @Option(names = "--dry-run", description = "Only says who would get it.") boolean dryRun,
            @Mixin Connection server) {
        ObjectNode terms = JsonNodeFactory.instance.objectNode();
        if (filter != null) {
            terms.put("filter", filter);
        }
        if (stages != null) {
            stages.forEach(percent -> terms.withArray("stages").addObject().put("percent", percent));
        }
        if (failures != null) {
            terms.put("acceptableFailures", failures);
        }
        if (retries != null) {
            terms.put("retries", retries);
        }
        if (priority != null) {
            terms.put("priority", priority);
        }
        terms.put("downgrade", downgrade).put("approval", approval);
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("release", release);
        body.set("terms", terms);
        JsonNode answer = server.post(dryRun ? "/api/v1/rollouts/preview" : "/api/v1/rollouts", body);
        spec.commandLine()
                .getOut()
                .println(dryRun ? answer.toPrettyString() : answer.path("id").asString());
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Shows how far a rollout is.")
    int show(@Parameters(paramLabel = "ID") long id, @Mixin Connection server) {
        spec.commandLine().getOut().println(server.get("/api/v1/rollouts/" + id).toPrettyString());
        return 0;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the rollouts.")
    int all(@Mixin Connection server) {
        for (JsonNode rollout : server.get("/api/v1/rollouts").path("rollouts")) {
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%-6d release %-6d %-10s %s%n",
                            rollout.path("id").asLong(),
                            rollout.path("release").asLong(),
                            rollout.path("state").asString(),
                            rollout.path("reason").asString(""));
        }
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Stops offering until it is resumed.")
    int pause(@Parameters(paramLabel = "ID") long id, @Mixin Connection server) {
        return act(id, "pause", server);
    }

    @Command(mixinStandardHelpOptions = true, description = "Goes on with a paused rollout.")
    int resume(@Parameters(paramLabel = "ID") long id, @Mixin Connection server) {
        return act(id, "resume", server);
    }

    @Command(mixinStandardHelpOptions = true, description = "Ends a rollout for good.")
    int abort(@Parameters(paramLabel = "ID") long id, @Mixin Connection server) {
        return act(id, "abort", server);
    }

    @Command(mixinStandardHelpOptions = true, description = "Lets a rollout of somebody else's start.")
    int approve(@Parameters(paramLabel = "ID") long id, @Mixin Connection server) {
        return act(id, "approve", server);
    }

    private int act(long id, String action, Connection server) {
        if (id < 1) {
            throw new UserError("A rollout's id is a number from 1; see 'updraft rollout list'.");
        }
        String state = server.post("/api/v1/rollouts/" + id + "/" + action)
                .path("rollout")
                .path("state")
                .asString();
        spec.commandLine().getOut().println("Rollout " + id + " is " + state + ".");
        return 0;
    }
}
