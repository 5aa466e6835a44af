package dev.updraft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.Server;
import dev.updraft.server.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** From a rehearsal to a release that a fleet lets out only because of it; what the one writes the other must take. */
class RehearsedReleaseTest {
    @TempDir
    private Path folder;

    private Server server;

    @BeforeEach
    void start() {
        server = Server.start(
                ServerConfig.in(folder.resolve("data")).withHost("127.0.0.1").withPort(0));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private record Outcome(int code, String out, String err) {}

    private Outcome run(String... arguments) {
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

    private Outcome ask(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--server", "http://127.0.0.1:" + server.port(), "--token", String.valueOf(server.adminToken())));
        return run(all.toArray(String[]::new));
    }

    private static String ok(Outcome outcome) {
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return outcome.out();
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private String image(String version) throws Exception {
        byte[] firmware = ByteBuffer.allocate(900)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x2001_0000)
                .putInt(0x0801_4301)
                .putInt(896, version.hashCode())
                .array();
        Files.write(folder.resolve(version + ".bin"), firmware);
        ok(run(
                "image",
                "sign",
                file(version + ".bin"),
                "--key",
                file("key.pem"),
                "--version",
                version,
                "--board",
                "stm32l476",
                "-o",
                file(version + ".upd")));
        return file(version + ".upd");
    }

    @Test
    void whatARehearsalWritesLetsExactlyThatReleaseOut() throws Exception {
        ok(run("key", "new", "-o", file("key.pem")));
        String old = image("1.0.0");
        String rehearsed = image("1.1.0");
        String other = image("1.2.0");
        Outcome rehearsal = run(
                "rehearse",
                "--board",
                "stm32l476",
                "--from",
                old,
                "--to",
                rehearsed,
                "--key",
                file("key.pem"),
                "--cuts",
                "2",
                "--crypto",
                "host",
                "--json");
        String report = file("report.json");
        Files.writeString(Path.of(report), ok(rehearsal));
        JsonNode written = new JsonMapper().readTree(rehearsal.out());

        ok(ask("tenant", "set", "--require-rehearsal", "--rehearsal-cuts", "3", "--rehearsal-key", file("key.pem")));
        assertThat(ok(ask("tenant", "show")))
                .contains("\"requireRehearsal\" : true", "BEGIN PUBLIC KEY")
                .doesNotContain("PRIVATE");
        String id = ok(ask("release", "add", rehearsed));
        assertThat(ask("release", "publish", id).err())
                .contains("was not rehearsed on stm32l476", "updraft release rehearsed " + id);

        String another = ok(ask("release", "add", other));
        assertThat(ask("release", "rehearsed", another, report, "--key", file("key.pem"))
                        .err())
                .contains("none of version 1.2.0");
        assertThat(ask("release", "rehearsed", id, report, "--key", file("key.pem"))
                        .err())
                .contains("at only 2 flash operations", "--cuts 3");
        ok(ask("tenant", "set", "--rehearsal-cuts", "2"));
        assertThat(ask("release", "rehearsed", id, report).err()).contains("not signed");
        assertThat(ok(ask("release", "rehearsed", id, report, "--key", file("key.pem"))))
                .isEqualTo("Rehearsed on stm32l476: passed.");
        assertThat(ok(ask("release", "rehearsals", id)))
                .contains(written.path("bootloader").asString());
        assertThat(ok(ask("release", "publish", id))).contains("published");
        assertThat(ask("release", "publish", another).code()).isEqualTo(2);
        ok(ask("tenant", "set", "--no-require-rehearsal"));
        assertThat(ok(ask("release", "publish", another))).contains("published");
    }
}
