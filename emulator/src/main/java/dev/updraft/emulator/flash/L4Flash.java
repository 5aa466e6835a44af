package dev.updraft.emulator.flash;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.InterruptLine;
import dev.updraft.emulator.chip.RegisterBlock;
import dev.updraft.emulator.memory.BusFault;
import dev.updraft.emulator.memory.LittleEndian;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Flash memory and interface of the STM32L4, L4+, G4, WB and WL (RM0351 section 3): one or two banks of pages of one size, programmed by double words of
 * 8 bytes with ECC, each once between erases. One bank can be read while the other is busy.
 */
public final class L4Flash extends StmFlash {
    /** Of the STM32L476 with 1 MB, in two banks. */
    public static final FlashGeometry GEOMETRY = FlashGeometry.uniform(8, true, 512, 2048);

    private static final int ACR = 0x00;
    private static final int PDKEYR = 0x04;
    private static final int KEYR = 0x08;
    private static final int OPTKEYR = 0x0C;
    private static final int SR = 0x10;
    private static final int CR = 0x14;
    private static final int ECCR = 0x18;
    private static final int OPTR = 0x20;
    private static final int WRP1AR = 0x2C;
    private static final int WRP1BR = 0x30;
    private static final int WRP2AR = 0x4C;
    private static final int WRP2BR = 0x50;

    private static final int KEY1 = 0x45670123;
    private static final int KEY2 = 0xCDEF89AB;

    private static final int EOP = 1;
    private static final int OPERR = 1 << 1;
    private static final int PROGERR = 1 << 3;
    private static final int WRPERR = 1 << 4;
    private static final int PGAERR = 1 << 5;
    private static final int SIZERR = 1 << 6;
    private static final int PGSERR = 1 << 7;
    private static final int ERRORS = OPERR | PROGERR | WRPERR | PGAERR | SIZERR | PGSERR | 1 << 8 | 1 << 9;
    private static final int BSY = 1 << 16;

    private static final int PG = 1;
    private static final int PER = 1 << 1;
    private static final int MER1 = 1 << 2;
    private static final int MER2 = 1 << 15;
    private static final int STRT = 1 << 16;
    private static final int EOPIE = 1 << 24;
    private static final int ERRIE = 1 << 25;
    private static final int OPTLOCK = 1 << 30;
    private static final int LOCK = 1 << 31;
    private static final int CR_STORED = PG | PER | MER1 | 0xFF << 3 | 1 << 11 | MER2 | EOPIE | ERRIE;

    private static final int ECCIE = 1 << 24;
    private static final int ECCC = 1 << 30;
    private static final int ECCD = 1 << 31;

    private final int base;
    private final int bankSize;
    private final int pageSize;
    private final FlashEngine engine;
    private final FlashTiming timing;
    private final ChipTime time;
    private final IntPredicate runsFromBank;
    private final InterruptLine interrupt;
    private final Runnable nmi;
    private final Registers registers;

    private int keysSeen;
    private boolean lockedUntilReset;
    /** Offset of a double word of which the first half was written; -1: none. */
    private int half = -1;

    private int halfValue;

    /**
     * @param base of the registers
     * @param geometry pages of one size
     * @param banks 1 or 2
     * @param runsFromBank whether the instruction under way was fetched from bank 0 or 1
     * @param nmi raises the non-maskable interrupt
     */
    public L4Flash(
            int base,
            FlashGeometry geometry,
            int banks,
            FlashOperations operations,
            FlashTiming timing,
            ChipTime time,
            IntPredicate runsFromBank,
            InterruptLine interrupt,
            Runnable nmi,
            AccessMonitor monitor) {
        super(new FlashArray(geometry));
        this.base = base;
        bankSize = geometry.size() / banks;
        pageSize = geometry.sectorSize(0);
        this.timing = timing;
        this.time = time;
        this.runsFromBank = runsFromBank;
        this.interrupt = interrupt;
        this.nmi = nmi;
        engine = new FlashEngine("flash", array(), operations, time, this);
        registers = new Registers(monitor);
    }

    @Override
    public RegisterBlock registers() {
        return registers;
    }

    @Override
    public void interrupt(Tear tear) {
        engine.tear(tear);
        guardNothingBusy();
    }

    @Override
    public long busyCycles() {
        return engine.remaining();
    }

    @Override
    public int guardedRead(int offset, int width) {
        if (engine.busy() && offset >= busyFrom() && offset < busyTo()) {
            waitUntilDone();
        }
        int value = array().read(offset, width);
        registers.ecc(offset, array().health());
        return value;
    }

    private void waitUntilDone() {
        time.clock().stall(engine.remaining());
        engine.finishNow();
    }

    @Override
    public void write(int offset, int width, int value) {
        if (engine.busy()) {
            waitUntilDone();
        }
        int cr = registers.cr();
        if ((cr & (LOCK | PG)) != PG || registers.failedBefore()) {
            registers.fail(PGSERR); // RM0351 3.7.5: also when an earlier error flag is still set
        } else if (width != 4) {
            registers.fail(SIZERR);
        } else if (half < 0 && (offset & 7) == 0) {
            half = offset;
            halfValue = value;
        } else if (half < 0 || offset != half + 4) {
            half = -1;
            registers.fail(PGAERR);
        } else {
            byte[] data = new byte[8];
            LittleEndian.put(data, 0, 4, halfValue);
            LittleEndian.put(data, 4, 4, value);
            int at = half;
            half = -1;
            program(at, data);
        }
    }

    private void program(int offset, byte[] data) {
        if (registers.isProtected(offset / pageSize)) {
            registers.fail(WRPERR);
        } else if (!array().accepts(offset, data)) {
            registers.fail(PROGERR);
        } else {
            begin(offset, bankSize, () -> engine.program(offset, data, timing.programNanos()));
        }
    }

    private void erase() {
        int cr = registers.cr();
        boolean page = (cr & PER) != 0;
        boolean mass = (cr & (MER1 | MER2)) != 0;
        if ((cr & PG) != 0 || page == mass || registers.failedBefore()) {
            registers.fail(PGSERR);
        } else if (page) {
            int number = cr >>> 3 & 0xFF;
            boolean second = bankSize < array().geometry().size() && (cr >>> 11 & 1) != 0;
            if (number >= bankSize / pageSize) {
                registers.fail(PGSERR);
                return;
            }
            number += second ? bankSize / pageSize : 0;
            if (registers.isProtected(number)) {
                registers.fail(WRPERR);
                return;
            }
            int offset = number * pageSize;
            begin(offset, bankSize, () -> engine.erase(offset, pageSize, timing.eraseNanos(pageSize)));
        } else if (registers.anyProtected()) {
            registers.fail(WRPERR);
        } else {
            boolean two = bankSize < array().geometry().size();
            int from = (cr & MER1) != 0 || !two ? 0 : bankSize;
            int to = (cr & MER2) != 0 && two ? 2 * bankSize : bankSize;
            begin(from, to - from, () -> engine.erase(from, to - from, timing.eraseNanos(pageSize)));
        }
    }

    /** @param size of what is busy: one bank or both */
    private void begin(int offset, int size, Runnable operation) {
        operation.run();
        if (!engine.busy()) {
            return; // the power went
        }
        int bank = offset / bankSize;
        if (runsFromBank.test(bank) || size > bankSize && runsFromBank.test(1 - bank)) {
            time.clock().stall(engine.remaining());
        }
        guardBusy(bank * bankSize, bank * bankSize + Math.max(bankSize, size));
    }

    @Override
    public void finished() {
        guardNothingBusy();
        registers.operationDone();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Snapshot(
            @Nullable FlashSnapshot array, FlashEngine.Snapshot engine, long[] registers, int[] numbers) {}

    @Override
    public Object save() {
        return save(array().save());
    }

    @Override
    public Object saveController() {
        return save(null);
    }

    private Snapshot save(@Nullable FlashSnapshot cells) {
        return new Snapshot(cells, engine.save(), registers.save(), new int[] {
            keysSeen, lockedUntilReset ? 1 : 0, half, halfValue, busyFrom(), busyTo()
        });
    }

    @Override
    public void restore(Object from) {
        Snapshot snapshot = (Snapshot) from;
        restoreArray(snapshot.array);
        engine.restore(snapshot.engine);
        registers.restore(snapshot.registers);
        keysSeen = snapshot.numbers[0];
        lockedUntilReset = snapshot.numbers[1] != 0;
        half = snapshot.numbers[2];
        halfValue = snapshot.numbers[3];
        guardBusy(snapshot.numbers[4], snapshot.numbers[5]);
    }

    /** The register interface (RM0351 3.7). */
    private final class Registers extends RegisterBlock {
        Registers(AccessMonitor monitor) {
            super("FLASH", 0x400, monitor);
            register(ACR, "ACR", 0x600, 0x7F07);
            register(PDKEYR, "PDKEYR", 0, 0);
            register(KEYR, "KEYR", 0, 0);
            register(OPTKEYR, "OPTKEYR", 0, 0);
            register(SR, "SR", 0, 0);
            register(CR, "CR", LOCK | OPTLOCK, 0);
            refuse(CR, 1 << 17 | 1 << 18 | 1 << 27, "option programming and fast programming are not modelled");
            register(ECCR, "ECCR", 0, ECCIE);
            register(OPTR, "OPTR", 0xFFEFF8AA, 0);
            register(0x24, "PCROP1SR", 0xFFFFFFFF, 0);
            register(0x28, "PCROP1ER", 0xFFFF0000, 0);
            register(WRP1AR, "WRP1AR", 0xFF00FFFF, 0);
            register(WRP1BR, "WRP1BR", 0xFF00FFFF, 0);
            register(0x44, "PCROP2SR", 0xFFFFFFFF, 0);
            register(0x48, "PCROP2ER", 0xFFFF0000, 0);
            register(WRP2AR, "WRP2AR", 0xFF00FFFF, 0);
            register(WRP2BR, "WRP2BR", 0xFF00FFFF, 0);
        }

        int cr() {
            return word(CR);
        }

        boolean failedBefore() {
            return bit(SR, ERRORS);
        }

        boolean isProtected(int number) {
            int inBank = number % (bankSize / pageSize);
            return number < bankSize / pageSize
                    ? within(word(WRP1AR), inBank) || within(word(WRP1BR), inBank)
                    : within(word(WRP2AR), inBank) || within(word(WRP2BR), inBank);
        }

        boolean anyProtected() {
            for (int number = 0; number < array().geometry().sectors(); number++) {
                if (isProtected(number)) {
                    return true;
                }
            }
            return false;
        }

        private static boolean within(int range, int page) {
            return page >= (range & 0xFF) && page <= (range >>> 16 & 0xFF);
        }

        void fail(int error) {
            half = -1;
            change(SR, error, true);
            if (bit(CR, ERRIE)) {
                change(SR, OPERR, true);
            }
            update();
        }

        void operationDone() {
            if (bit(CR, EOPIE)) {
                change(SR, EOP, true); // RM0351 3.7.5: EOP is only set with EOPIE
            }
            change(CR, STRT, false);
            update();
        }

        void ecc(int offset, FlashArray.Health health) {
            if (health == FlashArray.Health.GOOD || bit(ECCR, ECCC | ECCD)) {
                if (health == FlashArray.Health.UNCORRECTABLE) {
                    nmi.run();
                }
                return; // RM0351 3.7.7: the address is kept while a flag is set
            }
            int address = offset % bankSize & ~7 | (offset >= bankSize ? 1 << 19 : 0);
            setWord(ECCR, word(ECCR) & ECCIE | address);
            if (health == FlashArray.Health.UNCORRECTABLE) {
                change(ECCR, ECCD, true);
                nmi.run();
            } else {
                change(ECCR, ECCC, true);
            }
            update();
        }

        private void update() {
            interrupt.drive(bit(SR, EOP) && bit(CR, EOPIE)
                    || bit(SR, OPERR) && bit(CR, ERRIE)
                    || bit(ECCR, ECCC) && bit(ECCR, ECCIE));
        }

        @Override
        protected boolean isSteady(int offset) {
            return offset == SR;
        }

        @Override
        protected int onRead(int offset) {
            return offset == SR ? word(SR) | (engine.busy() ? BSY : 0) : word(offset);
        }

        @Override
        protected void onWrite(int offset, int written, int old) {
            switch (offset) {
                case KEYR -> key(written);
                case OPTKEYR -> monitor().notModelled("write to FLASH.OPTKEYR: option bytes cannot be changed");
                case SR -> {
                    change(SR, written & (EOP | ERRORS), false);
                    update();
                }
                case ECCR -> {
                    change(ECCR, written & (ECCC | ECCD), false);
                    update();
                }
                case CR -> control(written);
                default -> {}
            }
        }

        private void key(int key) {
            if (!lockedUntilReset && bit(CR, LOCK) && key == (keysSeen == 0 ? KEY1 : KEY2)) {
                keysSeen++;
                if (keysSeen == 2) {
                    keysSeen = 0;
                    change(CR, LOCK, false);
                }
                return;
            }
            keysSeen = 0;
            lockedUntilReset = true;
            change(CR, LOCK, true);
            throw new BusFault(base + 8, "wrong key to FLASH.KEYR: FLASH.CR stays locked until reset (RM0351 3.3.5)");
        }

        private void control(int written) {
            if (bit(CR, LOCK)) {
                if ((written & ~(LOCK | OPTLOCK)) != 0) {
                    monitor().suspicious("write of 0x" + hex(written) + " to FLASH.CR while it is locked");
                }
                return;
            }
            if (engine.busy()) {
                waitUntilDone(); // RM0351 3.7.6: the register cannot be written while BSY is set
            }
            setWord(CR, written & (CR_STORED | LOCK) | OPTLOCK);
            if ((written & PG) == 0) {
                half = -1;
            }
            update();
            if ((written & STRT) != 0) {
                change(CR, STRT, true);
                erase();
                if (!engine.busy()) {
                    change(CR, STRT, false);
                }
            }
        }

        @Override
        public void reset() {
            super.reset();
            keysSeen = 0;
            lockedUntilReset = false;
            half = -1;
            update();
        }
    }
}
