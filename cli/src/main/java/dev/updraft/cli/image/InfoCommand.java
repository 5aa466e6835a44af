package dev.updraft.cli.image;

import dev.updraft.cli.file.InputFile;
import dev.updraft.image.Image;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code updraft image info}. */
@Command(name = "info", mixinStandardHelpOptions = true, description = "Explains every field of an MCUboot image.")
final class InfoCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The image.")
    private Path file;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Image image = InputFile.image(file);
        String text = json
                ? JsonMapper.builder().build().writeValueAsString(ImageDescription.json(image))
                : ImageDescription.text(image);
        spec.commandLine().getOut().println(text);
        return 0;
    }
}
