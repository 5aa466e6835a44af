package dev.updraft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.Server;
import dev.updraft.server.ServerConfig;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private Outcome ask(String... arguments) {
        return Outcome.at(server, arguments);
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
        Outcome.of(
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
                        file(version + ".upd"))
                .ok();
        return file(version + ".upd");
    }

    @Test
    void whatARehearsalWritesLetsExactlyThatReleaseOut() throws Exception {
        Outcome.of("key", "new", "-o", file("key.pem")).ok();
        String old = image("1.0.0");
        String rehearsed = image("1.1.0");
        String other = image("1.2.0");
        Outcome rehearsal = Outcome.of(
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
                "--run",
                "0",
                "--json");
        String report = file("report.json");
        Files.writeString(Path.of(report), rehearsal.ok());
        JsonNode written = new JsonMapper().readTree(rehearsal.out());

        ask("tenant", "set", "--require-rehearsal", "--rehearsal-cuts", "3", "--rehearsal-key", file("key.pem"))
                .ok();
        assertThat(ask("tenant", "show").ok())
                .contains("\"requireRehearsal\" : true", "BEGIN PUBLIC KEY")
                .doesNotContain("PRIVATE");
        String id = ask("release", "add", rehearsed).ok();
        assertThat(ask("release", "publish", id).err())
                .contains("was not rehearsed on stm32l476", "updraft release rehearsed " + id);

        String another = ask("release", "add", other).ok();
        assertThat(ask("release", "rehearsed", another, report, "--key", file("key.pem"))
                        .err())
                .contains("none of version 1.2.0");
        assertThat(ask("release", "rehearsed", id, report, "--key", file("key.pem"))
                        .err())
                .contains("at only 2 flash operations", "--cuts 3");
        ask("tenant", "set", "--rehearsal-cuts", "2").ok();
        assertThat(ask("release", "rehearsed", id, report).err()).contains("not signed");
        assertThat(ask("release", "rehearsed", id, report, "--key", file("key.pem"))
                        .ok())
                .isEqualTo("Rehearsed on stm32l476: passed.");
        assertThat(ask("release", "rehearsals", id).ok())
                .contains(written.path("bootloader").asString());
        assertThat(ask("release", "publish", id).ok()).contains("published");
        assertThat(ask("release", "publish", another).code()).isEqualTo(2);
        ask("tenant", "set", "--no-require-rehearsal").ok();
        assertThat(ask("release", "publish", another).ok()).contains("published");
    }
}
