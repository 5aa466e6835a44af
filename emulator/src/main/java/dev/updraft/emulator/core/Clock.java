package dev.updraft.emulator.core;

import java.util.ArrayList;
import java.util.List;

/**
 * Virtual time of one board, in processor cycles since power-on. Whoever waits for a time makes a {@link Timer} once,
 * when the board is built, and starts it as often as needed: the timers' deadlines are then the whole state of the clock, and a
 * snapshot is an array of numbers. Timers that are due at the same cycle fire in the order in which they were made.
 */
public final class Clock {
    /** No deadline. */
    public static final long NEVER = Long.MAX_VALUE;

    private final long hertz;
    private final List<Timer> timers = new ArrayList<>();
    private long now;
    private long next = NEVER;
    private long stall;
    private Runnable changed = () -> {};

    /** @param hertz cycles in a second of virtual time */
    public Clock(long hertz) {
        if (hertz <= 0) {
            throw new IllegalArgumentException("a clock needs a frequency above 0 Hz");
        }
        this.hertz = hertz;
    }

    /** Cycles since power-on; exact inside device accesses and timers. */
    public long now() {
        return now;
    }

    public long hertz() {
        return hertz;
    }

    /** Cycles in so many microseconds, rounded up. */
    public long microseconds(long count) {
        return Math.ceilDiv(count * hertz, 1_000_000);
    }

    /** A timer that calls {@code action} when it is due; not started. */
    public Timer timer(String name, Runnable action) {
        Timer timer = new Timer(name, action);
        timers.add(timer);
        return timer;
    }

    /** The cycle of the earliest started timer, or {@link #NEVER}. */
    public long nextDeadline() {
        return next;
    }

    /** The processor stands still for so many cycles after the instruction under way, while timers go on. */
    public void stall(long cycles) {
        stall += cycles;
        changed.run();
    }

    /** One deadline that can be started, moved and cancelled. */
    public final class Timer {
        private final String name;
        private final Runnable action;
        private long deadline = NEVER;

        private Timer(String name, Runnable action) {
            this.name = name;
            this.action = action;
        }

        /** (Re)starts it, to fire so many cycles from now; at least 1. */
        public void start(long cyclesFromNow) {
            long before = deadline;
            deadline = now + Math.max(1, cyclesFromNow);
            if (deadline < 0) {
                deadline = NEVER;
            }
            if (deadline < next) {
                next = deadline;
                changed.run();
            } else if (before == next) {
                findNext();
            }
        }

        public void cancel() {
            boolean wasNext = deadline == next;
            deadline = NEVER;
            if (wasNext) {
                findNext();
            }
        }

        public boolean running() {
            return deadline != NEVER;
        }

        /** The cycle at which it fires, or {@link Clock#NEVER}. */
        public long deadline() {
            return deadline;
        }

        @Override
        public String toString() {
            return name + (running() ? " at " + deadline : " (stopped)");
        }
    }

    /** Time and deadlines, in the order in which the timers were made. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Snapshot(long now, long stall, long[] deadlines) {}

    public Snapshot save() {
        return new Snapshot(
                now, stall, timers.stream().mapToLong(Timer::deadline).toArray());
    }

    /** Takes over the state of this clock, or of a clock of a board that was built the same way. */
    public void restore(Snapshot snapshot) {
        if (snapshot.deadlines.length != timers.size()) {
            throw new IllegalArgumentException("this snapshot is of a board with other timers");
        }
        now = snapshot.now;
        stall = snapshot.stall;
        for (int i = 0; i < snapshot.deadlines.length; i++) {
            timers.get(i).deadline = snapshot.deadlines[i];
        }
        findNext();
    }

    /** Of all timers, in the order in which they were made. */
    long[] deadlines() {
        long[] deadlines = new long[timers.size()];
        for (int i = 0; i < deadlines.length; i++) {
            deadlines[i] = timers.get(i).deadline;
        }
        return deadlines;
    }

    /**
     * Passes over as many passes of a loop as come before the end and before any timer fires. A timer that one pass moved along by its own
     * length is moved along by each.
     *
     * @param pass cycles
     * @param before deadlines before the last pass
     * @return cycles that are passed over: none when a timer was moved otherwise, or could fire within a pass
     */
    long passOver(long pass, long[] before, long end) {
        long limit = end;
        for (int i = 0; i < before.length; i++) {
            long deadline = timers.get(i).deadline;
            if (deadline == before[i]) {
                limit = Math.min(limit, deadline);
            } else if (deadline - before[i] != pass || deadline - now <= pass) {
                return 0;
            }
        }
        long cycles = Math.max(0, (limit - now) / pass) * pass;
        for (int i = 0; i < before.length; i++) {
            Timer timer = timers.get(i);
            if (timer.deadline != before[i]) {
                timer.deadline += cycles;
            }
        }
        now += cycles;
        findNext();
        return cycles;
    }

    /** Called when the next deadline moved or a stall was asked for, so that the processor looks up. */
    void onChange(Runnable action) {
        changed = action;
    }

    /** Sets the time without firing anything: the processor counts instructions itself and says where it is. */
    void at(long cycle) {
        now = cycle;
    }

    /** Fires what is due, and lives through the stalls that were asked for. */
    void settle() {
        while (true) {
            while (next <= now) {
                fireNext();
            }
            if (stall == 0) {
                return;
            }
            long end = now + stall;
            if (next < end) {
                stall = end - next;
                now = next;
            } else {
                stall = 0;
                now = end;
            }
        }
    }

    private void fireNext() {
        for (Timer timer : timers) {
            if (timer.deadline == next) {
                timer.deadline = NEVER;
                findNext();
                timer.action.run();
                return;
            }
        }
    }

    private void findNext() {
        long before = next;
        long earliest = NEVER;
        for (Timer timer : timers) {
            earliest = Math.min(earliest, timer.deadline);
        }
        next = earliest;
        if (next < before) {
            changed.run();
        }
    }
}
