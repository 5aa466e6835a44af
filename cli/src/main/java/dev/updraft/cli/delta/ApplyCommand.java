package dev.updraft.cli.delta;

import dev.updraft.cli.file.InputFile;
import dev.updraft.cli.file.OutputFile;
import dev.updraft.delta.Firmware;
import dev.updraft.delta.Patch;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code updraft delta apply}. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = "Applies a patch, and checks the digest of what comes out.")
final class ApplyCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "OLD", description = "The image that the patch was made from, or 'none'.")
    private Path old;

    @Parameters(index = "1", paramLabel = "PATCH", description = "The patch.")
    private Path file;

    @Option(names = "-o", required = true, paramLabel = "NEW", description = "Where the new image goes.")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Firmware from = old.toString().equals("none") ? Firmware.NONE : Patches.firmware(old);
        byte[] patch = InputFile.bytes(file);
        byte[] made = Patches.of(file, () -> Patch.apply(from, patch));
        OutputFile.write(out, made);
        spec.commandLine().getOut().println(made.length + " bytes: " + out);
        return 0;
    }
}
