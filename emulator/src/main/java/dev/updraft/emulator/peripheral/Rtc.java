package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.RegisterBlock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.function.BooleanSupplier;

/**
 * RTC with its backup registers (RM0090 section 26). The backup registers keep their content over every reset, and over power loss while
 * the backup battery holds. The calendar runs on from what was set in initialisation mode, at first from 1 January 2000, and stands still while the power is
 * off; alarms and wake-up timer are not modelled.
 */
public final class Rtc extends RegisterBlock {
    private static final int TR = 0x00;
    private static final int DR = 0x04;
    private static final int ISR = 0x0C;
    private static final int SSR = 0x28;
    private static final int INIT = 0x80;
    private static final LocalDateTime START = LocalDateTime.of(2000, 1, 1, 0, 0);
    private static final int WPR = 0x24;

    private final ChipTime time;
    private final int firstBackup;
    /** When the calendar was set, and to what. */
    private long setAt;

    private long setTo;
    private final int[] initial;
    private BooleanSupplier writable = () -> false;

    /** @param backupRegisters number of 32-bit backup registers */
    public Rtc(int backupRegisters, ChipTime time, AccessMonitor monitor) {
        this("RTC", 0x50, backupRegisters, time, monitor);
        register(TR, "TR", 0, 0x7F7F7F);
        register(DR, "DR", 0x2101, 0xFFFF3F);
        register(SSR, "SSR", 0, 0);
        register(0x1C, "ALRMAR", 0, -1);
        register(0x20, "ALRMBR", 0, -1);
        register(0x2C, "SHIFTR", 0, 0);
        register(0x30, "TSTR", 0, 0);
        register(0x34, "TSDR", 0, 0);
        register(0x38, "TSSSR", 0, 0);
        register(0x3C, "CALR", 0, 0xFFFF);
        register(0x44, "ALRMASSR", 0, -1);
        register(0x48, "ALRMBSSR", 0, -1);
        register(0x08, "CR", 0, 0x00FFFF7F);
        register(ISR, "ISR", 7, 0x80);
        register(0x10, "PRER", 0x007F00FF, 0x007F7FFF);
        register(0x14, "WUTR", 0xFFFF, 0xFFFF);
        refuse(0x08, 1 << 8 | 1 << 9 | 1 << 10, "RTC alarms and wake-up timer are not modelled");
        register(WPR, "WPR", 0, 0);
        register(0x40, "TAFCR", 0, 0x000707FF);
        keepInitial();
    }

    private Rtc(String name, int firstBackup, int backupRegisters, ChipTime time, AccessMonitor monitor) {
        super(name, 0x400, monitor);
        this.time = time;
        this.firstBackup = firstBackup;
        for (int i = 0; i < backupRegisters; i++) {
            register(firstBackup + i * 4, "BKP" + i + "R", 0, -1);
        }
        initial = new int[firstBackup / 4 + backupRegisters];
    }

    /** The tamper unit, where the G4 and the WL have the backup registers (RM0440 36.6, RM0453 33.6). */
    public static Rtc tamperUnit(int backupRegisters, ChipTime time, AccessMonitor monitor) {
        Rtc unit = new Rtc("TAMP", 0x100, backupRegisters, time, monitor);
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

    private boolean hasCalendar() {
        return firstBackup == 0x50;
    }

    private LocalDateTime now() {
        return START.plusNanos(setTo + time.nanos() - setAt);
    }

    private static int bcd(int number) {
        return number / 10 << 4 | number % 10;
    }

    private static int number(int bcd) {
        return (bcd >>> 4) * 10 + (bcd & 15);
    }

    @Override
    protected int onRead(int offset) {
        if (!hasCalendar()) {
            return word(offset);
        }
        boolean runs = !bit(ISR, INIT);
        return switch (offset) {
            case TR ->
                runs ? bcd(now().getHour()) << 16 | bcd(now().getMinute()) << 8 | bcd(now().getSecond()) : word(TR);
            case DR ->
                runs
                        ? bcd(now().getYear() % 100) << 16
                                | now().getDayOfWeek().getValue() << 13
                                | bcd(now().getMonthValue()) << 8
                                | bcd(now().getDayOfMonth())
                        : word(DR);
            case SSR -> {
                int ticks = (word(0x10) & 0x7FFF) + 1;
                yield ticks - 1 - (int) ((now().toLocalTime().toNanoOfDay() % 1_000_000_000) * ticks / 1_000_000_000);
            }
            // INITF follows INIT; the shadow registers count as synchronised, and the calendar as set.
            case ISR -> word(ISR) & ~0x40 | (word(ISR) & INIT) >>> 1 | 0x37;
            default -> word(offset);
        };
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        if (!writable.getAsBoolean()) {
            setWord(offset, old);
            monitor()
                    .suspicious("write of 0x" + hex(written) + " to " + registerName(offset)
                            + " while the backup domain is write-protected (PWR DBP): it has no effect");
        } else if (hasCalendar() && offset == ISR) {
            initialisation((old & INIT) != 0, (written & INIT) != 0);
        }
    }

    private void initialisation(boolean before, boolean after) {
        if (after && !before) {
            change(ISR, INIT, false);
            int clock = onRead(TR);
            int date = onRead(DR);
            setWord(TR, clock);
            setWord(DR, date);
            change(ISR, INIT, true);
        } else if (before && !after) {
            int clock = word(TR);
            int date = word(DR);
            try {
                LocalDateTime set = LocalDateTime.of(
                        2000 + number(date >>> 16 & 0xFF),
                        number(date >>> 8 & 0x1F),
                        number(date & 0x3F),
                        number(clock >>> 16 & 0x3F),
                        number(clock >>> 8 & 0x7F),
                        number(clock & 0x7F));
                setTo = Duration.between(START, set).toNanos();
                setAt = time.nanos();
            } catch (DateTimeException none) {
                monitor().suspicious("the RTC is set to no date: TR 0x" + hex(clock) + ", DR 0x" + hex(date));
            }
        }
    }

    @Override
    public long[] save() {
        return saveWith(setAt, setTo);
    }

    @Override
    public void restore(long[] from) {
        super.restore(from);
        setAt = more(from, 0);
        setTo = more(from, 1);
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
