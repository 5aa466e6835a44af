package dev.updraft.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Simulates rollouts device by device: how often a good one is stopped, and how soon a bad one is. */
class FailureAlarmTest {
    private static final int ROLLOUTS = 2_000;
    private static final double ACCEPTABLE = 0.02;

    /** Devices until the alarm, or {@code devices} + 1 if there was none. */
    private static int alarmAt(Random random, double failureRate, int devices) {
        long failures = 0;
        for (int n = 1; n <= devices; n++) {
            if (random.nextDouble() < failureRate) {
                failures++;
                if (FailureAlarm.alarms(ACCEPTABLE, n - failures, failures)) {
                    return n;
                }
            }
        }
        return devices + 1;
    }

    private static int[] alarms(double failureRate, int devices) {
        Random random = new Random(42);
        int[] at = new int[ROLLOUTS];
        for (int i = 0; i < ROLLOUTS; i++) {
            at[i] = alarmAt(random, failureRate, devices);
        }
        Arrays.sort(at);
        return at;
    }

    @Test
    void aReleaseThatFailsAsOftenAsIsAcceptableIsStoppedInAtMostOneRolloutInAHundred() {
        int devices = 5_000;
        long stopped = Arrays.stream(alarms(ACCEPTABLE, devices))
                .filter(at -> at <= devices)
                .count();
        assertThat((double) stopped / ROLLOUTS).isLessThanOrEqualTo(FailureAlarm.FALSE_ALARMS);
    }

    @Test
    void aReleaseThatFailsEveryWhereIsStoppedAfterThreeDevices() {
        assertThat(alarms(1.0, 100)[ROLLOUTS - 1]).isLessThanOrEqualTo(3);
    }

    @Test
    void aReleaseThatFailsOnATenthIsStoppedWithinAHundredDevicesUsuallyAndFiveHundredAlways() {
        int[] at = alarms(0.10, 2_000);
        assertThat(at[ROLLOUTS / 2]).isLessThanOrEqualTo(100);
        assertThat(at[ROLLOUTS - 1]).isLessThanOrEqualTo(500);
    }

    @Test
    void oneFailureAloneStopsNothing() {
        assertThat(FailureAlarm.alarms(ACCEPTABLE, 0, 1)).isFalse();
    }
}
