package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.RegisterBlock;
import dev.updraft.emulator.chip.ResetCause;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** What the reset and clock controllers of all families have in common: gates, resets of single peripherals, the backup domain. */
public abstract class Rcc extends RegisterBlock {
    private static final int BACKUP_RESET = 1 << 16;

    private final ChipTime time;
    private final int backupRegister;
    private final List<Gate> gates = new ArrayList<>();
    private final List<Runnable> backupResets = new ArrayList<>();
    private BooleanSupplier backupWritable = () -> false;

    private record Gate(RegisterBlock block, int enable, int reset, int mask) {}

    /** @param backupRegister offset of BDCR, which belongs to the backup domain */
    Rcc(ChipTime time, int backupRegister, AccessMonitor monitor) {
        super("RCC", 0x400, monitor);
        this.time = time;
        this.backupRegister = backupRegister;
    }

    /**
     * Gives a peripheral its clock enable bit and its reset bit.
     *
     * @param resetRegister offset of the register with its reset bit at the same place, or -1
     */
    public final void gate(RegisterBlock block, int enableRegister, int resetRegister, int bit) {
        gates.add(new Gate(block, enableRegister, resetRegister, 1 << bit));
        block.clockedWhen(() -> bit(enableRegister, 1 << bit));
    }

    /** Whether one of these peripherals has its clock. */
    public final boolean enabled(int enableRegister, int bits) {
        return bit(enableRegister, bits);
    }

    /** Says when the backup domain may be written (PWR's DBP). */
    public final void backupWritableWhen(BooleanSupplier condition) {
        backupWritable = condition;
    }

    /** Called when the firmware resets the backup domain. */
    public final void onBackupReset(Runnable action) {
        backupResets.add(action);
    }

    /** Whether firmware gave the RTC and its backup registers their clock. */
    public final boolean rtcEnabled() {
        return bit(backupRegister, 1 << 15);
    }

    /** Records why the chip starts. */
    public abstract void resetBy(ResetCause cause);

    /** The backup domain lost its power. */
    public final void loseBackupPower() {
        setWord(backupRegister, 0);
    }

    final void applySpeed(long hertz) {
        if (hertz < 10_000 || hertz > 1_000_000_000) {
            monitor().notModelled(String.format(Locale.ROOT, "RCC: a processor clock of %d Hz", hertz));
            return;
        }
        time.setHertz(hertz);
    }

    /** Handles resets of single peripherals and the backup register; returns true when the write is dealt with. */
    final boolean commonWrite(int offset, int written, int old) {
        if (offset == backupRegister) {
            if (!backupWritable.getAsBoolean()) {
                setWord(offset, old);
                if (written != old) {
                    monitor()
                            .suspicious("write of 0x" + hex(written) + " to " + registerName(offset)
                                    + " while the backup domain is write-protected (PWR DBP)");
                }
                return true;
            }
            if ((written & BACKUP_RESET) != 0) {
                setWord(offset, BACKUP_RESET);
                backupResets.forEach(Runnable::run);
                return true;
            }
            change(offset, 1 << 1, bit(offset, 1)); // LSERDY follows LSEON
            return true;
        }
        boolean isReset = false;
        for (Gate gate : gates) {
            if (gate.reset == offset) {
                isReset = true;
                if ((written & gate.mask) != 0) {
                    gate.block.reset();
                }
            }
        }
        return isReset;
    }

    /** AHB prescaler as in CFGR.HPRE (RM0090 7.3.3, RM0351 6.4.3) and D1CFGR (RM0433 8.7.6). */
    static int ahbDivider(int field) {
        return field < 8 ? 1 : field < 12 ? 2 << field - 8 : 64 << field - 12;
    }

    /** APB prescaler as in CFGR.PPRE1. */
    static int apbDivider(int field) {
        return field < 4 ? 1 : 2 << field - 4;
    }

    public final long hertz() {
        return time.hertz();
    }

    @Override
    public void reset() {
        int backup = word(backupRegister);
        super.reset();
        setWord(backupRegister, backup);
    }
}
