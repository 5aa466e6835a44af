package dev.updraft.server.hawkbit.ddi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.HawkbitTools;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.ZephyrClient;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices with Zephyr's hawkBit client take the images of Updraft's own releases, by its own rollouts. */
class ZephyrClientTest {
    private final byte[] image = Images.image("stm32f407", 1, 1, 0, 5_000);
    private Fixture fixture;
    private HawkbitTools tools;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = fixture(data);
        tools = new HawkbitTools(fixture);
    }

    Fixture fixture(Path data) {
        return new Fixture(data);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private ZephyrClient client(String id) {
        tools.target(id, "token-of-" + id);
        return new ZephyrClient(fixture.server().port(), id, "TargetToken token-of-" + id);
    }

    private long confirmed(long rollout) {
        return fixture.get("/api/v1/rollouts/" + rollout)
                .json()
                .path("progress")
                .path("confirmed")
                .asLong();
    }

    @Test
    void anImageIsOfferedDownloadedAndConfirmedAfterTheReset() {
        ZephyrClient device = client("nucleo-0042");
        assertThat(device.run()).isEqualTo(ZephyrClient.Result.NO_UPDATE);
        assertThat(device.polls()).isEqualTo(2);

        fixture.publish(image);
        assertThat(device.run()).isEqualTo(ZephyrClient.Result.UPDATE_INSTALLED);
        assertThat(device.staged()).isEqualTo(image);
        assertThat(confirmed(1)).isZero();

        // After the reset it sees the same action again and tells of its success; then its attributes are wanted once
        // more.
        assertThat(device.run()).isEqualTo(ZephyrClient.Result.NO_UPDATE);
        assertThat(confirmed(1)).isEqualTo(1);
        assertThat(fixture.get("/api/v1/devices/nucleo-0042")
                        .json()
                        .path("version")
                        .asString())
                .isEqualTo("1.1.0");
        assertThat(device.run()).isEqualTo(ZephyrClient.Result.NO_UPDATE);

        fixture.restart();
        ZephyrClient again =
                new ZephyrClient(fixture.server().port(), "nucleo-0042", "TargetToken token-of-nucleo-0042");
        assertThat(again.run()).isEqualTo(ZephyrClient.Result.NO_UPDATE);
    }

    @Test
    void whatIsCancelledStopsBeingOffered() {
        ZephyrClient device = client("d1");
        device.run();
        long set = tools.distribution("app", "2", application("app", "2"));
        long action = tools.assign(set, "d1", Map.of());
        HawkbitTools.ok(tools.delete("targets/d1/actions/" + action));
        assertThat(device.run()).isEqualTo(ZephyrClient.Result.NO_UPDATE);
        assertThat(tools.action("d1", action).path("status").asString()).isEqualTo("canceled");
    }

    @Test
    void aDownloadGoesOnAfterAPowerCutWhereItWas() {
        ZephyrClient device = client("d1");
        device.run();
        fixture.publish(image);
        device.cutPowerAfter(2_000);
        assertThat(device.run()).isEqualTo(ZephyrClient.Result.POWER_CUT);
        device.cutPowerAfter(0);
        assertThat(device.run()).isEqualTo(ZephyrClient.Result.UPDATE_INSTALLED);
        assertThat(device.staged()).isEqualTo(image);
    }

    @Test
    void whatIsCancelledTooLateIsTakenAllTheSame() {
        ZephyrClient device = client("d1");
        device.run();
        long set = tools.distribution("app", "2", application("app", "2"));
        long action = tools.assign(set, "d1", Map.of());
        assertThat(device.run()).isEqualTo(ZephyrClient.Result.UPDATE_INSTALLED);
        HawkbitTools.ok(tools.delete("targets/d1/actions/" + action));
        assertThat(device.run()).isEqualTo(ZephyrClient.Result.NO_UPDATE);
        assertThat(tools.action("d1", action).path("status").asString()).isEqualTo("finished");
    }

    private long application(String name, String version) {
        long module = tools.module("application", name, version);
        HawkbitTools.ok(tools.upload(module, "app.bin", image));
        return module;
    }
}
