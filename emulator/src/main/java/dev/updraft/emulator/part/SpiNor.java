package dev.updraft.emulator.part;

import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.flash.FlashArray;
import dev.updraft.emulator.flash.FlashEngine;
import dev.updraft.emulator.flash.FlashGeometry;
import dev.updraft.emulator.flash.FlashOperations;
import dev.updraft.emulator.flash.FlashSnapshot;
import dev.updraft.emulator.flash.Tear;
import java.util.Arrays;

/**
 * SPI NOR flash with the usual commands (Winbond W25Q family): 4 KB sectors, 64 KB blocks, pages of 256 bytes, three address bytes; fails as
 * the chip's own flash does when power goes.
 */
public final class SpiNor implements SpiPart, FlashEngine.Owner {
    private static final int SECTOR = 4096;
    private static final int BLOCK_32K = 32 * 1024;
    private static final int BLOCK_64K = 64 * 1024;
    private static final int PAGE = 256;
    private static final int WRITE_ENABLED = 2;

    // W25Q128JV, typical: page 0.4 ms, sector 45 ms, 32 KB 120 ms, 64 KB 150 ms, chip 40 s.
    private static final long PAGE_NANOS = 400_000;
    private static final long SECTOR_NANOS = 45_000_000;
    private static final long BLOCK_32K_NANOS = 120_000_000;
    private static final long BLOCK_64K_NANOS = 150_000_000;
    private static final long CHIP_NANOS = 40_000_000_000L;

    private final FlashArray array;
    private final FlashEngine engine;
    private final int capacityCode;
    private final byte[] page = new byte[PAGE];

    private boolean powered;
    private boolean selected;
    private boolean writeEnabled;
    private boolean asleep;
    private int command = -1;
    private final SpiFaults wires = new SpiFaults();
    private int count;
    private int address;
    private int pageBytes;

    /** @param size bytes, a power of two from 64 KiB to 16 MiB */
    public SpiNor(int size, FlashOperations operations, ChipTime time) {
        if (Integer.bitCount(size) != 1 || size < BLOCK_64K || size > 16 << 20) {
            throw new IllegalArgumentException(
                    "an SPI NOR flash has a power of two from 64 KiB to 16 MiB, not " + size);
        }
        array = new FlashArray(FlashGeometry.uniform(1, false, size / SECTOR, SECTOR));
        engine = new FlashEngine("spi-nor", array, operations, time, this);
        capacityCode = Integer.numberOfTrailingZeros(size);
    }

    /** The cells. */
    public FlashArray array() {
        return array;
    }

    @Override
    public void contentChanged(int offset, int length) {
        // Nobody keeps what it read.
    }

    @Override
    public void finished() {
        writeEnabled = false;
    }

    @Override
    public void powerUp() {
        powered = true;
        asleep = false;
        writeEnabled = false;
        command = -1;
        array.powerUp();
    }

    @Override
    public void powerDown() {
        powered = false;
    }

    /** The power goes: an operation under way is left torn. */
    public void interrupt(Tear tear) {
        engine.tear(tear);
    }

    @Override
    public void select(boolean on) {
        if (selected && !on) {
            execute();
        }
        selected = on;
        command = -1;
        count = 0;
    }

    /** What can be made to go wrong on its wires. */
    public SpiFaults wires() {
        return wires;
    }

    @Override
    public int transfer(int value) {
        if (!selected || !powered) {
            return 0xFF;
        }
        return wires.pass(wires.isSilent() ? 0xFF : exchange(value));
    }

    private int exchange(int value) {
        if (command < 0) {
            command = value;
            count = 0;
            address = 0;
            pageBytes = 0;
            return 0xFF;
        }
        count++;
        if (asleep && command != 0xAB) {
            return 0xFF;
        }
        if (command == 0x05) {
            return (engine.busy() ? 1 : 0) | (writeEnabled ? WRITE_ENABLED : 0);
        }
        return engine.busy() ? 0xFF : answer(value);
    }

    private int answer(int value) {
        return switch (command) {
            case 0x03 -> read(value, 3);
            case 0x0B -> read(value, 4);
            case 0x35, 0x15 -> 0;
            case 0x9F -> count == 1 ? 0xEF : count == 2 ? 0x40 : count == 3 ? capacityCode : 0;
            case 0x90 -> count < 4 ? 0xFF : (count & 1) == 0 ? 0xEF : capacityCode - 1;
            case 0xAB -> count < 4 ? 0xFF : capacityCode - 1;
            case 0x02 -> {
                if (count <= 3) {
                    takeAddress(value);
                } else {
                    page[pageBytes++ % PAGE] = (byte) value;
                }
                yield 0xFF;
            }
            case 0x20, 0x52, 0xD8 -> {
                takeAddress(value);
                yield 0xFF;
            }
            default -> 0xFF;
        };
    }

    private void takeAddress(int value) {
        if (count <= 3) {
            address = (address << 8 | value) & array.bytes().length - 1;
        }
    }

    private int read(int value, int lead) {
        takeAddress(value);
        if (count <= lead) {
            return 0xFF;
        }
        int out = array.read(address, 1);
        address = address + 1 & array.bytes().length - 1;
        return out;
    }

    /** Most commands act when the chip select rises. */
    private void execute() {
        if (engine.busy() || !powered || asleep && command != 0xAB) {
            return;
        }
        switch (command) {
            case 0x06 -> writeEnabled = true;
            case 0x04 -> writeEnabled = false;
            case 0xB9 -> asleep = true;
            case 0xAB -> asleep = false;
            case 0x02 -> programPage();
            case 0x20 -> erase(SECTOR, SECTOR_NANOS);
            case 0x52 -> erase(BLOCK_32K, BLOCK_32K_NANOS);
            case 0xD8 -> erase(BLOCK_64K, BLOCK_64K_NANOS);
            case 0x60, 0xC7 -> {
                if (writeEnabled) {
                    engine.erase(0, array.bytes().length, CHIP_NANOS);
                }
            }
            default -> {}
        }
    }

    private void erase(int size, long nanos) {
        if (writeEnabled && count == 3) {
            engine.erase(address & -size, size, nanos);
        }
    }

    /** Bytes wrap within the page; of more than 256 the last count. */
    private void programPage() {
        if (!writeEnabled || pageBytes == 0) {
            return;
        }
        int base = address & -PAGE;
        byte[] whole = new byte[PAGE];
        Arrays.fill(whole, (byte) 0xFF);
        int bytes = Math.min(pageBytes, PAGE);
        for (int i = 0; i < bytes; i++) {
            int sent = pageBytes - bytes + i;
            whole[address - base + sent & PAGE - 1] = page[sent % PAGE];
        }
        engine.program(base, whole, PAGE_NANOS);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Snapshot(
            FlashSnapshot array, FlashEngine.Snapshot engine, boolean[] flags, int[] numbers, byte[] page) {}

    @Override
    public Object save() {
        return new Snapshot(
                array.save(),
                engine.save(),
                new boolean[] {powered, selected, writeEnabled, asleep},
                new int[] {command, count, address, pageBytes},
                page.clone());
    }

    @Override
    public void restore(Object from) {
        Snapshot snapshot = (Snapshot) from;
        array.restore(snapshot.array);
        engine.restore(snapshot.engine);
        powered = snapshot.flags[0];
        selected = snapshot.flags[1];
        writeEnabled = snapshot.flags[2];
        asleep = snapshot.flags[3];
        command = snapshot.numbers[0];
        count = snapshot.numbers[1];
        address = snapshot.numbers[2];
        pageBytes = snapshot.numbers[3];
        System.arraycopy(snapshot.page, 0, page, 0, PAGE);
    }
}
