package dev.updraft.rehearsal.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A FAT16 volume without partition table, as a PC leaves it on a card (Microsoft FAT specification, "On-Disk Format"). */
final class FatVolume {
    private static final int SECTOR = 512; // and cluster
    private static final int TABLES = 2;
    private static final int CLUSTERS = 8000; // from 4085 on a volume is FAT16
    private static final int TABLE_SECTORS = Math.ceilDiv(2 * (CLUSTERS + 2), SECTOR);
    private static final int ROOT_ENTRIES = 512;
    private static final int ENTRY = 32;
    private static final int ROOT = (1 + TABLES * TABLE_SECTORS) * SECTOR;
    private static final int DATA = ROOT + ROOT_ENTRIES * ENTRY;

    private final ByteBuffer volume =
            ByteBuffer.allocate(DATA + CLUSTERS * SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    private int entries;
    private int nextCluster = 2;

    private FatVolume() {}

    /** @param files by their 8.3 names as the directory has them, without the dot */
    static byte[] of(Map<String, byte[]> files) {
        FatVolume card = new FatVolume();
        card.writeBootSector();
        files.forEach(card::add);
        return card.volume.array();
    }

    private void writeBootSector() {
        volume.put(0, new byte[] {(byte) 0xEB, 0x3C, (byte) 0x90})
                .putShort(11, (short) SECTOR)
                .put(13, (byte) 1)
                .putShort(14, (short) 1)
                .put(16, (byte) TABLES)
                .putShort(17, (short) ROOT_ENTRIES)
                .putShort(19, (short) (volume.capacity() / SECTOR))
                .put(21, (byte) 0xF8)
                .putShort(22, (short) TABLE_SECTORS)
                .putShort(510, (short) 0xAA55);
        link(0, 0xFFF8);
        link(1, 0xFFFF);
    }

    private void add(String name, byte[] content) {
        int entry = ROOT + ENTRY * entries++;
        int clusters = Math.ceilDiv(content.length, SECTOR);
        volume.put(entry, name.getBytes(StandardCharsets.US_ASCII))
                .putShort(entry + 26, (short) nextCluster)
                .putInt(entry + 28, content.length);
        volume.put(DATA + (nextCluster - 2) * SECTOR, content);
        for (int i = 1; i <= clusters; i++) {
            link(nextCluster, i == clusters ? 0xFFFF : nextCluster + 1);
            nextCluster++;
        }
    }

    private void link(int cluster, int next) {
        for (int table = 0; table < TABLES; table++) {
            volume.putShort((1 + table * TABLE_SECTORS) * SECTOR + 2 * cluster, (short) next);
        }
    }
}
