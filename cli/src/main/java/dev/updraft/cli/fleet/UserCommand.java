package dev.updraft.cli.fleet;

import dev.updraft.cli.UserError;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

    @Command(
            mixinStandardHelpOptions = true,
            description =
                    "Gives a person a password, read from the keyboard or else the first line of standard input, for"
                            + " tools of hawkBit: they send the name and the password. Other tools need a token.")
    int password(
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--weak", description = "Take one of fewer than 12 characters.") boolean weak,
            @Option(names = "--remove", description = "Take the password away.") boolean remove,
            @Mixin Output output,
            @Mixin Connection server) {
        String path = "/api/v1/users/" + Connection.encoded(name) + "/password";
        if (remove) {
            output.say(spec, server.delete(path), "User " + name + " has no password.");
            return 0;
        }
        JsonNode body =
                JsonNodeFactory.instance.objectNode().put("password", typed()).put("weak", weak);
        output.say(spec, server.put(path, body), "User " + name + " has a new password.");
        return 0;
    }

    private static String typed() {
        Optional<Console> keyboard = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        try {
            String line = keyboard.isPresent()
                    ? new String(keyboard.get().readPassword("Password: "))
                    : new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            if (line != null && !line.isEmpty()) {
                return line;
            }
        } catch (IOException e) {
            throw new UserError("Standard input cannot be read: " + e.getMessage() + ".", e);
        }
        throw new UserError("No password came: write it to standard input, as one line.");
    }
}
