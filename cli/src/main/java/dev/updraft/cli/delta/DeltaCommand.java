package dev.updraft.cli.delta;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code updraft delta}: the group of its subcommands. */
@Command(
        name = "delta",
        mixinStandardHelpOptions = true,
        description = "Makes and applies patches from one image to the next.",
        subcommands = {MakeCommand.class, ApplyCommand.class, InfoCommand.class})
public final class DeltaCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do with patches: see 'updraft delta --help'.");
    }
}
