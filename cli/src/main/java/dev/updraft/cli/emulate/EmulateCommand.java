package dev.updraft.cli.emulate;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.InputFile;
import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.board.BoardBuilder;
import dev.updraft.emulator.board.Outcome;
import dev.updraft.emulator.gdb.GdbServer;
import dev.updraft.emulator.network.HostNetwork;
import dev.updraft.emulator.part.BlockStore;
import dev.updraft.image.firmware.Firmware;
import dev.updraft.image.firmware.Format;
import dev.updraft.image.firmware.Segment;
import dev.updraft.rehearsal.device.EmulatedBoard;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs firmware on an emulated board until it ends, sleeps for ever, faults, or the time is over. */
@Command(
        name = "emulate",
        mixinStandardHelpOptions = true,
        description = "Runs any STM32 firmware on an emulated board; its console (USART1) is this terminal.")
public final class EmulateCommand implements Callable<Integer> {
    private static final long FLASH = 0x0800_0000L;
    private static final int MOST_FAULTS = 3;

    @Parameters(
            paramLabel = "FILE[@ADDRESS]",
            arity = "0..*",
            description = "Firmware: .elf, .hex, .srec or .bin; a .bin goes to 0x08000000 unless an address is given.")
    private List<String> files = List.of();

    @Option(
            names = "--board",
            defaultValue = "stm32f407",
            description =
                    "A board that comes with Updraft ('updraft board list'), or a board file (default: ${DEFAULT-VALUE}).")
    private String board = "stm32f407";

    @Option(
            names = "--console",
            paramLabel = "UART",
            description = "The UART that the firmware prints on, as usart2 or lpuart1; the board's own when not given.")
    private @Nullable String console;

    @Option(
            names = "--unmodelled",
            paramLabel = "stop|note",
            defaultValue = "stop",
            description =
                    "What happens at a peripheral that is not modelled: the board stops, or it reads 0 and this is noted"
                            + " (default: ${DEFAULT-VALUE}).")
    private String unmodelled = "stop";

    @Option(
            names = "--flash",
            paramLabel = "FILE",
            description =
                    "Keeps the chip's flash in this file between runs; firmware that is given is programmed over it.")
    private @Nullable Path flash;

    @Option(names = "--gpio", description = "Print each output pin that changes, with the time.")
    private boolean gpio;

    @Option(
            names = "--uart",
            paramLabel = "stdio|none",
            defaultValue = "stdio",
            description = "Where the console is (default: ${DEFAULT-VALUE}).")
    private String uart = "stdio";

    @Option(names = "--sd", paramLabel = "FILE", description = "Image of an SD card on SPI1 (PA4), written in place.")
    private @Nullable Path sdCard;

    @Option(names = "--network", description = "Let the Wi-Fi module on USART2 open real connections.")
    private boolean network;

    @Option(names = "--seconds", paramLabel = "N", description = "Stop after so many seconds of the board's own time.")
    private double seconds = Double.POSITIVE_INFINITY;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Decides all chance (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Mixin
    private TraceOptions observation = new TraceOptions();

    @Option(
            names = "--gdb",
            paramLabel = "PORT",
            description = "Wait for gdb on this port of this computer (0: any free one): target remote :PORT.")
    private @Nullable Integer gdb;

    @Override
    public Integer call() throws IOException, InterruptedException {
        dev.updraft.image.board.Board described = dev.updraft.image.board.Board.find(board);
        if (!uart.equals("stdio") && !uart.equals("none")) {
            throw new UserError("--uart takes stdio or none, not '" + uart + "'.");
        }
        if (!unmodelled.equals("stop") && !unmodelled.equals("note")) {
            throw new UserError("--unmodelled takes stop or note, not '" + unmodelled + "'.");
        }
        BoardBuilder builder = EmulatedBoard.of(described).seed(seed);
        if (unmodelled.equals("note")) {
            builder.noteUnmodelled();
        }
        if (console != null) {
            builder.consoleOn(console.toUpperCase(Locale.ROOT));
        }
        if (network) {
            builder.network(new HostNetwork());
        }
        if (sdCard != null) {
            builder.sdCard(card(sdCard));
        }
        try (Board built = build(builder)) {
            KeptFlash kept = new KeptFlash(flash);
            kept.load(built);
            files.forEach(file -> load(built, file));
            if (gpio) {
                built.onPin((pin, high) -> System.err.printf(
                        Locale.ROOT,
                        "updraft: %s %s at %.6f s%n",
                        pin,
                        high ? "high" : "low",
                        built.time().nanos() / 1e9));
            }
            observation.checkOptions();
            built.symbols(observation.symbols());
            showFaults(built);
            try {
                return run(built);
            } finally {
                kept.save(built);
            }
        }
    }

    private static Board build(BoardBuilder builder) {
        try {
            return builder.build();
        } catch (IllegalArgumentException noSuchUart) {
            throw new UserError("--console: " + noSuchUart.getMessage() + ".", noSuchUart);
        }
    }

    /** A fault is shown when it happens: handlers often reset, or stand still for ever. */
    private static void showFaults(Board board) {
        int[] shown = {0};
        board.cpu().debug().onFault(exception -> {
            if (shown[0]++ < MOST_FAULTS) {
                System.err.println(
                        "updraft: the firmware faulted: " + board.cpu().lastFault());
                System.err.print(board.report());
            } else if (shown[0] == MOST_FAULTS + 1) {
                System.err.println("updraft: further faults are not shown.");
            }
        });
    }

    private static BlockStore card(Path image) {
        try {
            return BlockStore.of(image);
        } catch (IOException e) {
            throw new UserError("The SD card image '" + image + "' cannot be opened for reading and writing.", e);
        }
    }

    private void load(Board to, String file) {
        int at = file.lastIndexOf('@');
        Path path = Path.of(at < 0 ? file : file.substring(0, at));
        Firmware read = InputFile.read(path, each -> Firmware.read(each));
        if (read.format() == Format.ELF) {
            observation.add(path);
        }
        Firmware firmware = at >= 0
                ? read.at(address(file.substring(at + 1)))
                : read.address().isEmpty() ? read.at(FLASH) : read;
        for (Segment segment : firmware.segments()) {
            try {
                to.program((int) segment.address(), segment.bytes().toArray());
            } catch (IllegalArgumentException outside) {
                throw new UserError(file + " does not fit the board: " + outside.getMessage() + ".", outside);
            }
        }
    }

    private static long address(String text) {
        try {
            return Long.decode(text);
        } catch (NumberFormatException e) {
            throw new UserError("'" + text + "' behind @ is no address; write 0x08020000.", e);
        }
    }

    private int run(Board running) throws IOException, InterruptedException {
        @Nullable Keyboard keyboard = uart.equals("stdio") ? new Keyboard(System.in) : null;
        PrintStream out = System.out;
        if (keyboard != null) {
            running.console().onByte(value -> {
                out.write(value);
                if (value == '\n') {
                    out.flush();
                }
            });
        }
        running.onNote(note -> System.err.println("updraft: note: " + note));
        running.powerOn();
        if (gdb != null && !debug(running, gdb, keyboard)) {
            out.flush();
            return 0;
        }
        Outcome outcome;
        try (var _ = observation.begin(running.cpu())) {
            outcome = runToEnd(running, keyboard);
        } catch (IOException | RuntimeException failure) {
            throw failure;
        } catch (Exception never) {
            throw new IllegalStateException(never);
        }
        out.flush();
        return report(running, outcome);
    }

    private Outcome runToEnd(Board running, @Nullable Keyboard keyboard) {
        long end = seconds > 1e12 ? Long.MAX_VALUE : Math.round(seconds * 1e6);
        while (true) {
            long used = running.time().nanos() / 1000;
            Outcome outcome = running.run(
                    () -> {
                        type(running, keyboard);
                        return false;
                    },
                    Math.max(0, end - used));
            System.out.flush();
            if (outcome instanceof Outcome.Idle && keyboard != null) {
                byte[] typed = keyboard.await();
                if (typed.length > 0) {
                    running.console().type(typed);
                    continue;
                }
            }
            return outcome;
        }
    }

    /** Lets gdb have the board; returns whether it runs on by itself afterwards. */
    private static boolean debug(Board board, int port, @Nullable Keyboard keyboard)
            throws IOException, InterruptedException {
        try (GdbServer server = GdbServer.listen(board, port)) {
            System.err.println("updraft: waiting for gdb; there: target remote :" + server.port());
            return server.serve(() -> {
                System.out.flush();
                return type(board, keyboard);
            });
        } catch (BindException taken) {
            throw new UserError(
                    "Port " + port + " cannot be listened on (" + taken.getMessage() + "); choose another.", taken);
        }
    }

    /** Returns whether something was typed. */
    private static boolean type(Board running, @Nullable Keyboard keyboard) {
        byte[] typed = keyboard == null ? new byte[0] : keyboard.take();
        if (typed.length > 0) {
            running.console().type(typed);
        }
        return typed.length > 0;
    }

    private static int report(Board stopped, Outcome outcome) {
        System.err.printf(
                Locale.ROOT,
                "updraft: %s; %.6f s of the board's time, %,d instructions%n",
                outcome.message(),
                stopped.time().nanos() / 1e9,
                stopped.cpu().retired());
        return switch (outcome) {
            case Outcome.Stopped failed -> {
                System.err.print(failed.report());
                yield 1;
            }
            case Outcome.Exited exited -> exited.status();
            default -> 0;
        };
    }
}
