package dev.updraft.emulator.flash;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.InterruptLine;
import dev.updraft.emulator.chip.RegisterBlock;
import dev.updraft.emulator.memory.BusFault;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Flash memory and interface of the STM32H72x to H75x (RM0433 section 4): one or two banks of up to 8 sectors of 128 KB, each with a controller of its own; programmed
 * by flash words of 32 bytes with ECC, which must not be programmed twice. A read with two wrong bits is a bus fault.
 */
public final class H7Flash extends StmFlash {
    /** Of 2 MB in two banks. */
    public static final FlashGeometry GEOMETRY = FlashGeometry.uniform(32, true, 16, 128 * 1024);

    static final int SECTOR = 128 * 1024;
    static final int WORD = 32;

    private final H7FlashBank[] banks;
    private final int bankSize;
    private final H7FlashRegisters registers;

    /**
     * @param geometry sectors of 128 KB
     * @param bankCount 1 or 2
     * @param runsFromBank whether the instruction under way was fetched from bank 0 or 1
     */
    public H7Flash(
            FlashGeometry geometry,
            int bankCount,
            FlashOperations operations,
            FlashTiming timing,
            ChipTime time,
            IntPredicate runsFromBank,
            InterruptLine interrupt,
            AccessMonitor monitor) {
        super(new FlashArray(geometry));
        banks = new H7FlashBank[bankCount];
        bankSize = geometry.size() / bankCount;
        registers = new H7FlashRegisters(monitor, banks, bankSize, interrupt);
        for (int i = 0; i < bankCount; i++) {
            banks[i] = new H7FlashBank(i, this, operations, timing, time, runsFromBank, registers);
        }
    }

    @Override
    public RegisterBlock registers() {
        return registers;
    }

    @Override
    public void interrupt(Tear tear) {
        for (H7FlashBank bank : banks) {
            bank.engine().tear(tear);
            bank.forgetBuffer();
        }
        busyChanged();
    }

    @Override
    public long busyCycles() {
        return Arrays.stream(banks)
                .mapToLong(bank -> bank.engine().remaining())
                .max()
                .orElse(0);
    }

    /** Guards the banks that are busy. */
    void busyChanged() {
        boolean first = banks[0].engine().busy();
        boolean second = banks.length > 1 && banks[1].engine().busy();
        guardBusy(first ? 0 : second ? bankSize : 0, second ? 2 * bankSize : first ? bankSize : 0);
    }

    @Override
    public int guardedRead(int offset, int width) {
        int bank = offset / bankSize;
        banks[bank].waitUntilDone();
        int value = array().read(offset, width);
        switch (array().health()) {
            case GOOD -> {}
            case CORRECTED -> registers.ecc(bank, offset, H7FlashRegisters.SNECCERR);
            case UNCORRECTABLE -> {
                registers.ecc(bank, offset, H7FlashRegisters.DBECCERR);
                throw new BusFault(
                        0x0800_0000 + offset,
                        "double ECC error in flash at 0x" + Integer.toHexString(0x0800_0000 + offset)
                                + " (RM0433 4.7.9)");
            }
        }
        return value;
    }

    /** A read by DMA: an uncorrectable error latches DBECCERR and gives data all the same (RM0433 4.7.9). */
    public int dmaRead(int offset, int width) {
        int value = array().read(offset, width);
        if (array().health() == FlashArray.Health.UNCORRECTABLE) {
            registers.ecc(offset / bankSize, offset, H7FlashRegisters.DBECCERR);
        }
        return value;
    }

    @Override
    public void write(int offset, int width, int value) {
        banks[offset / bankSize].write(offset, width, value);
    }

    /** Each bank hears of the end of its own operations. */
    @Override
    public void finished() {}

    private record Snapshot(@Nullable FlashSnapshot array, List<Object> banks, Object registers) {}

    @Override
    public Object save() {
        return save(array().save());
    }

    @Override
    public Object saveController() {
        return save(null);
    }

    private Snapshot save(@Nullable FlashSnapshot cells) {
        return new Snapshot(cells, Arrays.stream(banks).map(H7FlashBank::save).toList(), registers.save());
    }

    @Override
    public void restore(Object from) {
        Snapshot snapshot = (Snapshot) from;
        restoreArray(snapshot.array);
        for (int i = 0; i < banks.length; i++) {
            banks[i].restore(snapshot.banks.get(i));
        }
        registers.restore((long[]) snapshot.registers);
        busyChanged();
    }
}
