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

/** {@code updraft token …}. */
@Command(name = "token", mixinStandardHelpOptions = true, description = "Gives out and ends API tokens.")
public final class TokenCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: see 'updraft token --help'.");
    }

    @Command(mixinStandardHelpOptions = true, description = "Makes a token and prints it; it is shown only this once.")
    int add(
            @Parameters(paramLabel = "NAME") String name,
            @Parameters(paramLabel = "ROLE", description = "viewer, operator, approver or admin.") String role,
            @Option(names = "--user", paramLabel = "USER", description = "Whom it belongs to.") @Nullable String user,
            @Option(
                            names = "--scope",
                            paramLabel = "SCOPE",
                            description =
                                    "Opens only this part, such as releases or devices:read; several may be given.")
                    @Nullable
                    List<String> scopes,
            @Option(names = "--days", paramLabel = "N", description = "Ends after so many days; default never.")
                    @Nullable
                    Integer days,
            @Mixin Output output,
            @Mixin Connection server) {
        ObjectNode wanted =
                JsonNodeFactory.instance.objectNode().put("name", name).put("role", role);
        if (user != null) {
            wanted.put("user", user);
        }
        if (scopes != null) {
            scopes.forEach(wanted.putArray("scopes")::add);
        }
        if (days != null) {
            wanted.put("expires", System.currentTimeMillis() + days * 86_400_000L);
        }
        JsonNode made = server.post("/api/v1/tokens", wanted);
        output.say(spec, made, made.path("token").asString());
        return 0;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the tokens, without their secrets.")
    int all(@Mixin Output output, @Mixin Connection server) {
        output.table(
                spec,
                server.get("/api/v1/tokens"),
                "tokens",
                "id",
                "name",
                "role",
                "user",
                "scopes",
                "expires",
                "created");
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Ends a token at once.")
    int remove(@Parameters(paramLabel = "ID") long id, @Mixin Output output, @Mixin Connection server) {
        output.say(spec, server.delete("/api/v1/tokens/" + id), "Token " + id + " is gone.");
        return 0;
    }
}
