package dev.updraft.cli.fleet;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code updraft device …}. */
@Command(
        name = "device",
        mixinStandardHelpOptions = true,
        description = "Registers devices and shows them.",
        subcommands = {DeviceCommand.Add.class, DeviceCommand.ListAll.class, DeviceCommand.Show.class})
public final class DeviceCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: see 'updraft device --help'.");
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Registers a device and prints its token, which is shown only this once.")
    static final class Add implements Callable<Integer> {
        @Parameters(paramLabel = "ID", description = "1 to 128 characters of A-Z a-z 0-9 . _ : -")
        private String id;

        @Mixin
        private Connection server;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            JsonNode device = server.post(
                    "/api/v1/devices", JsonNodeFactory.instance.objectNode().put("id", id));
            spec.commandLine().getOut().println(device.path("token").asString());
            return 0;
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the devices.")
    static final class ListAll implements Callable<Integer> {
        @Option(
                names = "--filter",
                paramLabel = "RSQL",
                defaultValue = "",
                description = "Which, such as 'tag==beta;version=lt=1.2.0' or 'group==field'; default all.")
        private String filter;

        @Option(names = "--json", description = "Print what the server says, as JSON.")
        private boolean json;

        @Mixin
        private Connection server;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            JsonNode answer = server.get("/api/v1/devices?filter=" + Connection.encoded(filter));
            if (json) {
                out.println(answer.toPrettyString());
                return 0;
            }
            out.printf("%-24s %-12s %-12s %-10s %s%n", "DEVICE", "BOARD", "VERSION", "STATE", "LAST SEEN");
            for (JsonNode device : answer.path("devices")) {
                out.printf(
                        "%-24s %-12s %-12s %-10s %s%n",
                        device.path("id").asString(),
                        device.path("board").asString("-"),
                        device.path("version").asString("-"),
                        device.path("trial").asBoolean(false) ? "trial" : "-",
                        device.has("lastSeen")
                                ? Instant.ofEpochMilli(device.path("lastSeen").asLong())
                                : "never");
            }
            long total = answer.path("total").asLong();
            long shown = answer.path("devices").size();
            if (shown < total) {
                String narrow =
                        "These are the first %,d of %,d; narrow them down with --filter.".formatted(shown, total);
                spec.commandLine().getErr().println(narrow);
            }
            return 0;
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Tags a device with exactly these tags; none = takes all off.")
    int tag(
            @Parameters(index = "0", paramLabel = "ID") String id,
            @Parameters(index = "1..*", paramLabel = "TAG") @Nullable List<String> tags,
            @Mixin Output output,
            @Mixin Connection server) {
        ObjectNode wanted = JsonNodeFactory.instance.objectNode();
        ArrayNode list = wanted.putArray("tags");
        if (tags != null) {
            tags.forEach(list::add);
        }
        JsonNode device = server.patch("/api/v1/devices/" + Connection.encoded(id), wanted);
        output.say(spec, device, id + ": " + String.join(" ", tags == null ? List.of() : tags));
        return 0;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description =
                    "Lets no other gateway act for a device than this one (the name of its token); none = any may.")
    int pin(
            @Parameters(index = "0", paramLabel = "ID") String id,
            @Parameters(index = "1", arity = "0..1", paramLabel = "GATEWAY") @Nullable String gateway,
            @Mixin Output output,
            @Mixin Connection server) {
        String to = gateway == null ? "" : gateway;
        JsonNode device = server.patch(
                "/api/v1/devices/" + Connection.encoded(id),
                JsonNodeFactory.instance.objectNode().put("gateway", to));
        output.say(spec, device, id + (to.isEmpty() ? ": any gateway" : ": gateway " + to + " alone"));
        return 0;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Gives a device a new token and prints it; the old one ends.")
    int token(@Parameters(paramLabel = "ID") String id, @Mixin Output output, @Mixin Connection server) {
        JsonNode device = server.post("/api/v1/devices/" + Connection.encoded(id) + "/token");
        output.say(spec, device, device.path("token").asString());
        return 0;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Has a device try again what it gave up: a release that it refused or came back from.")
    int retry(@Parameters(paramLabel = "ID") String id, @Mixin Output output, @Mixin Connection server) {
        JsonNode update = server.post("/api/v1/devices/" + Connection.encoded(id) + "/retry");
        output.say(
                spec,
                update,
                "%s is offered %s again, attempt %d."
                        .formatted(
                                id,
                                update.path("digest").asString(),
                                update.path("attempts").asLong()));
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Removes a device with its history; its token ends.")
    int remove(
            @Parameters(paramLabel = "ID") String id,
            @Option(
                            names = "--forever",
                            description = "It cannot enrol itself again, whatever key or certificate it has.")
                    boolean forever,
            @Mixin Output output,
            @Mixin Connection server) {
        JsonNode answer = server.delete("/api/v1/devices/" + Connection.encoded(id) + "?forever=" + forever);
        output.say(spec, answer, "Device " + id + " is gone.");
        return 0;
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one device and its history.")
    static final class Show implements Callable<Integer> {
        @Parameters(paramLabel = "ID")
        private String id;

        @Mixin
        private Connection server;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            spec.commandLine()
                    .getOut()
                    .println(server.get("/api/v1/devices/" + Connection.encoded(id))
                            .toPrettyString());
            return 0;
        }
    }
}
