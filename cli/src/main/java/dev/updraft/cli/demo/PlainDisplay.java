package dev.updraft.cli.demo;

import java.io.PrintWriter;

/** One line for each change, progress in quarters: for logs and pipes. */
final class PlainDisplay implements Display {
    private static final int PROGRESS_STEP = 25;

    private final PrintWriter out;
    private final String[] shown;

    PlainDisplay(PrintWriter out, int boards) {
        this.out = out;
        this.shown = new String[boards];
    }

    @Override
    public synchronized void changed(int board, String name, BoardState state) {
        String progress = state.percent() < 0 ? "" : " " + state.percent() / PROGRESS_STEP * PROGRESS_STEP + "%";
        String line = "%-8s %-7s %s%s".formatted(name, state.version(), state.state(), progress);
        if (!line.equals(shown[board])) {
            shown[board] = line;
            out.println(line);
            out.flush();
        }
    }

    @Override
    public synchronized void say(String line) {
        out.println(line);
        out.flush();
    }
}
