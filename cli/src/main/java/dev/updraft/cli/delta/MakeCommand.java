package dev.updraft.cli.delta;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.Numbers;
import dev.updraft.cli.file.OutputFile;
import dev.updraft.delta.Firmware;
import dev.updraft.delta.Header;
import dev.updraft.delta.Patch;
import dev.updraft.delta.RamClass;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code updraft delta make}. */
@Command(
        name = "make",
        mixinStandardHelpOptions = true,
        description = "Makes a patch from an old image to a new one, and applies it to see that it is right.")
final class MakeCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "OLD",
            description = "The image that the device runs; 'none' for a patch that needs none.")
    private Path old;

    @Parameters(
            index = "1",
            paramLabel = "NEW",
            description = "The image that it shall run: not encrypted; or any bytes.")
    private Path target;

    @Option(
            names = "--ram",
            paramLabel = "KB",
            defaultValue = "8",
            description = "What the device gives to its decoder: 4, 8, 16 or 64 KB. Default: ${DEFAULT-VALUE}.")
    private int ram;

    @Option(
            names = "--base",
            paramLabel = "ADDRESS",
            description = "Flash address of the image's first byte. Default: guessed from its pointers.")
    private @Nullable String base;

    @Option(names = "-o", required = true, paramLabel = "FILE", description = "Where the patch goes.")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        RamClass size = RamClass.of(ram)
                .orElseThrow(() ->
                        new UserError("There is no decoder with " + ram + " KB of RAM: say --ram 4, 8, 16 or 64."));
        Firmware from = old.toString().equals("none") ? Firmware.NONE : Patches.firmware(old);
        Firmware to = Patches.firmware(target);
        byte[] patch = Patches.of(
                target,
                () -> base == null
                        ? Patch.make(from, to, size)
                        : Patch.make(from, to, (int) Numbers.parse("--base", base), size));
        if (!Arrays.equals(Patches.of(target, () -> Patch.apply(from, patch)), to.bytes())) {
            throw new IllegalStateException("the patch gives other bytes than it was made for");
        }
        OutputFile.write(out, patch);
        Header header = Patches.of(target, () -> Header.of(patch));
        spec.commandLine()
                .getOut()
                .printf(
                        "%d bytes instead of %d, for images at 0x%08x and %d KB of RAM: %s%n",
                        patch.length, to.bytes().length, header.base(), ram, out);
        return 0;
    }
}
