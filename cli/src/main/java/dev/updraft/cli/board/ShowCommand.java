package dev.updraft.cli.board;

import dev.updraft.image.board.Board;
import dev.updraft.image.board.BoardDrawing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code updraft board show}. */
@Command(name = "show", mixinStandardHelpOptions = true, description = "Draws a board's flash map and its wiring.")
final class ShowCommand implements Runnable {
    @Parameters(paramLabel = "BOARD", description = "A name, or a file of your own.")
    private String board = "";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().getOut().print(BoardDrawing.of(Board.find(board)));
        spec.commandLine().getOut().flush();
    }
}
