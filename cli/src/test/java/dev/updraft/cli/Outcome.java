package dev.updraft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.Server;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of a command that was run in this process.
 *
 * @param out what it printed for scripts
 * @param err what it told people
 */
public record Outcome(int code, String out, String err) {
    public static Outcome of(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        try (PrintStream toScripts = new PrintStream(said, true, StandardCharsets.UTF_8);
                PrintStream toPeople = new PrintStream(told, true, StandardCharsets.UTF_8)) {
            System.setOut(toScripts);
            System.setErr(toPeople);
            int code = Main.run(arguments);
            return new Outcome(
                    code,
                    said.toString(StandardCharsets.UTF_8).strip(),
                    told.toString(StandardCharsets.UTF_8).strip());
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** Of a command that asks {@code server} as its admin. */
    static Outcome at(Server server, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--server", "http://127.0.0.1:" + server.port(), "--token", String.valueOf(server.adminToken())));
        return of(all.toArray(String[]::new));
    }

    /** What it printed; it must have gone well. */
    String ok() {
        assertThat(code).as(err).isZero();
        return out;
    }

    /** What it printed, or its complaint. */
    String text() {
        return code == 0 ? out : err;
    }
}
