package dev.updraft.cli.fleet;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code updraft release …}. */
@Command(
        name = "release",
        mixinStandardHelpOptions = true,
        description = "Puts releases together, publishes and withdraws them.")
public final class ReleaseCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: see 'updraft release --help'.");
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Adds a signed image to the draft of its version; prints the release's id.")
    int add(
            @Parameters(paramLabel = "IMAGE") Path image,
            @Option(names = "--notes", paramLabel = "TEXT", defaultValue = "", description = "What is new, for people.")
                    String notes,
            @Option(names = "--board", paramLabel = "BOARD", description = "For an image that does not name its board.")
                    @Nullable
                    String board,
            @Option(
                            names = "--from",
                            paramLabel = "RANGE",
                            defaultValue = "",
                            description = "Versions that may move to it, such as '>=1.2.0 <2.0.0'.")
                    String from,
            @Mixin Connection server) {
        spec.commandLine()
                .getOut()
                .println(PublishCommand.add(server, image, notes, board, from)
                        .path("id")
                        .asLong());
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Fixes a release so that rollouts can offer it.")
    int publish(@Parameters(paramLabel = "ID") long id, @Mixin Connection server) {
        print(server.post("/api/v1/releases/" + id + "/publish?to=nobody"));
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Takes a release back: it is offered never again.")
    int withdraw(@Parameters(paramLabel = "ID") long id, @Mixin Connection server) {
        print(server.post("/api/v1/releases/" + id + "/withdraw"));
        return 0;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the releases.")
    int all(@Mixin Output output, @Mixin Connection server) {
        JsonNode answer = server.get("/api/v1/releases");
        output.either(spec, answer, () -> answer.path("releases").forEach(this::print));
        return 0;
    }

    private void print(JsonNode release) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%-6d %-14s %-10s %s%n",
                release.path("id").asLong(),
                release.path("version").asString(),
                release.path("state").asString(),
                String.join(", ", release.path("images").findValuesAsString("board")));
    }
}
