package dev.updraft.cli.rehearse;

import dev.updraft.rehearsal.Progress;
import java.io.PrintWriter;
import java.time.Duration;

/** One line that is redrawn on a terminal; nothing elsewhere. */
final class ProgressBar implements Progress, AutoCloseable {
    private static final int WIDTH = 30;
    private static final long REDRAW_NANOS = 100_000_000;

    private final PrintWriter out;
    private final boolean terminal;
    private final String things;
    private final long began = System.nanoTime();
    private long drawn = began - REDRAW_NANOS;

    ProgressBar(PrintWriter out, boolean terminal, String things) {
        this.out = out;
        this.terminal = terminal;
        this.things = things;
    }

    @Override
    public synchronized void advanced(int done, int total, int failed) {
        long now = System.nanoTime();
        if (!terminal || now - drawn < REDRAW_NANOS && done < total) {
            return;
        }
        drawn = now;
        int filled = (int) ((long) done * WIDTH / total);
        Duration left = Duration.ofNanos((now - began) / Math.max(1, done) * (total - done));
        out.printf(
                "\r[%s%s] %,d of %,d %s%s, %d:%02d left \033[K",
                "#".repeat(filled),
                ".".repeat(WIDTH - filled),
                done,
                total,
                things,
                failed == 0 ? "" : ", " + failed + " FAILED",
                left.toMinutes(),
                left.toSecondsPart());
        out.flush();
    }

    @Override
    public synchronized void close() {
        if (terminal) {
            out.print("\r\033[K");
            out.flush();
        }
    }
}
