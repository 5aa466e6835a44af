package dev.updraft.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class OperatorApiTest {
    @TempDir
    private Path data;

    private Fixture fixture;

    @BeforeEach
    void start() {
        fixture = new Fixture(data);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void theFirstStartLeavesAnAdminTokenThatStaysValid() throws IOException {
        String token = Files.readString(data.resolve("admin-token")).strip();
        fixture.restart();
        assertThat(fixture.send(fixture.request("/api/v1/devices", token)).status())
                .isEqualTo(200);
        assertThat(fixture.server().adminToken()).isEqualTo(token);
    }

    @Test
    void anIdThatIsTakenOrMalformedIsRefused() {
        fixture.device("d1");
        assertThat(fixture.post("/api/v1/devices", Map.of("id", "d1")).status()).isEqualTo(409);
        assertThat(fixture.post("/api/v1/devices", Map.of("id", "no spaces")).status())
                .isEqualTo(400);
        assertThat(fixture.post("/api/v1/devices", Map.of("name", "d2")).status())
                .isEqualTo(400);
        assertThat(fixture.get("/api/v1/devices/d9").status()).isEqualTo(404);
    }

    @Test
    void onlyASignedImageIsTaken() {
        assertThat(fixture.upload("/api/v1/releases", new byte[100])
                        .json()
                        .path("error")
                        .asString())
                .contains("not a firmware image");
        byte[] image = Images.image("stm32f407", 1, 1, 0, 100);
        byte[] cut = java.util.Arrays.copyOf(image, 550);
        assertThat(fixture.upload("/api/v1/releases", cut).status()).isEqualTo(400);
        assertThat(fixture.get("/api/v1/releases").json().path("releases")).isEmpty();
    }

    @Test
    void aReleaseHasOneImageForEachBoardAndIsFixedOncePublished() {
        long id = fixture.upload("/api/v1/releases?notes=first", Images.image("stm32f407", 1, 1, 0, 100))
                .json()
                .path("id")
                .asLong();
        JsonNode both = fixture.upload("/api/v1/releases", Images.image("stm32l476", 1, 1, 0, 100))
                .json();
        assertThat(both.path("id").asLong()).isEqualTo(id);
        assertThat(both.path("images").findValuesAsString("board")).containsExactly("stm32f407", "stm32l476");
        assertThat(fixture.upload("/api/v1/releases", Images.image("stm32f407", 1, 1, 0, 200))
                        .status())
                .isEqualTo(409);
        fixture.post("/api/v1/releases/" + id + "/publish", Map.of());
        assertThat(fixture.upload("/api/v1/releases", Images.image("stm32h743", 1, 1, 0, 100))
                        .status())
                .isEqualTo(409);
        fixture.restart();
        JsonNode release = fixture.get("/api/v1/releases/" + id).json();
        assertThat(release.path("state").asString()).isEqualTo("published");
        assertThat(release.path("notes").asString()).isEqualTo("first");
    }

    @Test
    void aPortInUseAndADirectoryThatCannotBeWrittenAreToldInOneSentence(@TempDir Path other) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServerConfig config = ServerConfig.in(other).withHost("127.0.0.1").withPort(taken.getLocalPort());
            assertThatThrownBy(() -> Server.start(config))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageContaining("in use");
        }
        Path file = Files.createFile(other.resolve("a-file"));
        assertThatThrownBy(() -> Server.start(ServerConfig.in(file)))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("--data");
        assertThatThrownBy(() -> Server.start(ServerConfig.in(other).withDatabase("mysql://x")))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("jdbc:postgresql");
    }
}
