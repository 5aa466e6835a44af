package dev.updraft.emulator.flash;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/** Content and instability of a flash memory. Sectors that do not change between snapshots are in memory once. */
public final class FlashSnapshot {
    final SectorCopy[] sectors;
    final List<UnstableRange> unstable;
    final int powerUps;
    final long unstableReads;

    FlashSnapshot(SectorCopy[] sectors, List<UnstableRange> unstable, int powerUps, long unstableReads) {
        this.sectors = sectors;
        this.unstable = unstable;
        this.powerUps = powerUps;
        this.unstableReads = unstableReads;
    }

    /** Whether the content is the same, whatever is unstable. */
    public boolean hasContentOf(FlashSnapshot other) {
        for (int i = 0; i < sectors.length; i++) {
            if (!Arrays.equals(sectors[i].bytes, other.sectors[i].bytes)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Names, by a SHA-256, all that can make a difference to whoever never looks at one sector: the content of the others, and how what
     * is unstable in them will read.
     */
    public ByteBuffer nameWithout(FlashGeometry geometry, int sector) {
        MessageDigest digest = SectorCopy.sha256();
        for (int i = 0; i < sectors.length; i++) {
            if (i != sector) {
                digest.update(sectors[i].digest());
            }
        }
        int from = geometry.sectorStart(sector);
        int to = from + geometry.sectorSize(sector);
        List<UnstableRange> others = unstable.stream()
                .filter(range -> range.offset < from || range.offset + range.length > to)
                .toList();
        others.forEach(range -> range.addTo(digest));
        // How often unstable units were read decides how the next one reads, if there is any.
        String around = powerUps + " " + sector + (others.isEmpty() ? "" : " " + unstableReads);
        digest.update(around.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(digest.digest());
    }
}
