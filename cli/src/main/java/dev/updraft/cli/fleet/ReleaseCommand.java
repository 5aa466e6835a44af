package dev.updraft.cli.fleet;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.InputFile;
import dev.updraft.cli.key.KeySource;
import dev.updraft.image.Bytes;
import dev.updraft.image.Sha256;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code updraft release …}. */
@Command(
        name = "release",
        mixinStandardHelpOptions = true,
        description = "Puts releases together, publishes and withdraws them.")
public final class ReleaseCommand implements Runnable {
    @Spec
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
            @Option(names = "--no-checks", description = PublishCommand.NO_CHECKS) boolean unchecked,
            @Mixin Connection server) {
        spec.commandLine()
                .getOut()
                .println(PublishCommand.add(server, image, notes, board, from, !unchecked)
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

    @Command(
            mixinStandardHelpOptions = true,
            description =
                    "Adds the report of 'updraft rehearse --json' to a release; rollouts that waited for it start.")
    int rehearsed(
            @Parameters(paramLabel = "ID") long id,
            @Parameters(paramLabel = "REPORT.json", description = "- = standard input.") String report,
            @Option(
                            names = "--key",
                            paramLabel = "KEY",
                            description = "Signs the report, for a fleet that demands it: a PEM file, env:NAME or"
                                    + " pkcs11:….")
                    @Nullable
                    String key,
            @Mixin Connection server) {
        byte[] bytes = InputFile.bytes(Path.of(report.equals("-") ? "/dev/stdin" : report));
        JsonNode answer = server.rehearsed(id, json(report, bytes), key == null ? null : signature(key, bytes));
        spec.commandLine()
                .getOut()
                .println("Rehearsed on " + answer.path("board").asString() + ": "
                        + (answer.path("passed").asBoolean() ? "passed." : "FAILED."));
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Lists the rehearsals of a release, newest first.")
    int rehearsals(@Parameters(paramLabel = "ID") long id, @Mixin Output output, @Mixin Connection server) {
        output.table(
                spec,
                server.get("/api/v1/releases/" + id + "/rehearsals"),
                "rehearsals",
                "id",
                "board",
                "oldDigest",
                "passed",
                "failed",
                "cuts",
                "bootloader",
                "signedBy",
                "creator",
                "created");
        return 0;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the releases.")
    int all(@Mixin Output output, @Mixin Connection server) {
        output.table(
                spec,
                server.get("/api/v1/releases"),
                "releases",
                (release, column) -> column.equals("boards") ? boards(release) : release.path(column),
                "id",
                "version",
                "state",
                "boards",
                "created",
                "notes");
        return 0;
    }

    /** What its images are for. */
    private static JsonNode boards(JsonNode release) {
        ArrayNode boards = JsonNodeFactory.instance.arrayNode();
        release.path("images").forEach(image -> boards.add(image.path("board")));
        return boards;
    }

    private static String signature(String key, byte[] report) {
        Bytes digest = Bytes.wrapping(Sha256.of(report));
        return Base64.getEncoder()
                .encodeToString(KeySource.signing(key).signDigest(digest).toArray());
    }

    /** @return {@code bytes}, to be sent as they are: a signature is over each of them */
    private static byte[] json(String file, byte[] bytes) {
        try {
            new JsonMapper().readTree(bytes);
            return bytes;
        } catch (JacksonException e) {
            throw new UserError("'" + file + "' is not JSON; give what 'updraft rehearse --json' wrote.", e);
        }
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
