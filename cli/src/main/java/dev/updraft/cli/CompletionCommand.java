package dev.updraft.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code updraft completion}. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = {"Prints what bash and zsh complete commands and options with:", "  source <(updraft completion)"
        })
final class CompletionCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().getOut().print(AutoComplete.bash("updraft", Main.tree()));
        spec.commandLine().getOut().flush();
    }
}
