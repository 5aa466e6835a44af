package dev.updraft.cli.fleet;

import dev.updraft.cli.UserError;
import dev.updraft.server.retention.Size;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code updraft server}. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        description = "Looks at the database of a server, whether it runs or not.",
        synopsisSubcommandLabel = "COMMAND")
public final class ServerCommand {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** What makes a table grow, and what keeps it small. */
    private static final Map<String, String> GROWTH = Map.of(
            "report", "some eight a device and update; serve --keep-history",
            "device_update", "one a device and image that it was offered",
            "event", "a week is kept",
            "action", "one a device and deployment by hawkBit's API",
            "action_status", "some five an action",
            "audit", "one a change by an operator; kept for ever",
            "device", "one a device",
            "device_seen", "one a device; rewritten at check-ins",
            "rehearsal", "one a report of a rehearsal",
            "fleet_history", "one an hour and tenant; thinned out");

    @Spec
    private CommandSpec spec;

    @Command(
            mixinStandardHelpOptions = true,
            description = "Says how large each table is, the largest first, and what makes it grow.")
    int size(
            @Mixin StorageOptions storage,
            @Option(names = "--json", description = "Print a JSON list of tables with rows and bytes.") boolean json) {
        if (storage.database() == null && !Files.exists(storage.data().resolve("updraft.db"))) {
            throw new UserError("There is no server's database in '" + storage.data()
                    + "'; name its directory with --data or its database with --db.");
        }
        PrintWriter out = spec.commandLine().getOut();
        List<Size> sizes;
        try {
            sizes = Size.of(storage.source());
        } catch (SQLException e) {
            throw new UserError("The database cannot be read: " + e.getMessage(), e);
        }
        if (json) {
            out.println(MAPPER.writeValueAsString(sizes));
            return 0;
        }
        long all = sizes.stream().mapToLong(Size::bytes).sum();
        out.printf(Locale.ROOT, "%-24s %12s %12s  %s%n", "table", "rows", "bytes", "grows by");
        for (Size size : sizes) {
            out.printf(
                    Locale.ROOT,
                    "%-24s %,12d %,12d  %s%n",
                    size.table(),
                    size.rows(),
                    size.bytes(),
                    GROWTH.getOrDefault(size.table(), ""));
        }
        out.printf(Locale.ROOT, "%-24s %12s %,12d%n", "all", "", all);
        return 0;
    }
}
