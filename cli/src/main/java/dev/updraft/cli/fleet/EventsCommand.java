package dev.updraft.cli.fleet;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code updraft events}. */
@Command(
        name = "events",
        mixinStandardHelpOptions = true,
        description = "Prints what happens, as it happens: one JSON object a line.")
public final class EventsCommand implements Callable<Integer> {
    @Option(
            names = "--after",
            paramLabel = "ID",
            defaultValue = "",
            description = "Begin behind this event (0-0 = the oldest kept); default now.")
    private String after;

    @Option(names = "--no-wait", description = "End when all is told.")
    private boolean noWait;

    @Mixin
    private Connection server;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        String[] head = {"", ""};
        server.lines("/api/v1/events?wait=" + !noWait + "&after=" + Connection.encoded(after), line -> {
            if (line.startsWith("id: ")) {
                head[0] = line.substring(4);
            } else if (line.startsWith("event: ")) {
                head[1] = line.substring(7);
            } else if (line.startsWith("data: ")) {
                out.println(
                        "{\"id\":\"" + head[0] + "\",\"type\":\"" + head[1] + "\",\"data\":" + line.substring(6) + "}");
                out.flush();
            }
        });
        return 0;
    }
}
