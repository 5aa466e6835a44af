package dev.updraft.cli.key;

import dev.updraft.cli.file.OutputFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code updraft key public}. */
@Command(name = "public", mixinStandardHelpOptions = true, description = "Writes the public half of a key as PEM.")
final class PublicKeyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "KEY", description = "A PEM file, or env:NAME.")
    private String source;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write it; default: the terminal.")
    private @Nullable Path output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        String pem = KeySource.read(source).publicPem();
        if (output == null) {
            spec.commandLine().getOut().print(pem);
            spec.commandLine().getOut().flush();
        } else {
            OutputFile.write(output, pem.getBytes(StandardCharsets.US_ASCII));
        }
        return 0;
    }
}
