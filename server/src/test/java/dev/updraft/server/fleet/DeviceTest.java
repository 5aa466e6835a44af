package dev.updraft.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.server.access.Secret;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeviceTest {
    private static final long NOW = 1_800_000_000_000L;

    private final Device device = new Device(1, 1, "d1", 0, Secret.of("x"), null, List.of(), null, 0);

    private int reportsTaken(long at) {
        int taken = 0;
        while (device.reportsAgainIn(at) == 0) {
            taken++;
        }
        return taken;
    }

    @Test
    void aDeviceMayReportSixtyTimesAtOnceAndThenOnceASecond() {
        assertThat(reportsTaken(NOW)).isEqualTo(60);
        assertThat(device.reportsAgainIn(NOW)).isEqualTo(1);
        assertThat(reportsTaken(NOW + 1_000)).isEqualTo(1);
        assertThat(reportsTaken(NOW + 11_000)).isEqualTo(10);
        assertThat(reportsTaken(NOW + 1_000_000)).isEqualTo(60);
    }

    @Test
    void aDeviceMaySayOtherThingsOfItselfAHundredAndTwentyTimesAtOnceAndThenEveryTwoSeconds() {
        int taken = 0;
        while (device.changesAgainIn(NOW) == 0) {
            taken++;
        }

        assertThat(taken).isEqualTo(120);
        assertThat(device.changesAgainIn(NOW)).isEqualTo(2);
        assertThat(device.changesAgainIn(NOW + 2_000)).isZero();
        assertThat(device.changesAgainIn(NOW + 2_000)).isEqualTo(2);
    }

    @Test
    void aServerClockThatJumpsSilencesNobody() {
        long year = TimeUnit.DAYS.toMillis(365);
        assertThat(reportsTaken(NOW + year)).isEqualTo(60);
        // Set back: what was paid for the year to come counts as the present allowance, no longer.
        assertThat(reportsTaken(NOW)).isZero();
        assertThat(reportsTaken(NOW + 60_000)).isEqualTo(60);
    }
}
