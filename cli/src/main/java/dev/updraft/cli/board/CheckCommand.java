package dev.updraft.cli.board;

import dev.updraft.image.board.Board;
import dev.updraft.image.board.BoardFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code updraft board check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Says what is wrong with board files, one sentence each, with line and member.")
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Board files, as my-board.toml.")
    private List<Path> files = List.of();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        List<String> wrong = new ArrayList<>();
        for (Path file : files) {
            BoardFile read = BoardFile.read(file);
            List<String> problems = read.problems();
            wrong.addAll(problems);
            if (problems.isEmpty()) {
                Board board = read.board();
                spec.commandLine()
                        .getOut()
                        .println(file + ": a " + board.chip().name() + " with a slot of "
                                + (board.slot().size() >> 10) + " KB; nothing is wrong.");
            }
        }
        wrong.forEach(spec.commandLine().getErr()::println);
        return wrong.isEmpty() ? 0 : 2;
    }
}
