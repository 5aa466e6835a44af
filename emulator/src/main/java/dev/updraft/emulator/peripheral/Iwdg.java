package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.RegisterBlock;
import dev.updraft.emulator.core.Clock;

/** Independent watchdog on the 32 kHz LSI (RM0090 section 21): once started only a reset stops it. */
public final class Iwdg extends RegisterBlock {
    private static final int KR = 0x00;
    private static final int PR = 0x04;
    private static final int RLR = 0x08;
    private static final int SR = 0x0C;
    private static final int WINR = 0x10;
    private static final long LSI_HERTZ = 32_000;

    private final ChipTime time;
    private final Clock.Timer timer;
    private final Runnable bite;
    private boolean unlocked;
    private boolean started;

    /**
     * @param window whether it has the window register (L4, H7)
     * @param bite resets the chip
     */
    public Iwdg(ChipTime time, boolean window, Runnable bite, AccessMonitor monitor) {
        super("IWDG", 0x400, monitor);
        this.time = time;
        this.bite = bite;
        timer = time.clock().timer("IWDG", this::expired);
        time.keepInTime(timer);
        register(KR, "KR", 0, 0);
        register(PR, "PR", 0, 0);
        register(RLR, "RLR", 0xFFF, 0);
        register(SR, "SR", 0, 0);
        if (window) {
            register(WINR, "WINR", 0xFFF, 0);
        }
    }

    /** Whether it runs. */
    public boolean running() {
        return started;
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        if (offset == KR) {
            unlocked = (written & 0xFFFF) == 0x5555;
            switch (written & 0xFFFF) {
                case 0xAAAA -> feed();
                case 0xCCCC -> {
                    started = true;
                    reload();
                }
                default -> {}
            }
        } else if (unlocked) {
            setWord(offset, written & (offset == PR ? 7 : 0xFFF));
            if (offset == WINR && started) {
                reload(); // RM0351 32.3.2: writing the window register reloads the counter
            }
        } else {
            monitor().suspicious("write to " + registerName(offset) + " without 0x5555 in IWDG.KR first");
        }
    }

    /** Feeding, unless it can come too early. */
    @Override
    protected boolean isIdempotent(int offset, int value) {
        return offset == KR && (value & 0xFFFF) == 0xAAAA && !windowed();
    }

    private boolean windowed() {
        return word(WINR) != 0 && word(WINR) < 0xFFF;
    }

    private void feed() {
        if (!started) {
            return;
        }
        long left = Math.max(0, timer.deadline() - time.clock().now());
        long ticks = left / Math.max(1, time.cyclesOfNanos(tickNanos()));
        if (windowed() && ticks > word(WINR)) {
            bite.run();
            return;
        }
        reload();
    }

    private long tickNanos() {
        return (4L << Math.min(word(PR), 6)) * 1_000_000_000L / LSI_HERTZ;
    }

    private void reload() {
        timer.start(time.cyclesOfNanos(tickNanos() * (word(RLR) + 1L)));
    }

    private void expired() {
        bite.run();
    }

    @Override
    public void reset() {
        super.reset();
        unlocked = false;
        started = false;
        timer.cancel();
    }

    @Override
    public long[] save() {
        return saveWith(unlocked ? 1 : 0, started ? 1 : 0);
    }

    @Override
    public void restore(long[] from) {
        super.restore(from);
        unlocked = more(from, 0) != 0;
        started = more(from, 1) != 0;
    }
}
