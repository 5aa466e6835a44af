package dev.updraft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** docs/reference/commands.md is what the commands say of themselves. Written anew with {@code -Dupdraft.write=true}. */
class CommandReferenceTest {
    private static final Path PAGE = Path.of(System.getenv("UPDRAFT_HOME"), "docs/reference/commands.md");

    @Test
    void thePageIsWhatTheCommandsSay() throws IOException {
        StringBuilder page = new StringBuilder("""
                # Commands

                What each command says of itself with `--help`. Exit codes: 0 it is done; 1 it failed, or what was tried did not pass; 2 the input is wrong, and one sentence says how.
                `source <(updraft completion)` completes commands and options in bash and zsh.
                """);
        add(Main.tree(), page);
        if (Boolean.getBoolean("updraft.write")) {
            Files.writeString(PAGE, page);
        }

        assertThat(Files.readString(PAGE))
                .as("run this test with -Dupdraft.write=true and look at the change")
                .isEqualTo(page.toString());
    }

    @Test
    void theShellIsToldOfEveryCommand() {
        String script = Outcome.of("completion").ok();

        assertThat(script).contains("complete -F", "rehearse", "--board");
    }

    private static void add(CommandLine command, StringBuilder page) {
        if (command.getCommandSpec().usageMessage().hidden()) {
            return;
        }
        command.setUsageHelpWidth(100);
        page.append("\n## ")
                .append(command.getCommandSpec().qualifiedName())
                .append("\n\n```text\n")
                .append(command.getUsageMessage(Ansi.OFF).stripTrailing())
                .append("\n```\n");
        command.getSubcommands().values().stream()
                .filter(sub -> !(sub.getCommand() instanceof CommandLine.HelpCommand))
                .forEach(sub -> add(sub, page));
    }
}
