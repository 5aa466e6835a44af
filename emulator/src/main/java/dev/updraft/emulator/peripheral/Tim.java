package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.InterruptLine;
import dev.updraft.emulator.chip.RegisterBlock;
import dev.updraft.emulator.core.Clock;
import org.jspecify.annotations.Nullable;

/**
 * A timer (RM0090 sections 17 to 20; alike on all families): it counts up, overflows and compares, with their flags and interrupts. Inputs, outputs,
 * slave modes and DMA requests are not modelled; basic and general timers are this one, whose other registers only keep what is written.
 */
public final class Tim extends RegisterBlock {
    private static final int CR1 = 0x00;
    private static final int DIER = 0x0C;
    private static final int SR = 0x10;
    private static final int EGR = 0x14;
    private static final int CNT = 0x24;
    private static final int PSC = 0x28;
    private static final int ARR = 0x2C;
    private static final int CCR1 = 0x34;
    private static final int CEN = 1;
    private static final int URS = 1 << 2;
    private static final int OPM = 1 << 3;
    private static final int UIF = 1;
    private static final int CHANNELS = 4;

    private final ChipTime time;
    private final KernelClock kernel;
    private final InterruptLine update;
    private final @Nullable InterruptLine compare;
    private final Clock.Timer overflow;
    private final Clock.Timer match;

    /** The prescaler in use: PSC takes effect at the next update. */
    private int prescaler;
    /** Cycle at which the counter was 0; only while it counts. */
    private long zero;

    /**
     * @param mask what its counter can hold: 0xFFFF or all bits
     * @param kernel its clock, twice that of its bus where the bus is divided
     * @param compare interrupt of the compare channels; null where they share that of {@code update}, as on all but the advanced timers
     */
    public Tim(
            String name,
            int mask,
            ChipTime time,
            KernelClock kernel,
            InterruptLine update,
            @Nullable InterruptLine compare,
            AccessMonitor monitor) {
        super(name, 0x400, monitor);
        this.time = time;
        this.kernel = kernel;
        this.update = update;
        this.compare = compare;
        overflow = time.clock().timer(name, this::overflowed);
        match = time.clock().timer(name + " compare", this::matched);
        time.keepInTime(overflow);
        time.keepInTime(match);
        register(CR1, "CR1", 0, 0xBFF);
        register(0x04, "CR2", 0, -1);
        register(0x08, "SMCR", 0, -1);
        register(DIER, "DIER", 0, 0x7FFF);
        register(SR, "SR", 0, 0);
        register(EGR, "EGR", 0, 0);
        register(0x18, "CCMR1", 0, -1);
        register(0x1C, "CCMR2", 0, -1);
        register(0x20, "CCER", 0, -1);
        register(CNT, "CNT", 0, mask);
        register(PSC, "PSC", 0, 0xFFFF);
        register(ARR, "ARR", mask, mask);
        register(0x30, "RCR", 0, 0xFFFF);
        for (int i = 0; i < CHANNELS; i++) {
            register(CCR1 + i * 4, "CCR" + (i + 1), 0, mask);
        }
        register(0x44, "BDTR", 0, -1);
        register(0x48, "DCR", 0, -1);
        register(0x4C, "DMAR", 0, -1);
        String[] later = {"OR", "CCMR3", "CCR5", "CCR6", "AF1", "AF2", "TISEL"};
        for (int i = 0; i < later.length; i++) {
            register(0x50 + i * 4, later[i], 0, -1);
        }
    }

    /** Processor cycles of so many counts. */
    private long cycles(long counts) {
        return Math.max(1, Math.round((double) counts * (prescaler + 1) * time.hertz() / Math.max(1, kernel.hertz())));
    }

    private long counted() {
        return (long) ((double) (time.clock().now() - zero) * kernel.hertz() / ((prescaler + 1.0) * time.hertz()));
    }

    private boolean counts() {
        return bit(CR1, CEN);
    }

    private long top() {
        return Integer.toUnsignedLong(word(ARR));
    }

    private long count() {
        return counts() ? Math.min(counted(), top()) : Integer.toUnsignedLong(word(CNT));
    }

    /** Counts on from a value, from now. */
    private void countFrom(long value) {
        setWord(CNT, (int) value);
        zero = time.clock().now() - (value == 0 ? 0 : cycles(value));
        plan();
    }

    private void plan() {
        if (!counts() || top() == 0) {
            overflow.cancel();
            match.cancel();
            return;
        }
        long now = count();
        overflow.start(cycles(top() + 1 - now));
        long next = Long.MAX_VALUE;
        for (int i = 0; i < CHANNELS; i++) {
            long at = Integer.toUnsignedLong(word(CCR1 + i * 4));
            if (bit(DIER, 2 << i) && at > now) {
                next = Math.min(next, at);
            }
        }
        if (next <= top()) {
            match.start(cycles(next - now));
        } else {
            match.cancel();
        }
    }

    private void overflowed() {
        noteMatches(top() + 1);
        change(SR, UIF, true);
        prescaler = word(PSC);
        if (bit(CR1, OPM)) {
            change(CR1, CEN, false);
            setWord(CNT, 0);
            plan();
        } else {
            countFrom(0);
        }
        drive();
    }

    private void matched() {
        noteMatches(count() + 1);
        plan();
        drive();
    }

    /** Channels that the counter has passed. */
    private void noteMatches(long below) {
        for (int i = 0; i < CHANNELS; i++) {
            if (Integer.toUnsignedLong(word(CCR1 + i * 4)) < below) {
                change(SR, 2 << i, true);
            }
        }
    }

    private void drive() {
        int asked = word(SR) & word(DIER);
        update.drive((asked & (compare == null ? 0x5F : 0x01)) != 0);
        if (compare != null) {
            compare.drive((asked & 0x1E) != 0);
        }
    }

    @Override
    protected int onRead(int offset) {
        if (offset == CNT) {
            return (int) count();
        }
        if (offset == SR && counts()) {
            noteMatches(count() + 1);
        }
        return word(offset);
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        switch (offset) {
            case CR1 -> {
                if ((old & CEN) == 0 && (written & CEN) != 0) {
                    countFrom(Integer.toUnsignedLong(word(CNT)));
                } else if ((old & CEN) != 0 && (written & CEN) == 0) {
                    setWord(CNT, (int) Math.min(counted(), top()));
                    plan();
                }
            }
            case SR -> {
                setWord(SR, old & written);
                drive();
            }
            case EGR -> generate(written);
            case CNT -> {
                if (counts()) {
                    countFrom(Integer.toUnsignedLong(written));
                }
            }
            case DIER -> {
                plan();
                drive();
            }
            default -> {
                if (offset == ARR || offset >= CCR1 && offset < CCR1 + CHANNELS * 4) {
                    plan();
                }
            }
        }
    }

    private void generate(int events) {
        change(SR, events & 0x5E, true);
        if ((events & 1) != 0) {
            prescaler = word(PSC);
            countFrom(0);
            if (!bit(CR1, URS)) {
                change(SR, UIF, true);
            }
        }
        drive();
    }

    @Override
    public void reset() {
        super.reset();
        prescaler = 0;
        plan();
        drive();
    }

    @Override
    public long[] save() {
        return saveWith(prescaler, zero);
    }

    @Override
    public void restore(long[] from) {
        super.restore(from);
        prescaler = (int) more(from, 0);
        zero = more(from, 1);
    }
}
