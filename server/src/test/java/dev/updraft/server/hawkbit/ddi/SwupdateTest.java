package dev.updraft.server.hawkbit.ddi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Await;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitTools;
import dev.updraft.server.testing.Swupdate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The real swupdate of Debian, which knows nothing of Updraft, is updated by it. */
class SwupdateTest {
    private final byte[] payload = new byte[200_000];
    private Fixture fixture;
    private HawkbitTools tools;
    private Swupdate swupdate;

    @BeforeEach
    void start(@TempDir Path data, @TempDir Path home) {
        Assumptions.assumeTrue(Swupdate.isInstalled(), "not installed: apt-get install swupdate cpio openssl");
        new Random(11).nextBytes(payload);
        fixture = new Fixture(data);
        tools = new HawkbitTools(fixture);
        tools.set("pollingTime", "00:00:01");
        tools.target("swu-1", "swu-token");
        swupdate = new Swupdate(home);
    }

    @AfterEach
    void stop() {
        if (swupdate != null) {
            swupdate.close();
            fixture.close();
        }
    }

    private Process boot(String extra) {
        return swupdate.start(fixture.server().port(), "swu-1", "swu-token", extra);
    }

    private void await(java.util.function.BooleanSupplier condition) {
        try {
            Await.until(condition);
        } catch (AssertionError e) {
            throw new AssertionError(swupdate.log(), e);
        }
    }

    private long assigned() {
        long set = tools.bundle("system", "1.0.1", "package.swu", swupdate.pack("1.0.1", payload));
        return tools.assign(set, "swu-1", Map.of());
    }

    private boolean isInstalled(long action) {
        return tools.status("swu-1", action)
                .path(0)
                .path("messages")
                .path(0)
                .asString("")
                .equals("All Chunks Installed.");
    }

    private String status(long action) {
        return tools.action("swu-1", action).path("status").asString();
    }

    @Test
    void itInstallsAndConfirmsAfterItsRestart() throws IOException {
        long action = assigned();
        Process first = boot("");
        await(() -> isInstalled(action));
        assertThat(Files.readAllBytes(swupdate.installed())).isEqualTo(payload);
        assertThat(status(action)).as("installed is not yet confirmed").isEqualTo("retrieved");
        assertThat(HawkbitTools.ok(tools.get("targets/swu-1/attributes"))
                        .path("board")
                        .asString())
                .isEqualTo("swu");
        Swupdate.kill(first);

        boot("-c 2");
        await(() -> status(action).equals("finished"));
        JsonNode device = fixture.get("/api/v1/devices/swu-1").json();
        assertThat(device.path("version").asString()).isEqualTo("system 1.0.1");
    }

    @Test
    void anUpdateThatDidNotComeUpIsAFailureAndIsNotOfferedAgain() {
        long action = assigned();
        Process first = boot("");
        await(() -> isInstalled(action));
        Swupdate.kill(first);
        boot("-c 3");
        await(() -> status(action).equals("error"));
        assertThat(fixture.get("/api/v1/devices/swu-1")
                        .json()
                        .path("history")
                        .path(0)
                        .path("event")
                        .asString())
                .isEqualTo("rolled-back");
    }

    @Test
    void aPackageThatIsNotSignedIsAFailure() {
        byte[] broken = swupdate.pack("1.0.1", payload);
        broken[300] ^= 1;
        long set = tools.bundle("system", "1.0.1", "package.swu", broken);
        long action = tools.assign(set, "swu-1", Map.of());
        boot("");
        await(() -> status(action).equals("error"));
        assertThat(Files.exists(swupdate.installed())).isFalse();
        assertThat(fixture.get("/api/v1/devices/swu-1")
                        .json()
                        .path("history")
                        .path(0)
                        .path("event")
                        .asString())
                .isEqualTo("refused");
    }
}
