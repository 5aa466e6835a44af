package dev.updraft.emulator.flash;

import dev.updraft.emulator.flash.Tear.Look;
import dev.updraft.emulator.memory.LittleEndian;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The cells of one flash memory: bits go from 1 to 0 by programming and back to 1 by erasing whole sectors, and what an interrupted
 * operation touched is unstable until it is erased. {@link #bytes()} is right wherever nothing is unstable.
 */
public final class FlashArray {
    /** What the error correction says of a read; always GOOD without ECC. */
    public enum Health {
        GOOD,
        CORRECTED,
        UNCORRECTABLE
    }

    private final FlashGeometry geometry;
    private final byte[] bytes;
    private final List<UnstableRange> unstable = new ArrayList<>();
    private final byte[] unitBuffer;

    /** For each sector a copy that holds what it holds now, shared with snapshots and never changed; null when it changed since. */
    private final @Nullable SectorCopy[] copies;

    /** The watched range; empty when none is. */
    private int watchedFrom;

    private int watchedTo;
    private boolean watchedSeen;

    private int powerUps;
    private long unstableReads;
    private Health health = Health.GOOD;

    /** All erased. */
    public FlashArray(FlashGeometry geometry) {
        this.geometry = geometry;
        bytes = new byte[geometry.size()];
        Arrays.fill(bytes, (byte) 0xFF);
        unitBuffer = new byte[Math.max(geometry.unit(), 8)];
        copies = new SectorCopy[geometry.sectors()];
    }

    public FlashGeometry geometry() {
        return geometry;
    }

    /** The content; that of unstable units is how they looked at the last power-up. */
    public byte[] bytes() {
        return bytes;
    }

    private void changes(int offset, int length) {
        for (int sector = geometry.sectorAt(offset); sector < copies.length; sector++) {
            if (geometry.sectorStart(sector) >= offset + length) {
                return;
            }
            copies[sector] = null;
        }
    }

    /** Sets content as a production programmer does, and makes it stable. */
    public void load(int offset, byte[] content) {
        Objects.checkFromIndexSize(offset, content.length, bytes.length);
        if (content.length > 0) {
            changes(offset, content.length);
        }
        System.arraycopy(content, 0, bytes, offset, content.length);
        for (UnstableRange range : unstable) {
            for (int i = 0; i < range.units(); i++) {
                int at = range.offset + i * range.unitSize();
                if (at < offset + content.length && at + range.unitSize() > offset) {
                    range.settle(i);
                }
            }
        }
        unstable.removeIf(UnstableRange::allSettled);
    }

    /** Whether any unit is unstable. */
    public boolean isUnstable() {
        return !unstable.isEmpty();
    }

    /** Whether any unit in {@code [from, to)} is unstable. */
    public boolean isUnstable(int from, int to) {
        for (UnstableRange range : unstable) {
            if (range.overlaps(from, to)) {
                for (int i = range.unitAt(Math.max(from, range.offset)); i < range.units(); i++) {
                    if (range.offset + i * range.unitSize() >= to) {
                        break;
                    }
                    if (!range.settled(i)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** First offset that may be unstable. */
    public int unstableFrom() {
        int from = unstable.isEmpty() ? 0 : Integer.MAX_VALUE;
        for (UnstableRange range : unstable) {
            from = Math.min(from, range.offset);
        }
        return from;
    }

    /** End of what may be unstable. */
    public int unstableTo() {
        int to = 0;
        for (UnstableRange range : unstable) {
            to = Math.max(to, range.offset + range.length);
        }
        return to;
    }

    /** From now on {@link #unseenSinceWatched()} tells whether the content of this sector could have made a difference to anybody. */
    void watch(int sector) {
        watchedFrom = geometry.sectorStart(sector);
        watchedTo = watchedFrom + geometry.sectorSize(sector);
        watchedSeen = false;
    }

    private void watchNothing() {
        watchedFrom = 0;
        watchedTo = 0;
    }

    /** Whether the watched sector was erased before anything read it, programmed it or left it torn. */
    public boolean unseenSinceWatched() {
        return watchedFrom == watchedTo && !watchedSeen;
    }

    int watchedFrom() {
        return watchedFrom;
    }

    int watchedTo() {
        return watchedTo;
    }

    private void see(int from, int to) {
        watchedSeen |= from < watchedTo && to > watchedFrom;
    }

    /** Reads 1, 2 or 4 bytes with whatever an unstable unit gives this time; {@link #health()} tells the ECC's verdict. */
    public int read(int offset, int width) {
        health = Health.GOOD;
        see(offset, offset + width);
        int value = LittleEndian.get(bytes, offset, width);
        for (UnstableRange range : unstable.reversed()) { // what was torn last decides
            if (range.overlaps(offset, offset + width)) {
                value = overlay(range, offset, width, value);
            }
        }
        return value;
    }

    private int overlay(UnstableRange range, int offset, int width, int value) {
        int last = -1;
        int out = value;
        for (int i = 0; i < width; i++) {
            if (!range.contains(offset + i)) {
                continue;
            }
            int index = range.unitAt(offset + i);
            if (range.settled(index)) {
                continue;
            }
            if (index != last) {
                Health seen = range.read(index, powerUps, unstableReads++, unitBuffer);
                health = seen.compareTo(health) > 0 ? seen : health;
                last = index;
            }
            int b = unitBuffer[offset + i - range.offset - index * range.unitSize()] & 0xFF;
            out = out & ~(0xFF << i * 8) | b << i * 8;
        }
        return out;
    }

    /** What the ECC said of the last {@link #read}. */
    public Health health() {
        return health;
    }

    /**
     * Whether a unit of an ECC memory takes these bytes: it must be erased, all bits and check bits, or the data all zero (RM0351 3.3.7).
     *
     * @param data one or more whole units
     */
    public boolean accepts(int offset, byte[] data) {
        see(offset, offset + data.length);
        if (isAll(data, 0, data.length, (byte) 0)) {
            return true;
        }
        for (int at = offset; at < offset + data.length; at += geometry.unit()) {
            UnstableRange range = rangeAt(at);
            if (range == null || range.settled(range.unitAt(at))) {
                if (!isAll(bytes, at, geometry.unit(), (byte) 0xFF)) {
                    return false;
                }
                continue;
            }
            int index = range.unitAt(at);
            Health seen = range.read(index, powerUps, unstableReads++, unitBuffer);
            boolean looksErased = seen == Health.GOOD && isAll(unitBuffer, 0, geometry.unit(), (byte) 0xFF);
            boolean refuses = range.look(index, powerUps) == Look.REFUSES;
            if (!looksErased || refuses || (SeededRandom.of(unstableReads, at, 5) & 1) == 0) {
                return false;
            }
        }
        return true;
    }

    private @Nullable UnstableRange rangeAt(int at) {
        for (UnstableRange range : unstable) {
            if (range.contains(at)) {
                return range;
            }
        }
        return null;
    }

    private static boolean isAll(byte[] in, int from, int length, byte value) {
        for (int i = from; i < from + length; i++) {
            if (in[i] != value) {
                return false;
            }
        }
        return true;
    }

    /** Programs: bits go from 1 to 0. A unit with ECC that held something else already becomes unreadable (its check bits do not fit). */
    public void program(int offset, byte[] data) {
        Objects.checkFromIndexSize(offset, data.length, bytes.length);
        see(offset, offset + data.length);
        changes(offset, data.length);
        if (geometry.ecc()) {
            for (int at = 0; at < data.length; at += geometry.unit()) {
                programUnit(offset + at, data, at);
            }
            return;
        }
        for (int i = 0; i < data.length; i++) {
            bytes[offset + i] &= data[i];
            for (UnstableRange range : unstable) {
                if (range.contains(offset + i)) {
                    range.program(offset + i, data[i]);
                }
            }
        }
    }

    private void programUnit(int offset, byte[] data, int from) {
        int unit = geometry.unit();
        UnstableRange range = rangeAt(offset);
        boolean stable = range == null || range.settled(range.unitAt(offset));
        boolean erased = isAll(bytes, offset, unit, (byte) 0xFF);
        boolean zero = isAll(data, from, unit, (byte) 0);
        boolean same = Arrays.equals(bytes, offset, offset + unit, data, from, from + unit);
        byte[] before = Arrays.copyOfRange(bytes, offset, offset + unit);
        for (int i = 0; i < unit; i++) {
            bytes[offset + i] &= data[from + i];
        }
        if (range != null && !stable) {
            for (UnstableRange each : unstable) {
                if (each.contains(offset)) {
                    each.reprogram(each.unitAt(offset), data, from);
                }
            }
        } else if (!erased && !same && !zero) {
            byte[] now = Arrays.copyOfRange(bytes, offset, offset + unit);
            Tear forGood = new Tear(Look.UNREADABLE, Look.UNREADABLE, offset);
            unstable.add(new UnstableRange(offset, unit, true, before, now, forGood, powerUps));
        }
    }

    /** Erases whole sectors: the bytes are FF and stable. */
    public void erase(int offset, int length) {
        changes(offset, length);
        if (offset <= watchedFrom && watchedTo <= offset + length) {
            watchNothing();
        }
        Arrays.fill(bytes, offset, offset + length, (byte) 0xFF);
        unstable.removeIf(range -> range.offset >= offset && range.offset + range.length <= offset + length);
    }

    /** Leaves a program operation half done. */
    public void tearProgram(int offset, byte[] data, Tear tear) {
        switch (tear.first()) {
            case UNTOUCHED -> {}
            case COMPLETE -> program(offset, data);
            default -> {
                byte[] old = Arrays.copyOfRange(bytes, offset, offset + data.length);
                byte[] next = old.clone();
                for (int i = 0; i < next.length; i++) {
                    next[i] &= data[i];
                }
                becomeUnstable(offset, old, next, tear);
            }
        }
    }

    /** Leaves an erase of whole sectors half done. */
    public void tearErase(int offset, int length, Tear tear) {
        switch (tear.first()) {
            case UNTOUCHED -> {}
            case COMPLETE -> erase(offset, length);
            default -> {
                for (int at = offset; at < offset + length; ) {
                    int size = geometry.sectorSize(geometry.sectorAt(at));
                    byte[] old = Arrays.copyOfRange(bytes, at, at + size);
                    byte[] next = new byte[size];
                    Arrays.fill(next, (byte) 0xFF);
                    becomeUnstable(at, old, next, tear);
                    at += size;
                }
            }
        }
    }

    private void becomeUnstable(int offset, byte[] old, byte[] next, Tear tear) {
        int end = offset + old.length;
        see(offset, end);
        unstable.removeIf(range -> range.offset >= offset && range.offset + range.length <= end);
        // In front of older ranges that hold it, so that it is found first.
        unstable.addFirst(new UnstableRange(offset, geometry.unit(), geometry.ecc(), old, next, tear, powerUps));
        showLooks();
    }

    /** Power comes on: unstable units may look another way from now on. */
    public void powerUp() {
        powerUps++;
        showLooks();
    }

    /** Puts how unstable units look now into the bytes, for whoever reads those without asking (code fetches, dumps). */
    private void showLooks() {
        for (UnstableRange range : unstable.reversed()) {
            changes(range.offset, range.length);
            for (int i = 0; i < range.units(); i++) {
                if (!range.settled(i)) {
                    range.read(i, powerUps, 0, unitBuffer);
                    System.arraycopy(unitBuffer, 0, bytes, range.offset + i * range.unitSize(), range.unitSize());
                }
            }
        }
    }

    public FlashSnapshot save() {
        SectorCopy[] sectors = new SectorCopy[copies.length];
        for (int sector = 0; sector < copies.length; sector++) {
            SectorCopy copy = copies[sector];
            if (copy == null) {
                int start = geometry.sectorStart(sector);
                copy = new SectorCopy(Arrays.copyOfRange(bytes, start, start + geometry.sectorSize(sector)));
                copies[sector] = copy;
            }
            sectors[sector] = copy;
        }
        return new FlashSnapshot(
                sectors, unstable.stream().map(UnstableRange::copy).toList(), powerUps, unstableReads);
    }

    /** Told of each sector that a restore changed. */
    interface SectorListener {
        void changed(int offset, int length);
    }

    /** Takes over a snapshot of this memory or of one with the same geometry. */
    public void restore(FlashSnapshot from) {
        restore(from, (offset, length) -> {});
    }

    private static boolean anyOverlaps(List<UnstableRange> ranges, int from, int to) {
        for (UnstableRange range : ranges) {
            if (range.overlaps(from, to)) {
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings("ReferenceEquality") // the same copy needs no look at its bytes; another may still hold the same
    void restore(FlashSnapshot from, SectorListener listener) {
        for (int sector = 0; sector < geometry.sectors(); sector++) {
            int start = geometry.sectorStart(sector);
            int size = geometry.sectorSize(sector);
            SectorCopy saved = from.sectors[sector];
            boolean differs = copies[sector] != saved && !saved.matches(bytes, start);
            boolean mayDiffer =
                    anyOverlaps(unstable, start, start + size) || anyOverlaps(from.unstable, start, start + size);
            if (differs) {
                System.arraycopy(saved.bytes, 0, bytes, start, size);
            }
            copies[sector] = saved;
            if (differs || mayDiffer) {
                listener.changed(start, size);
            }
        }
        unstable.clear();
        from.unstable.forEach(range -> unstable.add(range.copy()));
        watchNothing();
        powerUps = from.powerUps;
        unstableReads = from.unstableReads;
    }
}
