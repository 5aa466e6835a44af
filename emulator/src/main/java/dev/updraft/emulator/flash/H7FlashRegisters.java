package dev.updraft.emulator.flash;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.InterruptLine;
import dev.updraft.emulator.chip.RegisterBlock;
import dev.updraft.emulator.memory.BusFault;

/** The register interface at 0x52002000: bank 1 at 0, bank 2 at 0x100 (RM0433 4.9). */
final class H7FlashRegisters extends RegisterBlock {
    static final int WRPERR = 1 << 17;
    static final int PGSERR = 1 << 18;
    static final int STRBERR = 1 << 19;
    static final int INCERR = 1 << 21;
    static final int SNECCERR = 1 << 25;
    static final int DBECCERR = 1 << 26;

    private static final int ACR = 0x00;
    private static final int KEYR = 0x04;
    private static final int CR = 0x0C;
    private static final int SR = 0x10;
    private static final int CCR = 0x14;
    private static final int OPTCR = 0x18;
    private static final int WPSN = 0x38;
    private static final int ECC_FA = 0x60;
    private static final int BANK_STEP = 0x100;

    private static final int KEY1 = 0x45670123;
    private static final int KEY2 = 0xCDEF89AB;

    private static final int LOCK = 1;
    private static final int PG = 1 << 1;
    private static final int SER = 1 << 2;
    private static final int BER = 1 << 3;
    private static final int FW = 1 << 6;
    private static final int START = 1 << 7;
    private static final int INTERRUPTS = 0x0FEF0000;
    private static final int CR_STORED = PG | SER | BER | 3 << 4 | 7 << 8 | INTERRUPTS;

    private static final int BSY = 1;
    private static final int WBNE = 1 << 1;
    private static final int QW = 1 << 2;
    private static final int EOP = 1 << 16;
    private static final int OPERR = 1 << 22;
    private static final int BLOCKING = WRPERR | PGSERR | STRBERR | INCERR | OPERR;
    private static final int OPTION_DEFAULT = 0x1406AAF0;

    private final H7FlashBank[] banks;
    private final int bankSize;
    private final InterruptLine interrupt;
    private final int[] keysSeen = new int[2];
    private final boolean[] lockedUntilReset = new boolean[2];

    H7FlashRegisters(AccessMonitor monitor, H7FlashBank[] banks, int bankSize, InterruptLine interrupt) {
        super("FLASH", 0x400, monitor);
        this.banks = banks;
        this.bankSize = bankSize;
        this.interrupt = interrupt;
        for (int bank = 0; bank < banks.length; bank++) {
            int base = bank * BANK_STEP;
            int n = bank + 1;
            register(base + ACR, "ACR", 0x37, 0x3F);
            register(base + KEYR, "KEYR" + n, 0, 0);
            register(base + 0x08, "OPTKEYR", 0, 0);
            register(base + CR, "CR" + n, LOCK, 0);
            refuse(base + CR, 1 << 15, "the CRC unit of the flash is not modelled");
            register(base + SR, "SR" + n, 0, 0);
            register(base + CCR, "CCR" + n, 0, 0);
            register(base + OPTCR, "OPTCR", 1, 0);
            register(base + 0x1C, "OPTSR_CUR", OPTION_DEFAULT, 0);
            register(base + 0x20, "OPTSR_PRG", OPTION_DEFAULT, 0);
            register(base + 0x24, "OPTCCR", 0, 0);
            register(base + 0x28, "PRAR_CUR" + n, 0xFF, 0);
            register(base + 0x2C, "PRAR_PRG" + n, 0xFF, 0);
            register(base + 0x30, "SCAR_CUR" + n, 0xFF, 0);
            register(base + 0x34, "SCAR_PRG" + n, 0xFF, 0);
            register(base + WPSN, "WPSN_CUR" + n, 0xFF, 0);
            register(base + 0x3C, "WPSN_PRG" + n, 0xFF, 0);
            register(base + 0x40, "BOOT_CUR", 0x1FF00800, 0);
            register(base + 0x44, "BOOT_PRG", 0x1FF00800, 0);
            register(base + ECC_FA, "ECC_FA" + n, 0, 0);
        }
    }

    int sectorsABank() {
        return bankSize / H7Flash.SECTOR;
    }

    boolean mayProgram(int bank) {
        int at = bank * BANK_STEP;
        return (word(at + CR) & (LOCK | PG)) == PG && !bit(at + SR, BLOCKING);
    }

    boolean isProtected(int bank, int sector) {
        return (word(bank * BANK_STEP + WPSN) >>> sector & 1) == 0;
    }

    void fail(int bank, int error) {
        change(bank * BANK_STEP + SR, error, true);
        update();
    }

    void ecc(int bank, int offset, int flag) {
        int at = bank * BANK_STEP;
        if (!bit(at + SR, SNECCERR | DBECCERR)) {
            setWord(at + ECC_FA, offset % bankSize / H7Flash.WORD);
        }
        change(at + SR, flag, true);
        update();
    }

    void operationDone(int bank) {
        int at = bank * BANK_STEP;
        change(at + SR, EOP, true);
        change(at + CR, START | FW, false);
        update();
    }

    /** Each interrupt enable is at the place of its flag. */
    private void update() {
        boolean high = false;
        for (int bank = 0; bank < banks.length; bank++) {
            int at = bank * BANK_STEP;
            high |= (word(at + SR) & word(at + CR) & INTERRUPTS) != 0;
        }
        interrupt.drive(high);
    }

    @Override
    protected boolean isSteady(int offset) {
        return offset % BANK_STEP == SR;
    }

    @Override
    protected int onRead(int offset) {
        int bank = offset / BANK_STEP;
        if (bank < banks.length && offset % BANK_STEP == SR) {
            boolean busy = banks[bank].engine().busy();
            return word(offset) | (busy ? BSY | QW : 0) | (banks[bank].bufferInUse() ? WBNE : 0);
        }
        return word(offset);
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        int bank = offset / BANK_STEP;
        int at = bank * BANK_STEP;
        switch (offset - at) {
            case KEYR -> key(bank, written);
            case CR -> control(bank, written);
            case CCR -> {
                change(at + SR, written & (0x0FEF0000), false);
                update();
            }
            case 0x08, OPTCR, 0x20 ->
                monitor().notModelled("write to " + registerName(offset) + ": option bytes cannot be changed");
            default -> {}
        }
    }

    private void key(int bank, int key) {
        int at = bank * BANK_STEP;
        if (!lockedUntilReset[bank] && bit(at + CR, LOCK) && key == (keysSeen[bank] == 0 ? KEY1 : KEY2)) {
            keysSeen[bank]++;
            if (keysSeen[bank] == 2) {
                keysSeen[bank] = 0;
                change(at + CR, LOCK, false);
            }
            return;
        }
        keysSeen[bank] = 0;
        lockedUntilReset[bank] = true;
        change(at + CR, LOCK, true);
        throw new BusFault(
                0x52002000 + at + KEYR,
                "wrong key to " + registerName(at + KEYR) + ": the bank stays locked until reset (RM0433 4.5.1)");
    }

    private void control(int bank, int written) {
        int at = bank * BANK_STEP;
        if (bit(at + CR, LOCK)) {
            if ((written & ~LOCK) != 0) {
                monitor()
                        .suspicious(
                                "write of 0x" + hex(written) + " to " + registerName(at + CR) + " while it is locked");
            }
            return;
        }
        banks[bank].waitUntilDone();
        setWord(at + CR, written & (CR_STORED | LOCK));
        if ((written & PG) == 0) {
            banks[bank].forgetBuffer();
        }
        if ((written & FW) != 0 && (written & PG) != 0) {
            change(at + CR, FW, true);
            banks[bank].program();
        }
        if ((written & START) != 0) {
            start(bank, written);
        }
        update();
    }

    private void start(int bank, int written) {
        int at = bank * BANK_STEP;
        if (bit(at + SR, BLOCKING) || (written & PG) != 0 || (written & (SER | BER)) == 0) {
            fail(bank, PGSERR);
        } else if ((written & BER) != 0) {
            if ((word(at + WPSN) & 0xFF) != 0xFF) {
                fail(bank, WRPERR);
                return;
            }
            change(at + CR, START, true);
            banks[bank].erase(bank * bankSize, bankSize);
        } else if ((written >>> 8 & 7) >= sectorsABank()) {
            fail(bank, PGSERR);
        } else if (isProtected(bank, written >>> 8 & 7)) {
            fail(bank, WRPERR);
        } else {
            change(at + CR, START, true);
            banks[bank].erase(bank * bankSize + (written >>> 8 & 7) * H7Flash.SECTOR, H7Flash.SECTOR);
        }
    }

    @Override
    public void reset() {
        super.reset();
        for (int bank = 0; bank < banks.length; bank++) {
            keysSeen[bank] = 0;
            lockedUntilReset[bank] = false;
        }
        update();
    }

    @Override
    public long[] save() {
        return saveWith(keysSeen[0], keysSeen[1], lockedUntilReset[0] ? 1 : 0, lockedUntilReset[1] ? 1 : 0);
    }

    @Override
    public void restore(long[] from) {
        super.restore(from);
        for (int bank = 0; bank < banks.length; bank++) {
            keysSeen[bank] = (int) more(from, bank);
            lockedUntilReset[bank] = more(from, 2 + bank) != 0;
        }
    }
}
