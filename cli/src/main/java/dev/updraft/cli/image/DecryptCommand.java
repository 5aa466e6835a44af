package dev.updraft.cli.image;

import dev.updraft.cli.file.InputFile;
import dev.updraft.cli.file.OutputFile;
import dev.updraft.cli.key.KeySource;
import dev.updraft.image.Image;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code updraft image decrypt}. */
@Command(
        name = "decrypt",
        mixinStandardHelpOptions = true,
        description = "Writes an encrypted image with its payload in clear, as a device's slot holds it.")
final class DecryptCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The image.")
    private Path file;

    @Option(names = "--key", required = true, paramLabel = "KEY", description = "The device's private key.")
    private String key;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            description = "Where to write the image.")
    private Path output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Image clear = InputFile.image(file).decrypt(KeySource.read(key).decryption());
        clear.verifyDigest();
        OutputFile.write(output, clear::writeTo);
        spec.commandLine().getOut().println("Wrote " + output + ": " + clear + ".");
        return 0;
    }
}
