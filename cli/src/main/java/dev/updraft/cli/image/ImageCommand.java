package dev.updraft.cli.image;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code updraft image}: the group of its subcommands. */
@Command(
        name = "image",
        mixinStandardHelpOptions = true,
        description = "Makes, explains and checks MCUboot images.",
        subcommands = {
            SignCommand.class,
            InfoCommand.class,
            VerifyCommand.class,
            ConvertCommand.class,
            DecryptCommand.class
        })
public final class ImageCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do with images: see 'updraft image --help'.");
    }
}
