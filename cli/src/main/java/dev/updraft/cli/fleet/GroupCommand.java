package dev.updraft.cli.fleet;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code updraft group …}. */
@Command(
        name = "group",
        mixinStandardHelpOptions = true,
        description = "Saves filters under a name; group==NAME in other filters means what they pick.")
public final class GroupCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: see 'updraft group --help'.");
    }

    @Command(mixinStandardHelpOptions = true, description = "Saves a filter, or changes it.")
    int save(
            @Parameters(paramLabel = "NAME") String name,
            @Parameters(paramLabel = "RSQL", description = "Such as 'tag==beta;version=lt=1.2.0'.") String filter,
            @Mixin Output output,
            @Mixin Connection server) {
        JsonNode saved = server.put(
                "/api/v1/groups/" + Connection.encoded(name),
                JsonNodeFactory.instance.objectNode().put("filter", filter));
        output.say(spec, saved, "Group " + name + " is " + filter + ".");
        return 0;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the groups.")
    int all(@Mixin Output output, @Mixin Connection server) {
        output.table(spec, server.get("/api/v1/groups"), "groups", "name", "filter", "created");
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Forgets a group.")
    int remove(@Parameters(paramLabel = "NAME") String name, @Mixin Output output, @Mixin Connection server) {
        output.say(spec, server.delete("/api/v1/groups/" + Connection.encoded(name)), "Group " + name + " is gone.");
        return 0;
    }
}
