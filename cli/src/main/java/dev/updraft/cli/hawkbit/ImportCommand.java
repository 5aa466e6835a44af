package dev.updraft.cli.hawkbit;

import dev.updraft.cli.UserError;
import dev.updraft.cli.fleet.Connection;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code updraft import …}. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = "Takes over a fleet from another update server.")
public final class ImportCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say from what: see 'updraft import --help'.");
    }

    @Command(
            mixinStandardHelpOptions = true,
            description =
                    "Copies targets with their tokens, tags, software modules with their artifacts, and distribution sets"
                            + " from a hawkBit; what is there already stays as it is.")
    int hawkbit(
            @Option(names = "--from", paramLabel = "URL", description = "A running hawkBit, such as http://HOST:8080.")
                    @Nullable
                    String from,
            @Option(names = "--user", paramLabel = "NAME", defaultValue = "admin", description = "Default admin.")
                    String user,
            @Option(
                            names = "--password",
                            paramLabel = "WORD",
                            defaultValue = "${env:HAWKBIT_PASSWORD:-admin}",
                            description = "Default $HAWKBIT_PASSWORD, else admin.")
                    String password,
            @Option(
                            names = "--files",
                            paramLabel = "DIR",
                            description = "Answers of hawkBit's Management API saved under their paths: targets.json,"
                                    + " softwaremodules/7/artifacts.json, …")
                    @Nullable
                    Path files,
            @Mixin Connection server) {
        if ((from == null) == (files == null)) {
            throw new UserError("Say where from: either --from URL or --files DIR.");
        }
        if (files != null && !Files.isDirectory(files)) {
            throw new UserError("There is no directory '" + files + "'.");
        }
        Source source =
                files != null ? new Source.Directory(files) : Source.Url.of(String.valueOf(from), user, password);
        PrintWriter out = spec.commandLine().getOut();
        int refused = new HawkbitImport(source, server, out).run();
        out.flush();
        return refused == 0 ? 0 : 2;
    }
}
