package dev.updraft.emulator.gdb;

import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.flash.Tear;
import java.util.Locale;

/** What gdb's {@code monitor} command does here. */
final class Monitor {
    private static final String HELP = """
            monitor reset               presses the reset button
            monitor power-cut [lose]    switches the power off, tearing the flash operation under way, and on again;
                                        lose: the backup registers lose their content too
            monitor cut-power-in N      cuts the power in the Nth flash operation from now
            monitor flash-operations    how many there were
            monitor report              registers, fault status and stack with symbols
            monitor time                the board's own time, and instructions executed
            After a reset or power cut, 'maintenance flush register-cache' makes gdb look again.
            """;

    private final Board board;

    Monitor(Board board) {
        this.board = board;
    }

    /** Returns what is printed in gdb. */
    String run(String command) {
        String[] words = command.trim().split("\\s+");
        return switch (words[0]) {
            case "reset" -> {
                board.pressReset();
                yield "reset: stopped at the start\n";
            }
            case "power-cut" -> {
                board.powerOff(!(words.length > 1 && words[1].equals("lose")));
                board.powerOn();
                yield "the power was cut and is back: stopped at the start\n";
            }
            case "cut-power-in" -> {
                int count = words.length > 1 && words[1].matches("\\d{1,9}") ? Integer.parseInt(words[1]) : 0;
                if (count == 0) {
                    yield "how many flash operations from now? 1 is the next\n";
                }
                long at = board.flashOperations() + count;
                board.cutPowerAt(at, Tear.any(at));
                yield "the power will be cut in flash operation " + at + "\n";
            }
            case "flash-operations" -> board.flashOperations() + "\n";
            case "report" -> board.report() + "\n";
            case "time" ->
                String.format(
                        Locale.ROOT,
                        "%.6f s, %,d instructions%n",
                        board.time().nanos() / 1e9,
                        board.cpu().retired());
            default -> HELP;
        };
    }
}
