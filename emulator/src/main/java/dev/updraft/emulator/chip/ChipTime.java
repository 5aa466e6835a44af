package dev.updraft.emulator.chip;

import dev.updraft.emulator.core.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * Relates processor cycles to seconds on a chip whose firmware changes the processor's speed. The {@link Clock} counts cycles; what
 * lasts a fixed time (a flash erase, a watchdog on its own oscillator, a module on a wire) asks here how many cycles that
 * is now, and is told when the speed changes.
 */
public final class ChipTime {
    private static final long NANOS = 1_000_000_000L;

    private final Clock clock;
    private final List<SpeedListener> listeners = new ArrayList<>();
    private long hertz;
    private long sinceCycle;
    private long sinceNanos;

    /** Told that from now on a second has another number of cycles. */
    @FunctionalInterface
    public interface SpeedListener {
        void speedChanged(long oldHertz, long newHertz);
    }

    public ChipTime(Clock clock, long hertz) {
        this.clock = clock;
        this.hertz = hertz;
    }

    public Clock clock() {
        return clock;
    }

    /** Processor cycles in a second, now. */
    public long hertz() {
        return hertz;
    }

    /** Virtual time since power-on, in nanoseconds. */
    public long nanos() {
        return sinceNanos + toNanos(clock.now() - sinceCycle);
    }

    /** Nanoseconds in so many cycles at the present speed. */
    public long toNanos(long cycles) {
        return cycles / hertz * NANOS + cycles % hertz * NANOS / hertz;
    }

    /** Cycles in so many nanoseconds at the present speed, rounded up; at least 1. */
    public long cyclesOfNanos(long nanos) {
        return Math.max(1, nanos / NANOS * hertz + Math.ceilDiv(nanos % NANOS * hertz, NANOS));
    }

    /** Cycles in so many microseconds at the present speed, rounded up; at least 1. */
    public long cyclesOfMicros(long micros) {
        return Math.max(1, micros / 1_000_000 * hertz + Math.ceilDiv(micros % 1_000_000 * hertz, 1_000_000));
    }

    public void setHertz(long newHertz) {
        if (newHertz == hertz) {
            return;
        }
        long oldHertz = hertz;
        sinceNanos = nanos();
        sinceCycle = clock.now();
        hertz = newHertz;
        listeners.forEach(listener -> listener.speedChanged(oldHertz, newHertz));
    }

    /** Makes running timers that were started for a fixed time keep it when the speed changes. */
    public void keepInTime(Clock.Timer timer) {
        listeners.add((oldHertz, newHertz) -> {
            if (timer.running()) {
                timer.start(scale(timer.deadline() - clock.now(), oldHertz, newHertz));
            }
        });
    }

    private static long scale(long cycles, long oldHertz, long newHertz) {
        return Math.multiplyHigh(cycles, newHertz) == 0 ? cycles * newHertz / oldHertz : cycles / oldHertz * newHertz;
    }

    /** Present speed and the moment since which it holds. */
    public record Snapshot(long hertz, long sinceCycle, long sinceNanos) {}

    public Snapshot save() {
        return new Snapshot(hertz, sinceCycle, sinceNanos);
    }

    public void restore(Snapshot from) {
        hertz = from.hertz;
        sinceCycle = from.sinceCycle;
        sinceNanos = from.sinceNanos;
    }
}
