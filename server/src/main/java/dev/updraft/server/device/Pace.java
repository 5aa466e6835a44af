package dev.updraft.server.device;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** When devices come again: every interval, up to a tenth earlier or later so that they never march in step. */
public final class Pace {
    private final long seconds;

    public Pace(Duration interval) {
        this.seconds = Math.max(1, interval.toSeconds());
    }

    /** Seconds until a device shall check in again. */
    long next() {
        long spread = seconds / 10;
        return spread == 0 ? seconds : seconds + ThreadLocalRandom.current().nextLong(-spread, spread + 1);
    }
}
