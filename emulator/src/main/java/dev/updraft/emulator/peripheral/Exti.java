package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.InterruptLine;
import dev.updraft.emulator.chip.RegisterBlock;
import java.util.List;

/**
 * Interrupts from pins (RM0090 section 12.3, RM0351 14, RM0433 20): lines 0 to 15, which software can raise as well. The other lines only keep what is
 * written.
 */
public final class Exti extends RegisterBlock {
    private static final int LINES = 16;

    private final int mask;
    private final int trigger;
    private final int pending;
    private final List<InterruptLine> interrupts;

    /**
     * @param mask offset of IMR
     * @param trigger that of RTSR, behind which FTSR and SWIER stand
     * @param pending offset of PR
     * @param interrupts of lines 0 to 4, of 5 to 9, of 10 to 15
     */
    public Exti(int mask, int trigger, int pending, List<InterruptLine> interrupts, AccessMonitor monitor) {
        super("EXTI", 0x400, monitor);
        this.mask = mask;
        this.trigger = trigger;
        this.pending = pending;
        this.interrupts = List.copyOf(interrupts);
        for (int offset = 0; offset < 0x100; offset += 4) {
            register(offset, "+0x" + Integer.toHexString(offset), 0, -1);
        }
        register(mask, "IMR", 0, -1);
        register(mask + 4, "EMR", 0, -1);
        register(trigger, "RTSR", 0, -1);
        register(trigger + 4, "FTSR", 0, -1);
        register(trigger + 8, "SWIER", 0, -1);
        register(pending, "PR", 0, 0);
    }

    /** A pin changed its level. */
    public void edge(int line, boolean rising) {
        if (bit(rising ? trigger : trigger + 4, 1 << line)) {
            change(pending, 1 << line, true);
            drive();
        }
    }

    private void drive() {
        int asked = word(pending) & word(mask);
        for (int line = 0; line < 5; line++) {
            interrupts.get(line).drive((asked >>> line & 1) != 0);
        }
        interrupts.get(5).drive((asked & 0x3E0) != 0);
        interrupts.get(6).drive((asked & 0xFC00) != 0);
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        if (offset == trigger + 8) {
            change(pending, written & ~old & (1 << LINES) - 1, true);
        } else if (offset == pending) {
            change(pending, written, false);
            change(trigger + 8, written, false);
        }
        drive();
    }

    @Override
    public void reset() {
        super.reset();
        drive();
    }
}
