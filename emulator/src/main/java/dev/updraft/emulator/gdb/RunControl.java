package dev.updraft.emulator.gdb;

import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.board.Outcome;
import dev.updraft.emulator.core.DebugUnit.Access;
import dev.updraft.emulator.core.StopReason;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Runs and steps the board for gdb, and says in a stop reply why it stands still (GDB manual, appendix E.3). */
final class RunControl {
    private static final String TRAP = "T05thread:1;";
    private static final String INTERRUPTED = "T02thread:1;";
    private static final String FAILED = "T0bthread:1;";

    /** Real time between two looks while the board sleeps for ever. */
    private static final long LOOK_MILLIS = 20;

    private final Board board;
    private final PacketChannel channel;
    private final BooleanSupplier meanwhile;
    private final Map<Integer, String> breakpoints = new HashMap<>();
    private String last = TRAP;

    /** @param meanwhile called every 100 microseconds of the board's time; returns whether it gave the board something to do */
    RunControl(Board board, PacketChannel channel, BooleanSupplier meanwhile) {
        this.board = board;
        this.channel = channel;
        this.meanwhile = meanwhile;
    }

    /** Why the board stands still. */
    String lastStop() {
        return last;
    }

    /** {@code Z} and {@code z}: returns false for what does not exist. */
    boolean point(boolean insert, int type, int address, int kind) {
        var debug = board.cpu().debug();
        switch (type) {
            case 0, 1 -> {
                if (insert) {
                    debug.addBreakpoint(address & ~1);
                    breakpoints.put(address & ~1, type == 0 ? "swbreak:;" : "hwbreak:;");
                } else {
                    debug.removeBreakpoint(address & ~1);
                    breakpoints.remove(address & ~1);
                }
            }
            case 2, 3, 4 -> {
                Access access = type == 2 ? Access.WRITE : type == 3 ? Access.READ : Access.ANY;
                if (insert) {
                    debug.addWatchpoint(address, kind, access);
                } else {
                    debug.removeWatchpoint(address, kind, access);
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** One instruction. */
    String step() throws IOException {
        return last = reply(board.step());
    }

    /** Instructions until one is outside of a range, as for a source line. */
    String stepRange(int from, int to) throws IOException {
        @Nullable Outcome outcome;
        do {
            outcome = board.step();
        } while (outcome == null
                && Integer.compareUnsigned(board.cpu().register(15) - from, to - from) < 0
                && !channel.isWaiting());
        return last = reply(outcome);
    }

    /** Until a breakpoint, Ctrl-C, or whatever else ends the run. */
    String go() throws IOException, InterruptedException {
        Outcome outcome;
        while (true) {
            outcome = board.run(
                    () -> {
                        var _ = meanwhile.getAsBoolean();
                        return channel.isWaiting();
                    },
                    Long.MAX_VALUE);
            if (!(outcome instanceof Outcome.Idle) || channel.isWaiting()) {
                break;
            }
            while (!meanwhile.getAsBoolean() && !channel.isWaiting()) {
                channel.await(LOOK_MILLIS);
            }
        }
        boolean interrupted = channel.isWaiting() && channel.peek() instanceof PacketChannel.Event.Interrupt;
        if (interrupted) {
            channel.take();
            last = outcome instanceof Outcome.TimeUp || outcome instanceof Outcome.Idle ? INTERRUPTED : reply(outcome);
        } else {
            last = reply(outcome);
        }
        return last;
    }

    private String reply(@Nullable Outcome outcome) throws IOException {
        return switch (outcome) {
            case null -> TRAP;
            case Outcome.TimeUp up -> TRAP;
            case Outcome.Idle idle -> TRAP;
            case Outcome.Reset reset -> TRAP;
            case Outcome.Exited exited -> String.format("W%02x", exited.status() & 0xFF);
            case Outcome.Halted(StopReason.Watchpoint(int pc, int address, boolean write)) ->
                TRAP + (write ? "watch" : "rwatch") + ":" + Integer.toHexString(address) + ";";
            case Outcome.Halted halted ->
                TRAP + breakpoints.getOrDefault(board.cpu().register(15), "");
            case Outcome.PowerCut cut -> {
                say(cut.message() + "; the power is back: stopped at the start\n");
                board.powerOn();
                yield TRAP;
            }
            case Outcome.Stopped stopped -> {
                say(stopped.message() + "\n" + stopped.report());
                yield FAILED;
            }
        };
    }

    /** Prints in gdb; only while it waits for a stop reply. */
    private void say(String text) throws IOException {
        channel.send("O" + Hex.ofText(text));
    }
}
