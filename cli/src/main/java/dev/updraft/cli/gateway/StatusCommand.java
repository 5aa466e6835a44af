package dev.updraft.cli.gateway;

import dev.updraft.cli.UserError;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code updraft gateway status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows what the gateway that works in a folder does now.")
public final class StatusCommand implements Callable<Integer> {
    /** The status is written at least every five seconds. */
    private static final Duration ALIVE = Duration.ofSeconds(12);

    private static final JsonMapper JSON = new JsonMapper();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "updraft-gateway",
            description = "The gateway's folder; default updraft-gateway.")
    private Path data;

    @Option(names = "--json", description = "Print the status as the gateway wrote it.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Path file = data.resolve("status.json");
        if (!Files.exists(file)) {
            throw new UserError("No gateway has worked in '" + data + "'; name its folder with --data.");
        }
        JsonNode status = JSON.readTree(Files.readAllBytes(file));
        PrintWriter out = spec.commandLine().getOut();
        boolean lives = System.currentTimeMillis() - status.path("written").asLong() < ALIVE.toMillis();
        if (json) {
            out.println(status.toPrettyString());
        } else {
            show(out, status, lives);
        }
        out.flush();
        return lives ? 0 : 1;
    }

    private static void show(PrintWriter out, JsonNode status, boolean lives) {
        out.println((lives ? "Works for " : "Does not run (this is how it ended); worked for ")
                + status.path("server").asString() + "; files fetched: "
                + status.path("fetches").asLong() + ".");
        for (JsonNode device : status.path("devices")) {
            out.printf(
                    "%-24s %-12s %-14s %-34s %s%n",
                    device.path("id").asString("-"),
                    device.path("version").asString("-"),
                    device.path("state").asString()
                            + (device.has("percent")
                                    ? " " + device.path("percent").asInt() + "%"
                                    : ""),
                    device.path("place").asString(),
                    device.path("detail").asString(""));
        }
    }
}
