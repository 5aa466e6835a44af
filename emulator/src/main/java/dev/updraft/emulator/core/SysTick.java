package dev.updraft.emulator.core;

/** The system timer (Armv7-M ARM B3.3): counts down from RELOAD to 0 and starts over. */
final class SysTick {
    private static final int ENABLE = 1;
    private static final int TICKINT = 2;
    private static final int CLKSOURCE = 4;
    private static final int COUNTFLAG = 1 << 16;

    private final Clock clock;
    private final Nvic nvic;
    private final Clock.Timer timer;

    private int control;
    private int reload;
    /** Value at which the counter stands while it is disabled. */
    private int stopped;
    /** Cycle at which the counter is 0 next; only while enabled. */
    private long zero;

    /** What the counter was last loaded with: RELOAD may say something else by now. */
    private int loaded;

    private boolean counted;

    SysTick(Clock clock, Nvic nvic) {
        this.clock = clock;
        this.nvic = nvic;
        timer = clock.timer("SysTick", this::reachedZero);
    }

    void reset() {
        control = 0;
        reload = 0;
        stopped = 0;
        loaded = 0;
        counted = false;
        timer.cancel();
    }

    /** STM32 divides the external reference clock by 8 (RM0090 10.1.4, PM0214 4.5.1). */
    private int divider() {
        return (control & CLKSOURCE) != 0 ? 1 : 8;
    }

    private long period() {
        return (reload + 1L) * divider();
    }

    private void reachedZero() {
        counted = true;
        if ((control & TICKINT) != 0) {
            nvic.setPending(Nvic.SYS_TICK, true);
        }
        if (reload == 0) {
            return; // B3.3.1: with RELOAD 0 the counter stays at zero, so what was loaded before counts down once
        }
        zero += period();
        loaded = reload;
        if ((control & TICKINT) != 0) {
            timer.start(zero - clock.now());
        }
    }

    /** Without interrupts nobody waits for zero, so it is worked out when somebody looks. */
    private void catchUp() {
        if ((control & ENABLE) != 0 && !timer.running() && clock.now() >= zero && loaded != 0 && reload == 0) {
            counted = true;
            loaded = 0;
        }
        if ((control & ENABLE) != 0 && !timer.running() && clock.now() >= zero && reload != 0) {
            counted = true;
            zero += ((clock.now() - zero) / period() + 1) * period();
            loaded = reload;
        }
    }

    private int current() {
        if ((control & ENABLE) == 0) {
            return stopped;
        }
        if (clock.now() >= zero) {
            return 0;
        }
        long left = (zero - clock.now() + divider() - 1) / divider();
        return left > loaded ? 0 : (int) left;
    }

    int read(int offset) {
        catchUp();
        return switch (offset) {
            case 0x10 -> {
                int value = control | (counted ? COUNTFLAG : 0);
                counted = false;
                yield value;
            }
            case 0x14 -> reload;
            case 0x18 -> current();
            default -> 0;
        };
    }

    void write(int offset, int value) {
        catchUp();
        switch (offset) {
            case 0x10 -> setControl(value & 7);
            case 0x14 -> {
                boolean stood = (control & ENABLE) != 0 && reload == 0 && clock.now() >= zero;
                reload = value & 0xFF_FFFF;
                if (stood && reload != 0) {
                    zero = clock.now() + period();
                    loaded = reload;
                }
                arm();
            }
            case 0x18 -> {
                counted = false;
                stopped = 0;
                zero = clock.now() + period();
                loaded = reload;
                arm();
            }
            default -> {}
        }
    }

    private void setControl(int value) {
        int now = current();
        boolean was = (control & ENABLE) != 0;
        control = value;
        if ((value & ENABLE) == 0) {
            stopped = now;
        } else if (!was) {
            zero = clock.now() + (stopped == 0 ? period() : (long) stopped * divider());
            loaded = stopped == 0 ? reload : stopped;
        }
        arm();
    }

    private void arm() {
        if ((control & (ENABLE | TICKINT)) == (ENABLE | TICKINT) && clock.now() < zero) {
            timer.start(zero - clock.now());
        } else {
            timer.cancel();
        }
    }

    long[] save() {
        return new long[] {control, reload, stopped, zero, counted ? 1 : 0, loaded};
    }

    void restore(long[] from) {
        control = (int) from[0];
        reload = (int) from[1];
        stopped = (int) from[2];
        zero = from[3];
        counted = from[4] != 0;
        loaded = (int) from[5];
    }
}
