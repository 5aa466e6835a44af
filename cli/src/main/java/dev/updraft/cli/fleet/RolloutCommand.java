package dev.updraft.cli.fleet;

import dev.updraft.cli.UserError;
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
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: see 'updraft rollout --help'.");
    }

    @Command(mixinStandardHelpOptions = true, description = "Rolls a published release out; prints the rollout's id.")
    int start(
            @Parameters(paramLabel = "RELEASE", description = "Id of the release.") long release,
            @Mixin RolloutFlags options,
            @Option(names = "--dry-run", description = "Only says who would get it.") boolean dryRun,
            @Mixin Output output,
            @Mixin Connection server) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("release", release);
        body.set("options", options.json());
        JsonNode answer = server.post(dryRun ? "/api/v1/rollouts/preview" : "/api/v1/rollouts", body);
        output.say(
                spec,
                answer,
                dryRun ? RolloutText.preview(answer) : answer.path("id").asString());
        sayWhyItWaits(spec, answer);
        return 0;
    }

    /** To the person, not to the script that reads the id. */
    static void sayWhyItWaits(CommandSpec spec, JsonNode rollout) {
        if (rollout.path("state").asString("").equals("waiting")) {
            String why = rollout.path("reason").asString("An approver must let it start.");
            spec.commandLine().getErr().println("Rollout " + rollout.path("id").asLong() + " waits. " + why);
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Shows how far a rollout is.")
    int show(@Parameters(paramLabel = "ID") long id, @Mixin Output output, @Mixin Connection server) {
        JsonNode answer = server.get("/api/v1/rollouts/" + id);
        output.say(spec, answer, RolloutText.of(answer));
        return 0;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the rollouts.")
    int all(@Mixin Output output, @Mixin Connection server) {
        output.table(
                spec,
                server.get("/api/v1/rollouts"),
                "rollouts",
                (rollout, column) -> column.equals("stage") ? RolloutText.stage(rollout) : rollout.path(column),
                "id",
                "release",
                "state",
                "stage",
                "creator",
                "created",
                "reason");
        return 0;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Lists the devices that a rollout has offered something to, and where they are with it.")
    int devices(
            @Parameters(paramLabel = "ID") long id,
            @Option(
                            names = "--state",
                            paramLabel = "STATE",
                            description = "Only those in it, such as rolled-back, refused or downloading.")
                    @Nullable
                    String state,
            @Mixin Output output,
            @Mixin Connection server) {
        JsonNode answer = server.get("/api/v1/rollouts/" + id + "/devices?limit=1000"
                + (state == null ? "" : "&state=" + Connection.encoded(state)));
        output.table(spec, answer, "devices", "device", "state", "reason", "attempts", "changed");
        long total = answer.path("total").asLong();
        if (answer.path("devices").size() < total) {
            spec.commandLine()
                    .getErr()
                    .println("These are the first 1,000 of %,d; narrow them down with --state.".formatted(total));
        }
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Stops offering until it is resumed.")
    int pause(@Parameters(paramLabel = "ID") long id, @Mixin Output output, @Mixin Connection server) {
        return act(id, "pause", output, server);
    }

    @Command(mixinStandardHelpOptions = true, description = "Goes on with a paused rollout.")
    int resume(@Parameters(paramLabel = "ID") long id, @Mixin Output output, @Mixin Connection server) {
        return act(id, "resume", output, server);
    }

    @Command(mixinStandardHelpOptions = true, description = "Ends a rollout for good.")
    int abort(@Parameters(paramLabel = "ID") long id, @Mixin Output output, @Mixin Connection server) {
        return act(id, "abort", output, server);
    }

    @Command(mixinStandardHelpOptions = true, description = "Lets a rollout of somebody else's start.")
    int approve(@Parameters(paramLabel = "ID") long id, @Mixin Output output, @Mixin Connection server) {
        return act(id, "approve", output, server);
    }

    private int act(long id, String action, Output output, Connection server) {
        if (id < 1) {
            throw new UserError("A rollout's id is a number from 1; see 'updraft rollout list'.");
        }
        JsonNode answer = server.post("/api/v1/rollouts/" + id + "/" + action);
        String state = answer.path("rollout").path("state").asString();
        output.say(spec, answer, "Rollout " + id + " is " + state + ".");
        return 0;
    }
}
