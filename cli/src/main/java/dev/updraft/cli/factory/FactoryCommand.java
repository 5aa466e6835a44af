package dev.updraft.cli.factory;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.InputFile;
import dev.updraft.cli.file.OutputFile;
import dev.updraft.cli.fleet.Connection;
import dev.updraft.image.board.Board;
import dev.updraft.rehearsal.device.Bootloader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code updraft factory}. */
@Command(
        name = "factory",
        mixinStandardHelpOptions = true,
        description =
                "Writes what the production line programs into a device: bootloader, application and settings in one HEX file.")
public final class FactoryCommand implements Callable<Integer> {
    @Option(names = "--board", required = true, paramLabel = "BOARD", description = "A name, or a file of your own.")
    private String board = "";

    @Option(
            names = "--boot",
            paramLabel = "FILE",
            description = "boot.elf or boot.bin; without it settings alone are written.")
    private @Nullable Path boot;

    @Option(names = "--app", paramLabel = "FILE", description = "The signed application, app.upd.")
    private @Nullable Path application;

    @Option(names = "--id", paramLabel = "ID", description = "The device's id.")
    private @Nullable String id;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "The device's token, as 'updraft device add' prints it.")
    private @Nullable String token;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Another setting, for every device: server, ssid, password, interval; repeatable.")
    private Map<String, String> settings = Map.of();

    @Option(
            names = "--devices",
            paramLabel = "FILE.csv",
            description = "Many devices: the first line names settings, as id,ssid, each other one is a device.")
    private @Nullable Path devices;

    @Option(
            names = "--register",
            paramLabel = "URL",
            description =
                    "Register devices that have no token with this server (API token in $UPDRAFT_TOKEN), and write the tokens that it gives.")
    private @Nullable String register;

    @Option(
            names = "--flash",
            paramLabel = "st-flash|openocd|cubeprogrammer",
            description = "Print the line that programs a file.",
            converter = ProgrammerName.class)
    private @Nullable Programmer programmer;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            description = "Where to write it: a .hex file, or with --devices a folder for one ID.hex each.")
    private Path output;

    @Spec
    private CommandSpec spec;

    /** {@code st-flash} is no name of Java's. */
    static final class ProgrammerName implements picocli.CommandLine.ITypeConverter<Programmer> {
        @Override
        public Programmer convert(String value) {
            return switch (value) {
                case "st-flash" -> Programmer.ST_FLASH;
                case "openocd" -> Programmer.OPENOCD;
                case "cubeprogrammer" -> Programmer.CUBEPROGRAMMER;
                default ->
                    throw new picocli.CommandLine.TypeConversionException(
                            "it takes st-flash, openocd or cubeprogrammer, not '" + value + "'.");
            };
        }
    }

    @Override
    public Integer call() {
        Board described = Board.find(board);
        if ((boot == null) != (application == null)) {
            throw new UserError("A device needs both --boot and --app; with neither, settings alone are written.");
        }
        if ((devices == null) == (id == null)) {
            throw new UserError("Say which device: --id ID, or --devices FILE.csv for many.");
        }
        FactoryImage image = new FactoryImage(
                described,
                boot == null ? null : Bootloader.read(InputFile.bytes(boot)),
                application == null ? null : InputFile.image(application));
        @Nullable Connection server = register == null ? null : connection(register);
        return devices == null ? one(described, image, server) : many(described, image, server, devices);
    }

    private static Connection connection(String url) {
        String key = System.getenv("UPDRAFT_TOKEN");
        if (key == null || key.isEmpty()) {
            throw new UserError("--register takes an API token that may register devices: set UPDRAFT_TOKEN.");
        }
        return Connection.to(url, key);
    }

    private int one(Board described, FactoryImage image, @Nullable Connection server) {
        Map<String, String> device = new LinkedHashMap<>();
        device.put("id", String.valueOf(id));
        if (token != null) {
            device.put("token", token);
        }
        write(image, output, device, server);
        PrintWriter out = spec.commandLine().getOut();
        out.println("Wrote " + output + ".");
        if (programmer != null) {
            out.println(programmer.typed(described, output));
        }
        return 0;
    }

    /** A file that is there already is of a device that was made before: so a run that was interrupted goes on. */
    private int many(Board described, FactoryImage image, @Nullable Connection server, Path list) {
        if (token != null) {
            throw new UserError("With --devices each device has its own token: give a column 'token', or --register.");
        }
        List<Map<String, String>> all = DeviceList.read(list);
        Map<String, String> named = new HashMap<>();
        for (Map<String, String> device : all) {
            String deviceId = device.getOrDefault("id", "");
            String other = named.putIfAbsent(fileName(deviceId), deviceId);
            if (other != null) {
                throw new UserError("The devices '" + other + "' and '" + deviceId + "' would both be written to "
                        + fileName(deviceId) + ": put them into lists of their own.");
            }
        }
        try {
            Files.createDirectories(output);
        } catch (IOException e) {
            throw new UserError("The folder '" + output + "' cannot be made (" + e + ").", e);
        }
        int written = 0;
        for (Map<String, String> device : all) {
            Path file = output.resolve(fileName(device.getOrDefault("id", "")));
            if (Files.exists(file)) {
                continue;
            }
            try {
                write(image, file, device, server);
            } catch (UserError stopped) {
                throw new UserError(
                        "The device '" + device.get("id") + "': " + stopped.getMessage() + " " + written
                                + " files were written before; the same command goes on behind them.",
                        stopped);
            }
            written++;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("Wrote " + written + " files in " + output
                + (written == all.size() ? "." : "; " + (all.size() - written) + " were there."));
        if (programmer != null) {
            out.println(programmer.typed(described, output.resolve("ID.hex")));
        }
        return 0;
    }

    private void write(FactoryImage image, Path file, Map<String, String> device, @Nullable Connection server) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.putAll(device);
        all.forEach(FactoryCommand::check);
        image.with(all); // before a server is told of it
        if (!all.containsKey("token") && server != null) {
            all.put(
                    "token",
                    server.post(
                                    "/api/v1/devices",
                                    JsonNodeFactory.instance.objectNode().put("id", all.get("id")))
                            .path("token")
                            .asString());
        }
        if (!all.containsKey("token")) {
            throw new UserError("It has no token: give one, or --register URL.");
        }
        OutputFile.writeSecret(file, bytes(image, all));
    }

    private static byte[] bytes(FactoryImage image, Map<String, String> all) {
        java.io.ByteArrayOutputStream hex = new java.io.ByteArrayOutputStream();
        try {
            image.with(all).writeHex(hex);
        } catch (IOException never) {
            throw new IllegalStateException(never);
        }
        return hex.toByteArray();
    }

    private static void check(String name, String value) {
        if (!name.matches("[a-z0-9-]+") || !value.matches("[\\x20-\\x7e]*")) {
            throw new UserError("'" + name + "=" + value
                    + "' is no setting: the name has a-z, 0-9 and minus, the value printable ASCII.");
        }
    }

    /** Ids may hold what file names must not. */
    private static String fileName(String id) {
        return id.replaceAll("[^A-Za-z0-9._-]", "_") + ".hex";
    }
}
