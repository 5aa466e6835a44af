package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.InterruptLine;
import dev.updraft.emulator.chip.RegisterBlock;

/**
 * I2C master on an empty bus: nobody acknowledges an address. Version 1 is that of the F4 (RM0090 27.6), version 2 that of L4, G4 and H7 (RM0351 39.9).
 */
public final class I2c extends RegisterBlock {
    private static final int CR1 = 0x00;
    private static final int CR2 = 0x04;
    private static final int SR1 = 0x14;
    private static final int SR2 = 0x18;
    private static final int ISR = 0x18;
    private static final int ICR = 0x1C;
    private static final int DR = 0x10;

    private final boolean second;
    private final InterruptLine event;
    private final InterruptLine error;

    private I2c(String name, boolean second, InterruptLine event, InterruptLine error, AccessMonitor monitor) {
        super(name, 0x400, monitor);
        this.second = second;
        this.event = event;
        this.error = error;
    }

    public static I2c version1(String name, InterruptLine event, InterruptLine error, AccessMonitor monitor) {
        I2c unit = new I2c(name, false, event, error, monitor);
        String[] names = {"CR1", "CR2", "OAR1", "OAR2", "DR", "SR1", "SR2", "CCR", "TRISE", "FLTR"};
        for (int i = 0; i < names.length; i++) {
            unit.register(i * 4, names[i], i == 8 ? 2 : 0, i == 5 || i == 6 ? 0 : 0xFFFF);
        }
        return unit;
    }

    public static I2c version2(String name, InterruptLine event, InterruptLine error, AccessMonitor monitor) {
        I2c unit = new I2c(name, true, event, error, monitor);
        String[] names = {"CR1", "CR2", "OAR1", "OAR2", "TIMINGR", "TIMEOUTR", "ISR", "ICR", "PECR", "RXDR", "TXDR"};
        for (int i = 0; i < names.length; i++) {
            unit.register(i * 4, names[i], i == 6 ? 1 : 0, i >= 6 && i <= 9 ? 0 : -1);
        }
        return unit;
    }

    @Override
    protected int onRead(int offset) {
        int value = word(offset);
        if (!second && offset == SR2 && bit(SR1, 2)) {
            change(SR1, 2, false);
        }
        return value;
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        if (second) {
            write2(offset, written);
        } else {
            write1(offset, written);
        }
    }

    /** Start, then the address, which gets no acknowledge; stop frees the bus. */
    private void write1(int offset, int written) {
        int flags = word(SR1);
        switch (offset) {
            case CR1 -> {
                if ((written & 1 << 15) != 0) {
                    flags = 0;
                    setWord(SR2, 0);
                } else if ((written & 1 << 8) != 0 && (written & 1) != 0) {
                    flags |= 1; // SB
                    setWord(SR2, 3); // MSL, BUSY
                } else if ((written & 1 << 9) != 0) {
                    setWord(SR2, 0);
                }
                change(CR1, 3 << 8, false);
            }
            case DR -> {
                if ((flags & 1) != 0) {
                    flags = flags & ~1 | 1 << 10; // AF
                }
            }
            case SR1 -> flags &= written | 0xFF;
            default -> {}
        }
        setWord(SR1, flags);
        event.drive(bit(CR2, 1 << 9) && (flags & 1) != 0);
        error.drive(bit(CR2, 1 << 8) && (flags & 0xDF00) != 0);
    }

    private void write2(int offset, int written) {
        if (offset == CR2 && (written & 1 << 13) != 0) {
            change(CR2, 1 << 13, false);
            change(ISR, 1 << 4 | 1 << 5, true); // NACKF, and the stop that the master sends by itself
        } else if (offset == CR2 && (written & 1 << 14) != 0) {
            change(CR2, 1 << 14, false);
            change(ISR, 1 << 5, true);
        } else if (offset == ICR) {
            change(ISR, written & 0x3F38, false);
        } else if (offset == ISR && (written & 1) != 0) {
            change(ISR, 1, true);
        } else if (offset == CR1 && (written & 1) == 0) {
            setWord(ISR, 1);
        }
        int enabled = word(CR1) & 0x30;
        event.drive((word(ISR) & enabled) != 0);
    }

    @Override
    public void reset() {
        super.reset();
        event.drive(false);
        error.drive(false);
    }
}
