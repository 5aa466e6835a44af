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

/** {@code updraft webhook …}. */
@Command(name = "webhook", mixinStandardHelpOptions = true, description = "Sends what happens to an address of yours.")
public final class WebhookCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: see 'updraft webhook --help'.");
    }

    @Command(
            mixinStandardHelpOptions = true,
            description =
                    "Adds an address and prints the secret that what is sent there is signed with, only this once.")
    int add(
            @Parameters(paramLabel = "NAME") String name,
            @Parameters(paramLabel = "URL") String url,
            @Option(
                            names = "--type",
                            paramLabel = "TYPE",
                            description = "Only these events, such as update.rolled-back; default all.")
                    @Nullable
                    List<String> types,
            @Mixin Output output,
            @Mixin Connection server) {
        ObjectNode wanted =
                JsonNodeFactory.instance.objectNode().put("name", name).put("url", url);
        if (types != null) {
            types.forEach(wanted.putArray("types")::add);
        }
        JsonNode made = server.post("/api/v1/webhooks", wanted);
        output.say(spec, made, made.path("secret").asString());
        return 0;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the addresses and how sending goes.")
    int all(@Mixin Output output, @Mixin Connection server) {
        output.table(
                spec, server.get("/api/v1/webhooks"), "webhooks", "id", "name", "url", "types", "failures", "problem");
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Sends nothing there any more.")
    int remove(@Parameters(paramLabel = "ID") long id, @Mixin Output output, @Mixin Connection server) {
        output.say(spec, server.delete("/api/v1/webhooks/" + id), "Webhook " + id + " is gone.");
        return 0;
    }
}
