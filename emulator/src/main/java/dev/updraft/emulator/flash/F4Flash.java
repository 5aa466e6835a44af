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
 * Flash memory and interface of the STM32F4 (RM0090 section 3): one or two banks of up to 12 sectors, no ECC, programmed by 1, 2 or 4 bytes; bits
 * that are 1 can be cleared at any time. While a bank is busy, code that runs from it stands still (RM0090 3.5.2).
 */
public final class F4Flash extends StmFlash {
    /** Of 1 MB in one bank. */
    public static final FlashGeometry GEOMETRY = FlashGeometry.ofSectors(4, false, sizes());

    private static final int SECTORS_A_BANK = 12;
    /** What SNB calls the first sector of the second bank (RM0090 3.9.8). */
    private static final int SECOND_BANK = 16;

    private static final int ACR = 0x00;
    private static final int KEYR = 0x04;
    private static final int OPTKEYR = 0x08;
    private static final int SR = 0x0C;
    private static final int CR = 0x10;
    private static final int OPTCR = 0x14;

    private static final int KEY1 = 0x45670123;
    private static final int KEY2 = 0xCDEF89AB;
    private static final int OPTKEY1 = 0x08192A3B;
    private static final int OPTKEY2 = 0x4C5D6E7F;

    private static final int EOP = 1;
    private static final int OPERR = 1 << 1;
    private static final int WRPERR = 1 << 4;
    private static final int PGPERR = 1 << 6;
    private static final int PGSERR = 1 << 7;
    private static final int ERRORS = OPERR | WRPERR | 1 << 5 | PGPERR | PGSERR;
    private static final int BSY = 1 << 16;

    private static final int PG = 1;
    private static final int SER = 1 << 1;
    private static final int MER = 1 << 2;
    private static final int MER1 = 1 << 15;
    private static final int STRT = 1 << 16;
    private static final int EOPIE = 1 << 24;
    private static final int ERRIE = 1 << 25;
    private static final int LOCK = 1 << 31;
    private static final int CR_STORED = PG | SER | MER | MER1 | 0x1F << 3 | 3 << 8 | EOPIE | ERRIE;

    private static final int OPTLOCK = 1;
    private static final int OPTSTRT = 1 << 1;
    private static final int OPTCR_VALUE = 0x0FFFFFEC;
    private static final int OPTCR_DEFAULT = 0x0FFFAAEC;
    private static final long OPTION_NANOS = 250_000_000;

    private final FlashEngine engine;
    private final FlashTiming timing;
    private final ChipTime time;
    private final FlashGeometry geometry;
    private final int bankSize;
    private final IntPredicate runsFromBank;
    private final InterruptLine interrupt;
    private final Registers registers;
    private int options = OPTCR_DEFAULT;
    private int keysSeen;
    private int optionKeysSeen;
    private boolean lockedUntilReset;
    private boolean optionsLockedUntilReset;

    /**
     * @param banks 1 or 2
     * @param runsFromBank whether the instruction under way was fetched from bank 0 or 1
     */
    public F4Flash(
            FlashGeometry geometry,
            int banks,
            FlashOperations operations,
            FlashTiming timing,
            ChipTime time,
            IntPredicate runsFromBank,
            InterruptLine interrupt,
            AccessMonitor monitor) {
        super(new FlashArray(geometry));
        this.geometry = geometry;
        bankSize = geometry.size() / banks;
        this.timing = timing;
        this.time = time;
        this.runsFromBank = runsFromBank;
        this.interrupt = interrupt;
        engine = new FlashEngine("flash", array(), operations, time, this);
        registers = new Registers(monitor);
    }

    private static int[] sizes() {
        int kib = 1024;
        return new int[] {
            16 * kib, 16 * kib, 16 * kib, 16 * kib, 64 * kib, 128 * kib, 128 * kib, 128 * kib, 128 * kib, 128 * kib,
            128 * kib, 128 * kib
        };
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
        return array().read(offset, width);
    }

    /** The bus holds the processor until the operation is over (RM0090 3.5.2). */
    private void waitUntilDone() {
        time.clock().stall(engine.remaining());
        engine.finishNow();
    }

    @Override
    public void write(int offset, int width, int value) {
        if (engine.busy()) {
            waitUntilDone();
        }
        int parallelism = 1 << (registers.cr() >>> 8 & 3);
        if ((registers.cr() & (LOCK | PG)) != PG || (registers.cr() & (SER | MER | MER1)) != 0) {
            registers.fail(PGSERR);
        } else if (width != parallelism) {
            registers.fail(PGPERR);
        } else if (isProtected(geometry.sectorAt(offset))) {
            registers.fail(WRPERR);
        } else {
            byte[] data = new byte[width];
            LittleEndian.put(data, 0, width, value);
            begin(offset, bankSize, () -> engine.program(offset, data, timing.programNanos()));
        }
    }

    private boolean isProtected(int sector) {
        return sector < SECTORS_A_BANK && (options >>> 16 + sector & 1) == 0; // nWRP: 0 protects
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
        } else {
            guardBusy(bank * bankSize, bank * bankSize + Math.max(size, bankSize));
        }
    }

    private void erase() {
        int cr = registers.cr();
        int number = cr >>> 3 & 0x1F;
        int sector = number < SECOND_BANK ? number : number - SECOND_BANK + SECTORS_A_BANK;
        boolean exists = number < SECTORS_A_BANK || number >= SECOND_BANK && bankSize < geometry.size();
        int parallelism = 1 << (cr >>> 8 & 3);
        // x16 takes about 1.4 times, x8 twice as long as x32 (DS8626 table 40).
        double slower = parallelism == 1 ? 2 : parallelism == 2 ? 1.4 : 1;
        if ((cr & PG) != 0 || (cr & (SER | MER | MER1)) == 0) {
            registers.fail(PGSERR);
        } else if ((cr & (MER | MER1)) != 0) {
            if ((options >>> 16 & 0xFFF) != 0xFFF) {
                registers.fail(WRPERR);
                return;
            }
            int from = (cr & MER) != 0 ? 0 : bankSize;
            int size = ((cr & MER1) != 0 ? geometry.size() : bankSize) - from;
            begin(from, size, () -> engine.erase(from, size, Math.round(timing.eraseNanos(size) * slower)));
        } else if (!exists || sector >= geometry.sectors()) {
            registers.fail(OPERR);
        } else if (isProtected(sector)) {
            registers.fail(WRPERR);
        } else {
            int size = geometry.sectorSize(sector);
            int start = geometry.sectorStart(sector);
            begin(start, size, () -> engine.erase(start, size, Math.round(timing.eraseNanos(size) * slower)));
        }
    }

    @Override
    public void finished() {
        guardNothingBusy();
        registers.operationDone();
    }

    /** What a snapshot of the controller holds. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Snapshot(
            @Nullable FlashSnapshot array,
            FlashEngine.Snapshot engine,
            long[] registers,
            int options,
            int keysSeen,
            int optionKeysSeen,
            boolean lockedUntilReset,
            boolean optionsLockedUntilReset,
            int busyFrom,
            int busyTo) {}

    @Override
    public Object save() {
        return save(array().save());
    }

    @Override
    public Object saveController() {
        return save(null);
    }

    private Snapshot save(@Nullable FlashSnapshot cells) {
        return new Snapshot(
                cells,
                engine.save(),
                registers.save(),
                options,
                keysSeen,
                optionKeysSeen,
                lockedUntilReset,
                optionsLockedUntilReset,
                busyFrom(),
                busyTo());
    }

    @Override
    public void restore(Object from) {
        Snapshot snapshot = (Snapshot) from;
        restoreArray(snapshot.array);
        guardBusy(snapshot.busyFrom, snapshot.busyTo);
        engine.restore(snapshot.engine);
        registers.restore(snapshot.registers);
        options = snapshot.options;
        keysSeen = snapshot.keysSeen;
        optionKeysSeen = snapshot.optionKeysSeen;
        lockedUntilReset = snapshot.lockedUntilReset;
        optionsLockedUntilReset = snapshot.optionsLockedUntilReset;
    }

    /** The register interface at 0x40023C00 (RM0090 3.9). */
    private final class Registers extends RegisterBlock {
        Registers(AccessMonitor monitor) {
            super("FLASH", 0x400, monitor);
            register(ACR, "ACR", 0, 0x1F07);
            register(KEYR, "KEYR", 0, 0);
            register(OPTKEYR, "OPTKEYR", 0, 0);
            register(SR, "SR", 0, 0);
            register(CR, "CR", LOCK, 0);
            register(OPTCR, "OPTCR", OPTCR_DEFAULT | OPTLOCK, 0);
            register(0x18, "OPTCR1", 0x0FFF0000, 0);
        }

        int cr() {
            return word(CR);
        }

        void fail(int error) {
            change(SR, error, true);
            if ((word(CR) & ERRIE) != 0) {
                change(SR, OPERR, true); // RM0090 3.9.4: OPERR is only set with ERRIE
            }
            update();
        }

        void operationDone() {
            if ((word(CR) & EOPIE) != 0) {
                change(SR, EOP, true); // RM0090 3.9.4: EOP is only set with EOPIE
            }
            change(CR, STRT, false);
            change(OPTCR, OPTSTRT, false);
            update();
        }

        private void update() {
            boolean done = bit(SR, EOP) && bit(CR, EOPIE);
            boolean failed = bit(SR, OPERR) && bit(CR, ERRIE);
            interrupt.drive(done || failed);
        }

        @Override
        protected boolean isSteady(int offset) {
            return offset == SR;
        }

        @Override
        protected int onRead(int offset) {
            return switch (offset) {
                case KEYR, OPTKEYR -> 0;
                case SR -> word(SR) & ~BSY | (engine.busy() ? BSY : 0);
                default -> word(offset);
            };
        }

        @Override
        protected void onWrite(int offset, int written, int old) {
            switch (offset) {
                case KEYR -> key(written);
                case OPTKEYR -> optionKey(written);
                case SR -> {
                    change(SR, written & (EOP | ERRORS), false);
                    update();
                }
                case CR -> control(written);
                case OPTCR -> option(written);
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
            if (!bit(CR, LOCK)) {
                monitor().suspicious("write of a key to FLASH.KEYR while FLASH.CR is not locked");
            }
            keysSeen = 0;
            lockedUntilReset = true;
            change(CR, LOCK, true);
            throw new BusFault(0x40023C04, "wrong key to FLASH.KEYR: FLASH.CR stays locked until reset (RM0090 3.6.1)");
        }

        private void optionKey(int key) {
            if (!optionsLockedUntilReset && bit(OPTCR, OPTLOCK) && key == (optionKeysSeen == 0 ? OPTKEY1 : OPTKEY2)) {
                optionKeysSeen++;
                if (optionKeysSeen == 2) {
                    optionKeysSeen = 0;
                    change(OPTCR, OPTLOCK, false);
                }
                return;
            }
            optionKeysSeen = 0;
            optionsLockedUntilReset = true;
            change(OPTCR, OPTLOCK, true);
            throw new BusFault(
                    0x40023C08, "wrong key to FLASH.OPTKEYR: FLASH.OPTCR stays locked until reset (RM0090 3.7.2)");
        }

        private void control(int written) {
            if (bit(CR, LOCK)) {
                if ((written & ~LOCK) != 0) {
                    monitor().suspicious("write of 0x" + hex(written) + " to FLASH.CR while it is locked");
                }
                return;
            }
            if (engine.busy()) {
                waitUntilDone(); // RM0090 3.9.5: the bus stalls until BSY is clear
            }
            setWord(CR, written & (CR_STORED | LOCK));
            update();
            if ((written & STRT) != 0) {
                change(CR, STRT, true);
                erase();
                if (!engine.busy()) {
                    change(CR, STRT, false);
                }
            }
        }

        private void option(int written) {
            if (bit(OPTCR, OPTLOCK)) {
                return;
            }
            if ((written & 0xFF00) == 0xCC00) {
                monitor().notModelled("FLASH.OPTCR: read protection level 2, which can never be taken back");
                return;
            }
            setWord(OPTCR, written & (OPTCR_VALUE | OPTLOCK));
            if ((written & OPTSTRT) != 0) {
                // Time passes, but a torn option byte is not modelled: the new value holds at once.
                options = written & OPTCR_VALUE;
                time.clock().stall(time.cyclesOfNanos(OPTION_NANOS));
            }
        }

        @Override
        public void reset() {
            super.reset();
            setWord(OPTCR, options | OPTLOCK);
            keysSeen = 0;
            optionKeysSeen = 0;
            lockedUntilReset = false;
            optionsLockedUntilReset = false;
            update();
        }
    }
}
