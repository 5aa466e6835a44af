package dev.updraft.cli.demo;

import java.io.PrintWriter;
import java.util.Arrays;

/** One line a board, redrawn in place with ANSI escapes (ECMA-48 CUU and EL). */
final class LiveDisplay implements Display {
    private static final int BAR_WIDTH = 24;
    private static final long REDRAW_NANOS = 50_000_000;

    private final PrintWriter out;
    private final String[] lines;
    private boolean drawn;
    private long lastDraw = System.nanoTime() - REDRAW_NANOS;

    LiveDisplay(PrintWriter out, int boards) {
        this.out = out;
        this.lines = new String[boards];
        Arrays.fill(lines, "");
    }

    @Override
    public synchronized void changed(int board, String name, BoardState state) {
        lines[board] = "%-9s %-7s %-30s %s %s"
                .formatted(
                        name,
                        state.version(),
                        state.state(),
                        bar(state.percent()),
                        state.powerCuts() == 0 ? "" : "power cuts: " + state.powerCuts());
        boolean worthShowing = state.percent() < 0 || System.nanoTime() - lastDraw > REDRAW_NANOS;
        if (worthShowing) {
            draw();
        }
    }

    @Override
    public synchronized void say(String line) {
        erase();
        out.print(line + "\033[K\n");
        drawn = false;
        if (!lines[0].isEmpty()) {
            draw();
        }
        out.flush();
    }

    private void draw() {
        erase();
        for (String line : lines) {
            out.print(line + "\033[K\n");
        }
        out.flush();
        drawn = true;
        lastDraw = System.nanoTime();
    }

    private void erase() {
        if (drawn) {
            out.print("\033[" + lines.length + "A\r");
        }
    }

    private static String bar(int percent) {
        if (percent < 0) {
            return " ".repeat(BAR_WIDTH + 7);
        }
        int filled = percent * BAR_WIDTH / 100;
        return "[%s%s] %3d%%".formatted("#".repeat(filled), ".".repeat(BAR_WIDTH - filled), percent);
    }
}
