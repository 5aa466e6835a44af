package dev.updraft.cli.fleet;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.TemporaryFolder;
import dev.updraft.server.Server;
import dev.updraft.server.ServerConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code updraft prepare}: a server that starts from what a first one has learnt. */
@Command(
        name = "prepare",
        mixinStandardHelpOptions = true,
        description = {
            "Makes the cache with which a server starts in half the time: loaded and linked classes, and which methods are hot"
                    + " (JEP 514 and 515). It fits one updraft.jar and one Java; make it again when either changes.",
            "Then: java -XX:AOTCache=updraft.aot " + PrepareCommand.MEMORY + " -jar updraft.jar serve"
        })
public final class PrepareCommand implements Callable<Integer> {
    /** Short pauses, and resident what is in use: docs/reference/server-measurements.md (Memory). */
    static final String MEMORY = "-XX:+UseSerialGC -Xmn48m";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write it; default updraft.aot beside updraft.jar.")
    private @Nullable Path output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path jar = jar();
        Path cache = output == null ? jar.resolveSibling("updraft.aot") : output;
        Path made = Files.createTempFile("updraft", ".aot");
        try {
            record(jar, made);
            // In one move: a server that starts just now sees the old one or the new one.
            Path beside = cache.resolveSibling(cache.getFileName() + ".new");
            Files.copy(made, beside, StandardCopyOption.REPLACE_EXISTING);
            Files.move(beside, cache, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UserError("The file '" + cache + "' cannot be written: " + e.getMessage() + ".", e);
        } finally {
            Files.deleteIfExists(made);
        }
        spec.commandLine()
                .getOut()
                .println("Start with: java -XX:AOTCache=" + cache + " " + MEMORY + " -jar " + jar + " serve");
        return 0;
    }

    private static Path jar() {
        String classes = System.getProperty("java.class.path", "");
        if (!classes.endsWith(".jar") || classes.contains(System.getProperty("path.separator"))) {
            throw new UserError("Only the one file has a cache: run it as 'java -jar updraft.jar prepare'.");
        }
        return Path.of(classes);
    }

    /** Records a server on a database that is there, as at nearly every start: what lays out a new one would be loaded each time. */
    private static void record(Path jar, Path into) throws IOException, InterruptedException {
        try (TemporaryFolder data = TemporaryFolder.make("updraft-prepare")) {
            ServerConfig config =
                    ServerConfig.in(data.path()).withHost("127.0.0.1").withPort(0);
            String token;
            try (Server first = Server.start(config)) {
                token = Objects.requireNonNull(first.adminToken());
            }
            Process server = new ProcessBuilder(command(jar, into, data.path()))
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader said = server.inputReader()) {
                String line = said.readLine();
                while (line != null && !line.startsWith(ServeCommand.READY)) {
                    line = said.readLine();
                }
                if (line != null) {
                    new StartupWarmup(line.substring(ServeCommand.READY.length()), token).serve();
                }
                // It writes the cache when it ends of itself, as on this signal.
                server.toHandle().destroy();
                said.lines().forEach(ignored -> {});
                server.waitFor();
            } finally {
                server.destroyForcibly();
            }
            if (Files.size(into) == 0) {
                throw new UserError("This Java makes no cache (version 25 or newer is needed, and not on Windows).");
            }
        }
    }

    private static List<String> command(Path jar, Path into, Path data) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // Xlog: it tells of each of the hundreds of classes that cannot be kept.
        // AdapterCaching: 7 ms quicker, but at every start Java 25 then says that it takes one adapter for another.
        List<String> command = new ArrayList<>(List.of(java, "-XX:AOTCacheOutput=" + into, "-Xlog:disable"));
        command.addAll(List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTAdapterCaching", "-XX:-AOTStubCaching"));
        command.addAll(List.of(MEMORY.split(" ")));
        command.addAll(List.of("-jar", jar.toString(), "serve", "--host", "127.0.0.1", "--port", "0"));
        command.addAll(List.of("--data", data.toString()));
        return command;
    }
}
