package dev.updraft.cli.board;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.OutputFile;
import dev.updraft.image.board.BoardFile;
import dev.updraft.image.board.BoardProposal;
import dev.updraft.image.board.Part;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code updraft board new}. */
@Command(
        name = "new",
        mixinStandardHelpOptions = true,
        description = "Proposes a board file with a valid flash map for a chip, and says why it is as it is.")
final class NewCommand implements Runnable {
    @Option(names = "--chip", required = true, paramLabel = "PART", description = "As STM32F446RE.")
    private String chip = "";

    @Option(
            names = "--image-size",
            paramLabel = "BYTES",
            description = "How large images get, as 200K; as large as can be when not given.")
    private @Nullable String imageSize;

    @Option(
            names = "--staging",
            paramLabel = "chip|nor|card",
            defaultValue = "chip",
            description = "Where a new image waits (default: ${DEFAULT-VALUE}).")
    private BoardProposal.Staging staging = BoardProposal.Staging.CHIP;

    @Option(
            names = "--erase-unit",
            paramLabel = "SIZE",
            description = "Where an option byte chooses it (DBANK), as 4K.")
    private @Nullable String eraseUnit;

    @Option(names = "--banks", paramLabel = "1|2", description = "Where an option byte chooses them.")
    private int banks;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write it, as my-board.toml; to the terminal when not given.")
    private @Nullable Path output;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        if (banks < 0 || banks > 2) {
            throw new UserError("--banks takes 1 or 2.");
        }
        String text = BoardProposal.of(
                Part.find(chip),
                size("--image-size", imageSize),
                staging,
                (int) size("--erase-unit", eraseUnit),
                banks);
        if (output == null) {
            spec.commandLine().getOut().print(text);
            spec.commandLine().getOut().flush();
            return;
        }
        if (Files.exists(output)) {
            throw new UserError("'" + output + "' is there already: choose another name, or remove it.");
        }
        if (!output.toString().endsWith(".toml")) {
            throw new UserError("The name of a board file ends in .toml: say -o " + output + ".toml.");
        }
        OutputFile.write(output, text.getBytes(StandardCharsets.UTF_8));
        List<String> problems = BoardFile.read(output).problems();
        problems.forEach(spec.commandLine().getErr()::println);
        spec.commandLine()
                .getOut()
                .println("Wrote " + output + ": change its pins to your board's, then 'updraft board show " + output
                        + "'.");
    }

    private static long size(String option, @Nullable String text) {
        if (text == null) {
            return 0;
        }
        if (!text.matches("[0-9]{1,9}[KM]?")) {
            throw new UserError(option + " takes a number of bytes, or as 200K, not '" + text + "'.");
        }
        int shift = text.endsWith("K") ? 10 : text.endsWith("M") ? 20 : 0;
        return Long.parseLong(text.replaceAll("[KM]", "")) << shift;
    }
}
