package dev.updraft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The help of every command, found in the tree of commands itself. */
class HelpTest {
    private static final CommandLine TREE = Main.tree();

    static Stream<String> commands() {
        List<String> all = new ArrayList<>();
        collect(TREE, "", all);
        return all.stream();
    }

    private static void collect(CommandLine command, String path, List<String> into) {
        into.add(path);
        command.getSubcommands().forEach((name, sub) -> {
            if (!name.equals("help")) {
                collect(sub, (path + " " + name).strip(), into);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandExplainsItselfAndEachOfItsOptions(String command) {
        List<String> words = command.isEmpty() ? List.of() : Arrays.asList(command.split(" "));
        CommandLine line = TREE;
        for (String word : words) {
            line = Objects.requireNonNull(line.getSubcommands().get(word), word);
        }
        Outcome help =
                Outcome.of(Stream.concat(words.stream(), Stream.of("--help")).toArray(String[]::new));

        assertThat(help.code()).as(help.err()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out()).startsWith("Usage: updraft");
        assertThat(line.getCommandSpec().usageMessage().description())
                .as("updraft " + command)
                .isNotEmpty();
        for (CommandLine.Model.OptionSpec option : line.getCommandSpec().options()) {
            assertThat(help.out().replace("[no-]", "no-"))
                    .contains(option.longestName().replaceFirst("--(no-)?", ""));
            assertThat(option.description()).as(option.longestName()).isNotEmpty();
        }
    }
}
