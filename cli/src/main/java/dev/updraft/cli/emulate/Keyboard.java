package dev.updraft.cli.emulate;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What is typed, for the board's console: read by a thread of its own, taken by the board's. */
final class Keyboard {
    private static final int END = -1;

    private final LinkedBlockingQueue<Integer> typed = new LinkedBlockingQueue<>();
    private boolean ended;

    Keyboard(InputStream in) {
        Thread.ofPlatform().daemon().name("keyboard").start(() -> read(in));
    }

    private void read(InputStream in) {
        try {
            int value;
            do {
                value = in.read();
                typed.add(value);
            } while (value != END);
        } catch (IOException closed) {
            typed.add(END);
        }
    }

    /** What was typed since the last call; empty when nothing was. */
    byte[] take() {
        return take(typed.poll());
    }

    /** Waits for the next byte; empty at the end of the input. */
    byte[] await() {
        try {
            while (!ended) {
                Integer next = typed.poll(1, TimeUnit.SECONDS);
                if (next != null) {
                    return take(next);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new byte[0];
    }

    private byte[] take(@org.jspecify.annotations.Nullable Integer next) {
        if (next == null) {
            return new byte[0];
        }
        ended |= next == END;
        return next == END ? new byte[0] : new byte[] {next.byteValue()};
    }
}
