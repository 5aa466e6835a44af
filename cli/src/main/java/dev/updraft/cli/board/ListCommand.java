package dev.updraft.cli.board;

import dev.updraft.emulator.board.Boards;
import dev.updraft.image.board.Board;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code updraft board list}. */
@Command(name = "list", mixinStandardHelpOptions = true, description = "The boards that come with Updraft.")
final class ListCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-24s %-14s %9s %9s %9s  %s%n", "board", "chip", "flash", "slot", "RAM", "emulated");
        for (String name : Board.names()) {
            Board board = Board.find(name);
            out.printf(
                    "%-24s %-14s %6d KB %6d KB %6d KB  %s%n",
                    name,
                    board.chip().name(),
                    board.flash().size() >> 10,
                    board.slot().size() >> 10,
                    board.ram().getFirst().size() >> 10,
                    Boards.has(board.chip().name()) ? "yes" : "no");
        }
        out.flush();
    }
}
