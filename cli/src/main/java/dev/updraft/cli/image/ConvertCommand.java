package dev.updraft.cli.image;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.FirmwareOptions;
import dev.updraft.cli.file.Numbers;
import dev.updraft.cli.file.OutputFile;
import dev.updraft.image.firmware.Firmware;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code updraft image convert}. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        description = "Writes firmware of any format, or an image, as Intel HEX or raw binary.")
final class ConvertCommand implements Callable<Integer> {
    @Parameters(paramLabel = "IN", description = "Firmware or an image; its format is seen from its content.")
    private Path input;

    @Option(
            names = "--base",
            paramLabel = "ADDRESS",
            description = "Where the first byte is to stand; a raw binary needs it.")
    private @Nullable String base;

    @Mixin
    private FirmwareOptions reading;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            description = "A name that ends in .hex or .bin.")
    private Path output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        String name = output.toString().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".hex") && !name.endsWith(".bin")) {
            throw new UserError("'" + output + "' does not say what to write: give a name that ends in .hex or .bin.");
        }
        Firmware read = reading.read(input, null, spec.commandLine().getOut());
        Firmware firmware = base == null ? read : read.at(Numbers.parse("--base", base));
        if (name.endsWith(".bin")) {
            OutputFile.write(output, firmware::writeBinary);
        } else if (firmware.address().isPresent()) {
            OutputFile.write(output, firmware::writeHex);
        } else {
            throw new UserError("A raw binary does not say where it stands: give its address with --base.");
        }
        spec.commandLine().getOut().println("Wrote " + output + ".");
        return 0;
    }
}
