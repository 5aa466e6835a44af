package dev.updraft.cli.board;

import dev.updraft.cli.UserError;
import dev.updraft.cli.demo.FirmwareBuild;
import dev.updraft.cli.file.OutputFile;
import dev.updraft.image.board.Board;
import dev.updraft.image.board.BoardHeader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code updraft board header}. */
@Command(
        name = "header",
        mixinStandardHelpOptions = true,
        description = "Writes what C and its makefiles need of a board: updraft_board.h.")
final class HeaderCommand implements Runnable {
    @Parameters(paramLabel = "BOARD", arity = "0..1", description = "A name, or a file of your own.")
    private @Nullable String board;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write it; to the terminal when not given.")
    private @Nullable Path output;

    @Option(names = "--all", description = "Write those of all boards that come with Updraft, in device/boards.")
    private boolean all;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        if (all == (board != null)) {
            throw new UserError("Say which board, or --all.");
        }
        if (board == null) {
            Board.names()
                    .forEach(name -> write(
                            FirmwareBuild.home()
                                    .resolve("device/boards")
                                    .resolve(name)
                                    .resolve(BoardHeader.FILE),
                            BoardHeader.of(Board.find(name))));
        } else if (output == null) {
            spec.commandLine().getOut().print(BoardHeader.of(Board.find(board)));
            spec.commandLine().getOut().flush();
        } else {
            write(output, BoardHeader.of(Board.find(board)));
        }
    }

    /** One that says the same is left as it is, so that makefiles need not build anew. */
    private static void write(Path file, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            if (Files.exists(file) && java.util.Arrays.equals(Files.readAllBytes(file), bytes)) {
                return;
            }
        } catch (IOException e) {
            throw new UserError("The header cannot be written to '" + file + "' (" + e + ").", e);
        }
        OutputFile.write(file, bytes);
    }
}
