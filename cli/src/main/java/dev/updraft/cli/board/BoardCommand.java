package dev.updraft.cli.board;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code updraft board}. */
@Command(
        name = "board",
        mixinStandardHelpOptions = true,
        description = "Boards as files: those there are, a flash map for one of your own, and what C needs of it.",
        subcommands = {ListCommand.class, ShowCommand.class, CheckCommand.class, NewCommand.class, HeaderCommand.class})
public final class BoardCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Say what to do: updraft board list, show, check, new or header.");
    }
}
