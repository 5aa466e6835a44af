package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.RegisterBlock;
import java.util.function.BooleanSupplier;

/**
 * RTC with its backup registers (RM0090 section 26). The backup registers keep their content over every reset, and over power loss while
 * the backup battery holds; the calendar is not modelled, and reading it stops the board.
 */
public final class Rtc extends RegisterBlock {
    private static final int ISR = 0x0C;
    private static final int WPR = 0x24;

    private final int firstBackup;
    private final int[] initial;
    private BooleanSupplier writable = () -> false;

    /** @param backupRegisters number of 32-bit backup registers */
    public Rtc(int backupRegisters, AccessMonitor monitor) {
        this("RTC", 0x50, backupRegisters, monitor);
        register(0x08, "CR", 0, 0x00FFFF7F);
        register(ISR, "ISR", 7, 0x80);
        register(0x10, "PRER", 0x007F00FF, 0x007F7FFF);
        register(0x14, "WUTR", 0xFFFF, 0xFFFF);
        refuse(0x08, 1 << 8 | 1 << 9 | 1 << 10, "RTC alarms and wake-up timer are not modelled");
        register(WPR, "WPR", 0, 0);
        register(0x40, "TAFCR", 0, 0x000707FF);
        keepInitial();
    }

    private Rtc(String name, int firstBackup, int backupRegisters, AccessMonitor monitor) {
        super(name, 0x400, monitor);
        this.firstBackup = firstBackup;
        for (int i = 0; i < backupRegisters; i++) {
            register(firstBackup + i * 4, "BKP" + i + "R", 0, -1);
        }
        initial = new int[firstBackup / 4 + backupRegisters];
    }

    /** The tamper unit, where the G4 and the WL have the backup registers (RM0440 36.6, RM0453 33.6). */
    public static Rtc tamperUnit(int backupRegisters, AccessMonitor monitor) {
        Rtc unit = new Rtc("TAMP", 0x100, backupRegisters, monitor);
        unit.register(0x00, "CR1", 0, -1);
        unit.register(0x04, "CR2", 0, -1);
        unit.register(0x0C, "FLTCR", 0, 0xFF);
        unit.register(0x2C, "IER", 0, -1);
        unit.register(0x30, "SR", 0, 0);
        unit.register(0x34, "MISR", 0, 0);
        unit.register(0x3C, "SCR", 0, 0);
        unit.keepInitial();
        return unit;
    }

    private void keepInitial() {
        for (int i = 0; i < initial.length; i++) {
            initial[i] = word(i * 4);
        }
    }

    /** Says when the backup domain may be written (PWR's DBP). */
    public void writableWhen(BooleanSupplier condition) {
        writable = condition;
    }

    /** A backup register. */
    public int backup(int number) {
        return word(firstBackup + number * 4);
    }

    /** Sets a backup register from outside, as a debugger does. */
    public void setBackup(int number, int value) {
        setWord(firstBackup + number * 4, value);
    }

    @Override
    protected int onRead(int offset) {
        // INITF follows INIT; the shadow registers count as synchronised.
        return offset == ISR && firstBackup == 0x50
                ? word(ISR) & ~0x40 | (word(ISR) & 0x80) >>> 1 | 0x27
                : word(offset);
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        if (!writable.getAsBoolean()) {
            setWord(offset, old);
            monitor()
                    .suspicious("write of 0x" + hex(written) + " to " + registerName(offset)
                            + " while the backup domain is write-protected (PWR DBP): it has no effect");
        }
    }

    /** System resets do not reach the backup domain. */
    @Override
    public void reset() {}

    /** The backup domain is reset or lost its power. */
    public void backupReset() {
        for (int i = 0; i < initial.length; i++) {
            setWord(i * 4, initial[i]);
        }
    }
}
