package dev.updraft.cli.gateway;

import dev.updraft.cli.UserError;
import dev.updraft.cli.fleet.Connection;
import dev.updraft.gateway.Gateway;
import dev.updraft.gateway.course.Foreign;
import dev.updraft.gateway.course.Progress;
import dev.updraft.gateway.link.Place;
import dev.updraft.gateway.link.Places;
import dev.updraft.gateway.smp.Patience;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code updraft gateway}: runs until it is interrupted. */
@Command(
        name = "gateway",
        mixinStandardHelpOptions = true,
        subcommands = StatusCommand.class,
        description =
                "Brings devices without a network of their own to the server, until it is interrupted: over serial"
                        + " lines, Bluetooth and UDP, by SMP.")
public final class GatewayCommand implements Callable<Integer> {
    @Mixin
    private Connection server;

    @Option(
            names = "--at",
            paramLabel = "PLACE",
            description =
                    "Where a device is: serial:PORT@BAUD, raw:PORT@BAUD (SMP alone on the line), udp:HOST:PORT or ble:ADDRESS;"
                            + " may be repeated.")
    private List<String> at = new ArrayList<>();

    @Option(names = "--every-serial-port", description = "Look at every serial port of this computer, at 115200.")
    private boolean everySerialPort;

    @Option(
            names = "--device",
            paramLabel = "PLACE=ID,BOARD",
            description = "Who is there, for a device of another make that does not say so; may be repeated.")
    private Map<String, String> devices = Map.of();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "updraft-gateway",
            description = "The gateway's own folder; default updraft-gateway.")
    private Path data;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        List<Place> named = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        at.forEach(text -> named.add(place(text)));
        devices.forEach((place, who) -> {
            Place there = place(place);
            foreign.add(foreign(there, who));
            if (!named.contains(there)) {
                named.add(there);
            }
        });
        if (named.isEmpty() && !everySerialPort) {
            throw new UserError("Say where devices are: --at PLACE, --device PLACE=ID,BOARD or --every-serial-port.");
        }
        PrintWriter out = spec.commandLine().getOut();
        Map<String, String> said = new ConcurrentHashMap<>();
        Gateway.Config config = new Gateway.Config(
                server.address(), server.secret(), data, new Places(named, everySerialPort), foreign, Patience.USUAL);
        try (Gateway _ = Gateway.start(config, server.http(), (place, progress) -> tell(out, said, place, progress))) {
            out.println("The gateway works for " + server.address() + "; Ctrl-C ends it.");
            out.flush();
            Thread.currentThread().join();
            return 0;
        } catch (IOException e) {
            throw new UserError(String.valueOf(e.getMessage()), e);
        }
    }

    private static Place place(String text) {
        try {
            return Place.of(text);
        } catch (IllegalArgumentException e) {
            throw new UserError(e.getMessage() + ".", e);
        }
    }

    private static Foreign foreign(Place place, String who) {
        String[] idAndBoard = who.split(",", -1);
        if (idAndBoard.length != 2 || idAndBoard[0].isBlank() || idAndBoard[1].isBlank()) {
            throw new UserError("'" + who + "' is not who a device is; write --device PLACE=ID,BOARD.");
        }
        return new Foreign(place.toString(), idAndBoard[0].strip(), idAndBoard[1].strip());
    }

    /** A line for each change but the percentages, which are in the status. */
    private static void tell(PrintWriter out, Map<String, String> said, String place, Progress progress) {
        String line = (progress.id() == null ? place : progress.id() + " at " + place) + ": " + progress.state()
                + (progress.version() == null ? "" : ", runs " + progress.version())
                + (progress.detail() == null ? "" : " (" + progress.detail() + ")");
        if (!line.equals(said.put(place, line))) {
            out.println(LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS) + " " + line);
            out.flush();
        }
    }
}
