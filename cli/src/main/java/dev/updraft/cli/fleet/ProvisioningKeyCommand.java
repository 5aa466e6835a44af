package dev.updraft.cli.fleet;

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

/** {@code updraft provisioning-key …}. */
@Command(
        name = "provisioning-key",
        mixinStandardHelpOptions = true,
        description = "Makes keys with which devices register themselves.")
public final class ProvisioningKeyCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: see 'updraft provisioning-key --help'.");
    }

    @Command(mixinStandardHelpOptions = true, description = "Makes a key and prints it; it is shown only this once.")
    int add(
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--tag", paramLabel = "TAG", description = "Given to devices that enrol with it.") @Nullable
                    List<String> tags,
            @Mixin Output output,
            @Mixin Connection server) {
        ObjectNode wanted = JsonNodeFactory.instance.objectNode().put("name", name);
        if (tags != null) {
            tags.forEach(wanted.putArray("tags")::add);
        }
        JsonNode made = server.post("/api/v1/provisioning-keys", wanted);
        output.say(spec, made, made.path("key").asString());
        return 0;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the keys, without their secrets.")
    int all(@Mixin Output output, @Mixin Connection server) {
        output.table(spec, server.get("/api/v1/provisioning-keys"), "keys", "id", "name", "tags", "created");
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Ends a key; devices that enrolled with it stay.")
    int remove(@Parameters(paramLabel = "ID") long id, @Mixin Output output, @Mixin Connection server) {
        output.say(spec, server.delete("/api/v1/provisioning-keys/" + id), "Provisioning key " + id + " is gone.");
        return 0;
    }
}
