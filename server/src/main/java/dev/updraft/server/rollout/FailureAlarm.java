package dev.updraft.server.rollout;

/**
 * Decides whether a rollout fails more often than is acceptable. A fixed percentage stops a good release because the first of three
 * devices had a flat battery, and lets a bad one run on until the percentage is reached; this is a sequential test that may be
 * asked after every outcome.
 *
 * <p>It is a mixture of likelihood ratios against "each device fails with the acceptable probability": under that hypothesis the
 * mixture is a non-negative martingale that starts at 1, so by Ville's inequality the chance that it ever reaches 1/a is at most a,
 * however long the rollout runs (Ville 1939; Wald's sequential test, 1945, is the case of one alternative). The mixture holds
 * alternatives near and far, so a release that bricks everybody is stopped after two or three devices.
 */
final class FailureAlarm {
    /** At most one good rollout in a hundred is paused for nothing. */
    static final double FALSE_ALARMS = 0.01;

    private FailureAlarm() {}

    /** @param acceptable share of failures that is still fine, above 0 and below 1 */
    static boolean alarms(double acceptable, long successes, long failures) {
        return evidence(acceptable, successes, failures) >= 1 / FALSE_ALARMS;
    }

    /**
     * How near the alarm is.
     *
     * @param evidence 0 = none that the rollout fails too often, 1 = enough to stop it
     * @param failuresToStop how many more failures, with nobody succeeding in between, would stop it
     */
    record Standing(double evidence, long failuresToStop) {}

    static Standing standing(double acceptable, long successes, long failures) {
        double now = Math.log(evidence(acceptable, successes, failures)) / Math.log(1 / FALSE_ALARMS);
        return new Standing(Math.clamp(now, 0, 1), failuresToStop(acceptable, successes, failures));
    }

    /** By bisection, as more failures are never less evidence. */
    private static long failuresToStop(double acceptable, long successes, long failures) {
        long enough = 1;
        while (!alarms(acceptable, successes, failures + enough) && enough < 1L << 40) {
            enough *= 2;
        }
        long few = alarms(acceptable, successes, failures) ? 0 : enough / 2;
        while (enough - few > 1) {
            long middle = (few + enough) / 2;
            if (alarms(acceptable, successes, failures + middle)) {
                enough = middle;
            } else {
                few = middle;
            }
        }
        return alarms(acceptable, successes, failures) ? 0 : enough;
    }

    private static double evidence(double acceptable, long successes, long failures) {
        double far = Math.max(0.5, (1 + acceptable) / 2);
        double near = Math.min(2 * acceptable, (acceptable + far) / 2);
        double middle = Math.sqrt(near * far);
        return (ratio(acceptable, near, successes, failures)
                        + ratio(acceptable, middle, successes, failures)
                        + ratio(acceptable, far, successes, failures))
                / 3;
    }

    private static double ratio(double acceptable, double other, long successes, long failures) {
        return Math.exp(failures * Math.log(other / acceptable) + successes * Math.log((1 - other) / (1 - acceptable)));
    }
}
