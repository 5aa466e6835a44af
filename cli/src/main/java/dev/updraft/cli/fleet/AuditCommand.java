package dev.updraft.cli.fleet;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code updraft audit …}. */
@Command(name = "audit", mixinStandardHelpOptions = true, description = "Shows who changed what, and writes it out.")
public final class AuditCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: see 'updraft audit --help'.");
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "The newest requests that could change something.")
    int all(
            @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "How many; default 100.")
                    int limit,
            @Mixin Output output,
            @Mixin Connection server) {
        output.table(
                spec, server.get("/api/v1/audit?limit=" + limit), "entries", "at", "who", "method", "path", "status");
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Prints the whole log, oldest first.")
    int export(
            @Option(
                            names = "--format",
                            paramLabel = "FORMAT",
                            defaultValue = "ndjson",
                            description = "ndjson (the default) or csv.")
                    String format,
            @Option(
                            names = "--after",
                            paramLabel = "ID",
                            defaultValue = "0",
                            description = "Only what came after this entry, to go on where the last export ended.")
                    long after,
            @Mixin Connection server) {
        server.lines(
                "/api/v1/audit/export?format=" + Connection.encoded(format) + "&after=" + after,
                spec.commandLine().getOut()::println);
        return 0;
    }
}
