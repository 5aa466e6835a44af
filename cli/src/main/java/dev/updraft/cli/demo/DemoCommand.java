package dev.updraft.cli.demo;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.TemporaryFolder;
import dev.updraft.image.Image;
import dev.updraft.image.board.Board;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code updraft demo}: the whole path on one desk. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Compiles bootloader and application, signs and publishes 1.1.0, and updates emulated boards from 1.0.0"
                        + " over the air, cutting their power on the way.")
public final class DemoCommand implements Callable<Integer> {
    private static final String OLD = "1.0.0";
    private static final String NEW = "1.1.0";
    private static final int CUTS_EACH_PHASE = 2;
    private static final int MOST_DEVICES = 1000;
    private static final long SECONDS_EACH = 60;
    private static final long SECONDS_AT_LEAST = 300;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--board",
            paramLabel = "BOARD",
            description = "Kind of board: stm32f407 (default), stm32l476 or stm32h743.")
    private String kind = "stm32f407";

    @Option(names = "--devices", paramLabel = "N", defaultValue = "3", description = "How many boards; default 3.")
    private int devices;

    @Option(
            names = "--power-cuts",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Whether each board loses power at random moments; on by default.")
    private boolean powerCuts;

    @Option(
            names = "--net",
            paramLabel = "NET",
            defaultValue = "wifi",
            description = "How the boards get it: wifi (default), ethernet, or serial, carried by a gateway.")
    private String netName;

    @Option(names = "--json", description = "Print the result as one JSON object on the last line.")
    private boolean json;

    @Option(names = "--keep", description = "Leave the server running afterwards, until Ctrl-C.")
    private boolean keep;

    @Option(
            names = "--console",
            description = "Open the console on the demo's fleet in a browser, and leave the server running afterwards.")
    private boolean console;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Port of the server; default any free one.")
    private int port;

    @Option(names = "--seed", paramLabel = "N", description = "Draw the power cuts of an earlier run again.")
    private @Nullable Long seed;

    @Override
    public Integer call() throws Exception {
        if (devices < 1 || devices > MOST_DEVICES) {
            throw new UserError("--devices takes 1 to " + MOST_DEVICES + ".");
        }
        Board board = Board.find(kind);
        net(); // refused before anything is built
        if (port < 0 || port > 65535) {
            throw new UserError("--port takes 0 (any free one) to 65535.");
        }
        long begin = System.nanoTime();
        PrintWriter out = spec.commandLine().getOut();
        Display display = Display.on(out, devices);
        long chance = Objects.requireNonNullElseGet(seed, () -> new SecureRandom().nextLong(1_000_000));

        display.say("Compiling the bootloader and the application, " + OLD + " and " + NEW + ", for the " + board.name()
                + ".");
        Path build = FirmwareBuild.home().resolve("build/demo").resolve(board.name());
        Signing signing = Signing.fresh();
        FirmwareBuild firmware = new FirmwareBuild(FirmwareBuild.home(), board, build);
        byte[] bootloader = firmware.bootloader(signing.writeHeader(build));
        Image oldImage = signing.sign(example(firmware, OLD), board.name(), OLD);
        Image newImage = signing.sign(example(firmware, NEW), board.name(), NEW);

        try (TemporaryFolder data = TemporaryFolder.make("updraft-demo");
                Fleet fleet = Fleet.start(data.path(), port)) {
            if (console) {
                String link = fleet.consoleLink();
                display.say(
                        BrowserWindow.open(link)
                                ? "The console opens in your browser."
                                : "The console, logged in (the link works once): " + link);
            }
            fleet.publish(newImage);
            display.say("Published " + NEW + " on http://127.0.0.1:" + fleet.port() + "; starting " + devices
                    + (devices == 1 ? " board" : " boards") + (powerCuts ? ", power cuts by seed " + chance : "")
                    + ".");
            Path gateway = data.path().resolve("gateway");
            Summary summary = update(board, fleet, gateway, display, bootloader, oldImage, newImage, chance, begin);
            summary.problems().forEach(display::say);
            display.say(summary.text(NEW, usedMegabytes()));
            if (keep || console) {
                stayOpen(display, fleet);
            }
            if (json) {
                out.println(summary.json());
            }
            out.flush();
            return summary.good() ? 0 : 1;
        }
    }

    private Summary update(
            Board described,
            Fleet fleet,
            Path gatewayFolder,
            Display display,
            byte[] bootloader,
            Image oldImage,
            Image newImage,
            long chance,
            long begin)
            throws Exception {
        List<DemoBoard> boards = new ArrayList<>();
        List<Future<@Nullable String>> ends = new ArrayList<>();
        long deadline =
                System.nanoTime() + TimeUnit.SECONDS.toNanos(Math.max(SECONDS_AT_LEAST, SECONDS_EACH * devices));
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                        Thread.ofPlatform().daemon().factory());
                Carrier carrier = new Carrier()) {
            for (int i = 0; i < devices; i++) {
                DemoBoard board = board(described, i, display, newImage, chance);
                board.flash(bootloader, oldImage.bytes().toArray(), settings(board.name(), fleet));
                boards.add(board);
                ends.add(threads.submit(() -> {
                    String stuck = board.run(DemoCommand::done, deadline);
                    return stuck != null
                            ? stuck
                            // The confirmation was reported before the board goes on; if not, the board is
                            // asked to go on.
                            : board.run(state -> fleet.knowsConfirmed(board.name(), newImage), deadline);
                }));
            }
            if (net() == Net.SERIAL) {
                carrier.start(fleet, gatewayFolder, boards);
            }
            return summary(boards, ends, fleet, newImage, begin);
        } finally {
            boards.forEach(DemoBoard::close);
        }
    }

    private DemoBoard board(Board described, int index, Display display, Image image, long chance) {
        String name = "board-" + (index + 1);
        PowerCuts cuts = powerCuts
                ? PowerCuts.random(CUTS_EACH_PHASE, image.bytes().length(), chance + index)
                : PowerCuts.none();
        return new DemoBoard(
                described, name, chance + index, cuts, net(), state -> display.changed(index, name, state));
    }

    private static Map<String, String> settings(String id, Fleet fleet) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("id", id);
        settings.put("token", fleet.register(id));
        settings.put("server", "127.0.0.1:" + fleet.port());
        settings.put("ssid", "updraft");
        settings.put("password", "over-the-air");
        return settings;
    }

    private Net net() {
        return switch (netName) {
            case "wifi" -> Net.WIFI;
            case "ethernet" -> Net.ETHERNET;
            case "serial" -> Net.SERIAL;
            default -> throw new UserError("--net takes wifi, ethernet or serial.");
        };
    }

    private byte[] example(FirmwareBuild firmware, String version) {
        return net() == Net.WIFI ? firmware.example(version) : firmware.example(version, netName);
    }

    private static boolean done(BoardState state) {
        return state.version().equals(NEW) && state.confirmed().equals(NEW);
    }

    private static Summary summary(
            List<DemoBoard> boards, List<Future<@Nullable String>> ends, Fleet fleet, Image newImage, long begin)
            throws Exception {
        int updated = 0;
        int bricked = 0;
        int cuts = 0;
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < boards.size(); i++) {
            DemoBoard board = boards.get(i);
            String stuck = ends.get(i).get();
            cuts += board.state().powerCuts();
            if (stuck != null) {
                bricked++;
                problems.add(board.name() + ": " + stuck);
            } else if (fleet.knowsConfirmed(board.name(), newImage)) {
                updated++;
            } else {
                problems.add(board.name() + ": the server does not know that it is updated");
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Summary(boards.size(), updated, bricked, cuts, seconds, problems);
    }

    private static long usedMegabytes() {
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    }

    private static void stayOpen(Display display, Fleet fleet) throws InterruptedException {
        display.say("The server goes on at http://127.0.0.1:" + fleet.port() + " with the token " + fleet.adminToken()
                + "; Ctrl-C ends it.");
        Thread.currentThread().join();
    }
}
