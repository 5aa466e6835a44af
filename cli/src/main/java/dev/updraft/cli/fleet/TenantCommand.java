package dev.updraft.cli.fleet;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code updraft tenant …}. */
@Command(
        name = "tenant",
        mixinStandardHelpOptions = true,
        description = "Makes fleets that know nothing of each other.")
public final class TenantCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: see 'updraft tenant --help'.");
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Makes a tenant and prints its first admin token, only this once.")
    int add(@Parameters(paramLabel = "NAME") String name, @Mixin Output output, @Mixin Connection server) {
        JsonNode made = server.post(
                "/api/v1/tenants", JsonNodeFactory.instance.objectNode().put("name", name));
        output.say(spec, made, made.path("token").asString());
        return 0;
    }
}
