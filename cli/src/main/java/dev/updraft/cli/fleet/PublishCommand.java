package dev.updraft.cli.fleet;

import dev.updraft.cli.file.InputFile;
import dev.updraft.image.Image;
import dev.updraft.image.InstallCheck;
import dev.updraft.image.board.Board;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code updraft publish}: upload, publish and roll out to every device of the image's board, in one go. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        description = "Uploads a signed image and offers it to every device of its board.")
public final class PublishCommand implements Callable<Integer> {
    static final String NO_CHECKS =
            "Do not check that Updraft knows the board and that its bootloader can install the image.";

    @Parameters(paramLabel = "IMAGE", description = "A signed image, as 'updraft image sign' makes it.")
    private Path image;

    @Option(names = "--notes", paramLabel = "TEXT", defaultValue = "", description = "What is new, for people.")
    private String notes;

    @Option(names = "--board", paramLabel = "BOARD", description = "For an image that does not name its board itself.")
    private @Nullable String board;

    @Option(
            names = "--require-rehearsal",
            description = "Offers it only once it has passed a rehearsal; see 'updraft release rehearsed'.")
    private boolean requireRehearsal;

    @Option(names = "--no-checks", description = NO_CHECKS)
    private boolean unchecked;

    @Mixin
    private Connection server;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        JsonNode draft = add(server, image, notes, board, "", !unchecked);
        long id = draft.path("id").asLong();
        JsonNode release = server.post("/api/v1/releases/" + id + "/publish" + (requireRehearsal ? "?to=nobody" : ""));
        JsonNode published = release.path("images").path(0);
        spec.commandLine()
                .getOut()
                .println("Published " + release.path("version").asString() + " for "
                        + published.path("board").asString() + ", digest "
                        + published.path("digest").asString() + ".");
        if (requireRehearsal) {
            ObjectNode rollout = JsonNodeFactory.instance.objectNode().put("release", id);
            rollout.putObject("options").put("name", "everyone").put("requireRehearsal", true);
            RolloutCommand.sayWhyItWaits(spec, server.post("/api/v1/rollouts", rollout));
        }
        return 0;
    }

    static JsonNode add(
            Connection server, Path image, String notes, @Nullable String board, String from, boolean checked) {
        return server.upload(
                "/api/v1/releases?notes=" + Connection.encoded(notes) + "&from=" + Connection.encoded(from)
                        + (board == null ? "" : "&board=" + Connection.encoded(Board.nameIn(board))),
                bytes(image, board, checked));
    }

    private static byte[] bytes(Path file, @Nullable String board, boolean checked) {
        byte[] bytes = InputFile.imageBytes(file);
        if (checked && Image.looksLikeImage(bytes)) {
            Image image = Image.parse(bytes);
            Optional.ofNullable(board).or(image::board).ifPresent(name -> InstallCheck.check(Board.find(name), image));
        }
        return bytes;
    }
}
