package dev.updraft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.cli.fleet.Connection;
import dev.updraft.server.Server;
import dev.updraft.server.ServerConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** From saved answers in hawkBit's shape to one server, and from that one, which speaks hawkBit's API, to another. */
class ImportHawkbitTest {
    @TempDir
    private Path home;

    private Server server(String name) {
        return Server.start(
                ServerConfig.in(home.resolve(name)).withHost("127.0.0.1").withPort(0));
    }

    private static String address(Server server) {
        return "http://127.0.0.1:" + server.port();
    }

    private static String token(Server server) {
        return Objects.requireNonNull(server.adminToken());
    }

    private void save(String path, String json) throws IOException {
        Path file = home.resolve("saved").resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, json.getBytes(StandardCharsets.UTF_8));
    }

    private void saveAll() throws IOException {
        save("targets.json", """
                {"content":[
                 {"createdBy":"admin","createdAt":1682408571231,"name":"Gate 7","controllerId":"gate-7","updateStatus":"in_sync",
                  "securityToken":"2c6c9d8e7f60a1b2c3d4e5f607182930","requestAttributes":true,
                  "_links":{"self":{"href":"http://hawkbit/rest/v1/targets/gate-7"}}},
                 {"name":"mac","controllerId":"00:11:22:33:44:55","updateStatus":"unknown"},
                 {"name":"bad","controllerId":"has spaces"}],
                 "total":3,"size":3}
                """);
        save(
                "targettags.json",
                "{\"content\":[{\"name\":\"beta\",\"colour\":\"red\",\"id\":4}],\"total\":1,\"size\":1}");
        save("targettags/4/assigned.json", "{\"content\":[{\"controllerId\":\"gate-7\"}],\"total\":1,\"size\":1}");
        save(
                "softwaremodules.json",
                "{\"content\":[{\"name\":\"fw\",\"version\":\"1.2\",\"type\":\"os\",\"vendor\":\"us\",\"id\":7}],"
                        + "\"total\":1,\"size\":1}");
        save(
                "softwaremodules/7/artifacts.json",
                "[{\"hashes\":{\"sha1\":\"x\",\"md5\":\"y\"},\"providedFilename\":\"fw 1.2.swu\",\"size\":5,\"id\":9}]");
        save("softwaremodules/7/artifacts/9/download", "bytes");
        save(
                "distributionsets.json",
                "{\"content\":[{\"name\":\"set\",\"version\":\"1.2\",\"type\":\"os\",\"deleted\":false,\"id\":3,"
                        + "\"modules\":[{\"name\":\"fw\",\"version\":\"1.2\",\"type\":\"os\",\"id\":7}]}],\"total\":1}");
    }

    @Test
    void whatHawkbitKnowsIsKnownToUpdraftAndImportingTwiceChangesNothing() throws IOException {
        saveAll();
        try (Server first = server("first");
                Server second = server("second")) {
            String[] fromFiles = {
                "import",
                "hawkbit",
                "--files",
                home.resolve("saved").toString(),
                "--server",
                address(first),
                "--token",
                token(first)
            };
            // Exit code 2: one target has an id that is none here, and is told.
            assertThat(Main.run(fromFiles)).isEqualTo(2);
            assertThat(Main.run(fromFiles)).isEqualTo(2);
            String[] fromServer = {
                "import",
                "hawkbit",
                "--from",
                address(first),
                "--password",
                token(first),
                "--server",
                address(second),
                "--token",
                token(second)
            };
            assertThat(Main.run(fromServer)).isZero();
            assertThat(Main.run(fromServer)).isZero();
            check(Connection.to(address(first), token(first)));
            check(Connection.to(address(second), token(second)));
        }
    }

    private static void check(Connection server) {
        JsonNode devices = server.get("/api/v1/devices");
        assertThat(devices.path("devices").findValuesAsString("id")).containsExactly("00:11:22:33:44:55", "gate-7");
        JsonNode gate = server.get("/rest/v1/targets/gate-7");
        assertThat(gate.path("name").asString()).isEqualTo("Gate 7");
        assertThat(gate.path("securityToken").asString()).isEqualTo("2c6c9d8e7f60a1b2c3d4e5f607182930");
        assertThat(server.get("/rest/v1/targets/gate-7/tags")
                        .path(0)
                        .path("name")
                        .asString())
                .isEqualTo("beta");
        JsonNode sets = server.get("/rest/v1/distributionsets");
        assertThat(sets.path("total").asInt()).isEqualTo(1);
        JsonNode module = sets.path("content").path(0).path("modules").path(0);
        assertThat(module.path("vendor").asString()).isEqualTo("us");
        JsonNode artifacts =
                server.get("/rest/v1/softwaremodules/" + module.path("id").asLong() + "/artifacts");
        assertThat(artifacts.findValuesAsString("providedFilename")).containsExactly("fw 1.2.swu");
        assertThat(artifacts.path(0).path("size").asLong()).isEqualTo(5);
    }

    @Test
    void badInputIsToldInOneSentence() {
        assertThat(Main.run("import", "hawkbit")).isEqualTo(2);
        assertThat(Main.run("import", "hawkbit", "--files", home.resolve("none").toString()))
                .isEqualTo(2);
        assertThat(Main.run("import", "hawkbit", "--from", "nowhere", "--token", "x"))
                .isEqualTo(2);
        assertThat(Main.run("import")).isEqualTo(2);
    }
}
