package dev.updraft.server.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.SimulatedDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a disk does to files in years. */
class DamagedArtifactTest {
    private final byte[] image = Images.image("stm32f407", 1, 1, 0, 5_000);
    private Fixture fixture;
    private SimulatedDevice device;
    private Path file;
    private String url;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
        fixture.publish(image);
        device = fixture.device("d1");
        url = device.checkIn().json().path("url").asString();
        String sha256 = url.substring(url.lastIndexOf('/') + 1);
        file = data.resolve("artifacts").resolve(sha256.substring(0, 2)).resolve(sha256.substring(2));
        assertThat(fetch()).isEqualTo(200);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private int fetch() {
        return fixture.send(fixture.request(url, device.token)).status();
    }

    private String health() {
        return fixture.get("/health/ready").json().path("status").asString();
    }

    private void isHeldBackAndMended() {
        assertThat(fetch()).isIn(404, 503);
        assertThat(device.checkIn().status()).isEqualTo(204);
        assertThat(health()).isEqualTo("degraded");
        assertThat(fixture.get("/metrics").text()).contains("updraft_artifacts_damaged 1\n");
        assertThat(fixture.upload("/api/v1/releases", image).status()).isEqualTo(201);
        assertThat(fixture.send(fixture.request(url, device.token)).body()).isEqualTo(image);
        assertThat(device.checkIn().status()).isEqualTo(200);
        assertThat(health()).isEqualTo("ready");
        assertThat(fixture.upload("/api/v1/releases", image).status()).isEqualTo(409);
    }

    private void change(Consumer<byte[]> how) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        how.accept(bytes);
        Files.write(file, bytes);
    }

    @Test
    void aFileThatWasChangedUnderARunningServerIsNotServed() throws IOException {
        change(bytes -> bytes[700] ^= 1);
        assertThat(fetch()).isEqualTo(503);
        isHeldBackAndMended();
    }

    @Test
    void oneThatRottedWithoutATraceIsFoundAfterTheNextStart() throws IOException {
        FileTime modified = Files.getLastModifiedTime(file);
        change(bytes -> bytes[700] ^= 1);
        Files.setLastModifiedTime(file, modified);
        fixture.restart();
        // Nobody asks for it: the check in the background finds it.
        Await.until(() -> health().equals("degraded"));
        isHeldBackAndMended();
    }

    @Test
    void oneThatWasCutOffIsNotServed() throws IOException {
        Files.write(file, new byte[100]);
        assertThat(fetch()).isEqualTo(503);
        isHeldBackAndMended();
    }

    @Test
    void oneThatIsGoneIsNotOffered() throws IOException {
        Files.delete(file);
        fixture.restart();
        Await.until(() -> health().equals("degraded"));
        isHeldBackAndMended();
    }
}
