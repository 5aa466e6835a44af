package dev.updraft.cli.demo;

import java.io.Console;
import java.io.PrintWriter;

/** Shows the boards to a person: one live line each on a terminal, a plain line for each change where there is none. */
sealed interface Display permits LiveDisplay, PlainDisplay {
    /** A board changed. Called from the boards' own threads. */
    void changed(int board, String name, BoardState state);

    /** A line of its own, above the boards. */
    void say(String line);

    @SuppressWarnings(
            "SystemConsoleNull") // JDK 25 went back to the console that is null without a terminal (JDK-8351435)
    static Display on(PrintWriter out, int boards) {
        Console console = System.console();
        return console != null && console.isTerminal() ? new LiveDisplay(out, boards) : new PlainDisplay(out, boards);
    }
}
