package dev.updraft.cli.fleet;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code updraft user …}. */
@Command(
        name = "user",
        mixinStandardHelpOptions = true,
        description = "Adds and removes the people who run this fleet.")
public final class UserCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: see 'updraft user --help'.");
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Adds a person; give it tokens with 'updraft token add --user'.")
    int add(
            @Parameters(paramLabel = "NAME") String name,
            @Parameters(paramLabel = "ROLE", description = "viewer, operator, approver or admin.") String role,
            @Mixin Output output,
            @Mixin Connection server) {
        JsonNode made = server.post(
                "/api/v1/users",
                JsonNodeFactory.instance.objectNode().put("name", name).put("role", role));
        output.say(spec, made, "User " + name + " is " + role + ".");
        return 0;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the people.")
    int all(@Mixin Output output, @Mixin Connection server) {
        output.table(spec, server.get("/api/v1/users"), "users", "name", "role", "created");
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Removes a person and ends all its tokens.")
    int remove(@Parameters(paramLabel = "NAME") String name, @Mixin Output output, @Mixin Connection server) {
        output.say(spec, server.delete("/api/v1/users/" + Connection.encoded(name)), "User " + name + " is gone.");
        return 0;
    }
}
