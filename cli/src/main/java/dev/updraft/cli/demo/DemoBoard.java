package dev.updraft.cli.demo;

import dev.updraft.cli.file.DeviceSettings;
import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.board.Outcome;
import dev.updraft.emulator.flash.Tear;
import dev.updraft.emulator.network.HostNetwork;
import dev.updraft.gateway.smp.Pipe;
import dev.updraft.rehearsal.device.EmulatedBoard;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One board with a Wi-Fi module, flashed as it would leave the factory. It belongs to the thread that runs it; what it shows can be
 * read from any.
 */
public final class DemoBoard implements AutoCloseable {
    private static final int BOOTLOADER = 0x0800_0000;

    /** Virtual time between two looks at whether to go on. */
    private static final long LOOK_MICROS = 50_000;

    /** The same on a serial line: what a character or two takes there. */
    private static final long LINE_MICROS = 2_000;

    private static final int FASTER_AT_MOST = 8;

    private final dev.updraft.image.board.Board described;
    private final String name;
    private final Board board;
    private final PowerCuts powerCuts;
    private final long seed;
    private final Consumer<BoardState> watcher;
    private final List<String> console = new CopyOnWriteArrayList<>();
    private volatile BoardState state = BoardState.OFF;

    private final @Nullable SerialLine line;
    private final Queue<Runnable> forItsThread = new ConcurrentLinkedQueue<>();
    private boolean cutPlanned;

    /**
     * @param described the kind of board
     * @param name what the device is called
     */
    DemoBoard(
            dev.updraft.image.board.Board described,
            String name,
            long seed,
            PowerCuts powerCuts,
            Net net,
            Consumer<BoardState> watcher) {
        this.name = name;
        this.seed = seed;
        this.powerCuts = powerCuts;
        this.watcher = watcher;
        this.described = described;
        board = EmulatedBoard.of(described)
                .seed(seed)
                .network(new HostNetwork())
                .ethernet(net == Net.ETHERNET)
                .build();
        board.console().onLine(this::line);
        line = net == Net.SERIAL ? new SerialLine(board.console()) : null;
    }

    /** The gateway's end of its serial line. */
    Pipe openLine() {
        return Objects.requireNonNull(line, "this board has a network of its own")
                .open();
    }

    /** A gateway brings it an update: how far that is, in percent. */
    void brought(int percent) {
        forItsThread.add(() -> {
            show(state.running(state.version(), "downloading", percent));
            plan(powerCuts.onDownload(programUnit()));
        });
    }

    /** Writes bootloader, signed application and settings as a production programmer does. */
    void flash(byte[] bootloader, byte[] signedApplication, Map<String, String> settings) {
        board.program(BOOTLOADER, bootloader);
        board.program((int) described.map().settings().start(), DeviceSettings.sector(settings));
        board.program((int) described.slot().start(), signedApplication);
    }

    String name() {
        return name;
    }

    BoardState state() {
        return state;
    }

    /** Every line that bootloader and application printed. */
    List<String> console() {
        return List.copyOf(console);
    }

    /**
     * Runs until what it shows satisfies the condition, through resets and power cuts.
     *
     * @return null, or why the board cannot go on
     */
    @Nullable
    String run(Predicate<BoardState> until, long deadlineNanos) {
        if (!board.isOn()) {
            board.powerOn();
        }
        while (!until.test(state)) {
            if (Thread.interrupted() || System.nanoTime() - deadlineNanos > 0) {
                return "it did not finish in time; its last words: " + lastWords();
            }
            for (Runnable task = forItsThread.poll(); task != null; task = forItsThread.poll()) {
                task.run();
            }
            switch (line == null ? board.runFor(LOOK_MICROS) : runOnTheLine(line)) {
                case Outcome.TimeUp time -> {}
                case Outcome.PowerCut cut -> powerBack();
                case Outcome.Stopped(var message, var report) -> {
                    return message + "\n" + report + "\nlast words: " + lastWords();
                }
                case Outcome other -> {
                    return other.message() + "; last words: " + lastWords();
                }
            }
        }
        return null;
    }

    /** A gateway's patience is by the clock on the wall, so a board must not be much faster than that. */
    private Outcome runOnTheLine(SerialLine serial) {
        long begin = System.nanoTime();
        serial.carry();
        Outcome outcome = board.runFor(LINE_MICROS);
        serial.carry();
        long early = begin + LINE_MICROS * 1000 / FASTER_AT_MOST - System.nanoTime();
        if (early > 0) {
            LockSupport.parkNanos(early);
        }
        return outcome;
    }

    private void powerBack() {
        powerCuts.happened();
        cutPlanned = false;
        show(state.cut());
        board.powerOn();
    }

    private void line(String text) {
        if (text.startsWith("\u0006\t") || text.startsWith("\u0004\u0014")) {
            return; // SMP between the lines for people
        }
        console.add(text);
        if (text.startsWith("boot: ")) {
            show(state.doing(text));
            if (text.startsWith("boot: install")) {
                plan(powerCuts.onInstallation(programUnit()));
            }
        }
        ConsoleLine.parse(text).ifPresent(line -> {
            show(state.running(line.version(), line.state(), line.percent()));
            if (line.says("downloading")) {
                plan(powerCuts.onDownload(programUnit()));
            }
        });
    }

    private int programUnit() {
        return board.flash().geometry().unit();
    }

    private void plan(OptionalLong operations) {
        if (!cutPlanned && operations.isPresent()) {
            long at = board.flashOperations() + operations.getAsLong();
            board.cutPowerAt(at, Tear.any(seed + at));
            cutPlanned = true;
        }
    }

    private void show(BoardState now) {
        state = now;
        watcher.accept(now);
    }

    private String lastWords() {
        return console.isEmpty()
                ? "none"
                : String.join(" | ", console.subList(Math.max(0, console.size() - 5), console.size()));
    }

    @Override
    public void close() {
        board.close();
    }
}
