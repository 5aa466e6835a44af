package dev.updraft.cli.fleet;

import dev.updraft.cli.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
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

    @Option(
            names = "--train",
            hidden = true,
            description = "What is recorded; run by this command in a Java of its own.")
    private boolean train;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (train) {
            Training.run();
            return 0;
        }
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

    private static void record(Path jar, Path into) throws IOException, InterruptedException {
        Path log = Files.createTempFile("updraft-prepare", ".log");
        try {
            Process java = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:AOTCacheOutput=" + into,
                            // It tells of each of the hundreds of classes that cannot be kept.
                            "-Xlog:disable",
                            "-jar",
                            jar.toString(),
                            "prepare",
                            "--train"))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (java.waitFor() != 0 || Files.size(into) == 0) {
                throw new UserError("This Java makes no cache (version 25 or newer is needed): "
                        + Files.readString(log).strip());
            }
        } finally {
            Files.deleteIfExists(log);
        }
    }
}
