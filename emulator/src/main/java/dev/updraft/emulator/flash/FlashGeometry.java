package dev.updraft.emulator.flash;

import java.util.Arrays;

/**
 * How a flash memory is divided.
 *
 * @param sectorStarts offset of each erase unit (sector, page), ascending from 0
 * @param size bytes in all
 * @param unit bytes that are programmed together and, with ECC, checked together
 * @param ecc whether each unit carries check bits, so that a torn one can give a read error and refuse programming
 */
@SuppressWarnings("ArrayRecordComponent") // built once a chip, never compared
public record FlashGeometry(int[] sectorStarts, int size, int unit, boolean ecc) {
    /** Sectors of the given sizes in bytes, in order. */
    public static FlashGeometry ofSectors(int unit, boolean ecc, int... sizes) {
        int[] starts = new int[sizes.length];
        int size = 0;
        for (int i = 0; i < sizes.length; i++) {
            starts[i] = size;
            size += sizes[i];
        }
        return new FlashGeometry(starts, size, unit, ecc);
    }

    /** {@code count} sectors of one size. */
    public static FlashGeometry uniform(int unit, boolean ecc, int count, int sectorSize) {
        int[] sizes = new int[count];
        Arrays.fill(sizes, sectorSize);
        return ofSectors(unit, ecc, sizes);
    }

    public int sectors() {
        return sectorStarts.length;
    }

    /** Number of the sector that holds an offset. */
    public int sectorAt(int offset) {
        int found = Arrays.binarySearch(sectorStarts, offset);
        return found >= 0 ? found : -found - 2;
    }

    public int sectorStart(int sector) {
        return sectorStarts[sector];
    }

    public int sectorSize(int sector) {
        return (sector + 1 < sectorStarts.length ? sectorStarts[sector + 1] : size) - sectorStarts[sector];
    }
}
