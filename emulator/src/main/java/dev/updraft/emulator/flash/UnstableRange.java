package dev.updraft.emulator.flash;

import dev.updraft.emulator.flash.Tear.Look;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** Units that an interrupted operation left between an old and a new content. */
final class UnstableRange {
    private static final long LOOK = 1;
    private static final long BITS = 2;
    private static final long VIEW = 3;

    final int offset;
    final int length;
    private final int unit;
    private final boolean ecc;
    private final Tear tear;
    /** Power-ups of the memory when it was torn. */
    private final int born;

    private byte[] old;
    private byte[] next;
    /** One byte a unit: not 0 when the unit has become stable again. */
    private byte[] settled;

    private boolean shared;

    UnstableRange(int offset, int unit, boolean ecc, byte[] old, byte[] next, Tear tear, int born) {
        this.offset = offset;
        this.length = old.length;
        this.unit = Math.min(unit, old.length);
        this.ecc = ecc;
        this.old = old;
        this.next = next;
        this.tear = tear;
        this.born = born;
        settled = new byte[old.length / this.unit];
    }

    private UnstableRange(UnstableRange from) {
        offset = from.offset;
        length = from.length;
        unit = from.unit;
        ecc = from.ecc;
        tear = from.tear;
        born = from.born;
        old = from.old;
        next = from.next;
        settled = from.settled;
        shared = true;
    }

    /** A copy for a snapshot; both share the arrays until one changes them. */
    UnstableRange copy() {
        shared = true;
        return new UnstableRange(this);
    }

    private void own() {
        if (shared) {
            old = old.clone();
            next = next.clone();
            settled = settled.clone();
            shared = false;
        }
    }

    /** Adds everything that decides how it reads. */
    void addTo(MessageDigest digest) {
        String shape = offset + " " + length + " " + unit + " " + tear + " " + born;
        digest.update(shape.getBytes(StandardCharsets.UTF_8));
        digest.update(old);
        digest.update(next);
        digest.update(settled);
    }

    boolean contains(int at) {
        return at >= offset && at < offset + length;
    }

    boolean overlaps(int from, int to) {
        return from < offset + length && to > offset;
    }

    int unitAt(int at) {
        return (at - offset) / unit;
    }

    int units() {
        return settled.length;
    }

    int unitSize() {
        return unit;
    }

    boolean settled(int index) {
        return settled[index] != 0;
    }

    void settle(int index) {
        own();
        settled[index] = 1;
    }

    boolean allSettled() {
        for (byte b : settled) {
            if (b == 0) {
                return false;
            }
        }
        return true;
    }

    /** How a unit looks since the last power-up; never ANY, UNTOUCHED or COMPLETE. */
    Look look(int index, int powerUps) {
        int ups = powerUps - born;
        Look look = ups <= 1 ? tear.first() : tear.later();
        if (look == Look.ANY) {
            look = draw(SeededRandom.of(tear.seed(), index, LOOK + 16L * Math.max(1, ups)));
        }
        if (!ecc) {
            return switch (look) {
                case UNREADABLE -> Look.MIX;
                case REFUSES -> Look.OLD;
                default -> look;
            };
        }
        return look;
    }

    private Look draw(long chance) {
        int percent = (int) Long.remainderUnsigned(chance, 100);
        if (!ecc) {
            return percent < 20 ? Look.OLD : percent < 40 ? Look.NEW : percent < 70 ? Look.MIX : Look.FLICKER;
        }
        if (percent < 15) {
            return Look.OLD;
        }
        if (percent < 30) {
            return Look.NEW;
        }
        if (percent < 40) {
            return Look.MIX;
        }
        return percent < 65 ? Look.FLICKER : percent < 85 ? Look.UNREADABLE : Look.REFUSES;
    }

    /**
     * Reads one unit into {@code into}.
     *
     * @param reads number of this read among all unstable reads of the memory: FLICKER differs with it
     */
    FlashArray.Health read(int index, int powerUps, long reads, byte[] into) {
        int from = index * unit;
        Look look = look(index, powerUps);
        long view = powerUps;
        if (look == Look.FLICKER) {
            long chance = SeededRandom.of(tear.seed() + reads, index, VIEW);
            view = chance;
            look = switch ((int) (chance >>> 60) & (ecc ? 3 : 2)) {
                case 0 -> Look.OLD;
                case 1 -> Look.UNREADABLE;
                case 2 -> (chance >>> 59 & 1) == 0 ? Look.NEW : Look.MIX;
                default -> Look.MIX;
            };
        }
        switch (look) {
            case OLD -> System.arraycopy(old, from, into, 0, unit);
            case NEW -> System.arraycopy(next, from, into, 0, unit);
            case REFUSES -> Arrays.fill(into, 0, unit, (byte) 0xFF);
            default -> mix(index, view, into);
        }
        if (look == Look.UNREADABLE) {
            return FlashArray.Health.UNCORRECTABLE;
        }
        if (look == Look.MIX && ecc && !matches(into, from)) {
            // SEC-DED corrects one wrong bit, finds two, and takes some of three and more for one: an eighth gets
            // through.
            return (SeededRandom.of(tear.seed(), index, view) & 7) == 0
                    ? FlashArray.Health.CORRECTED
                    : FlashArray.Health.UNCORRECTABLE;
        }
        return FlashArray.Health.GOOD;
    }

    private boolean matches(byte[] seen, int from) {
        return Arrays.equals(seen, 0, unit, old, from, from + unit)
                || Arrays.equals(seen, 0, unit, next, from, from + unit);
    }

    private void mix(int index, long view, byte[] into) {
        int from = index * unit;
        for (int i = 0; i < unit; i++) {
            int mask = (int) SeededRandom.of(tear.seed() ^ view, from + i, BITS) & 0xFF;
            into[i] = (byte) (old[from + i] & mask | next[from + i] & ~mask);
        }
    }

    /** Bits that are programmed to 0 are 0 for good, in either state; without ECC the unit is firm once the states agree. */
    void program(int at, byte data) {
        own();
        int i = at - offset;
        old[i] &= data;
        next[i] &= data;
    }

    /** A unit of an ECC memory was programmed over: it wants to hold the data, but its check bits are a mix. */
    void reprogram(int index, byte[] data, int from) {
        own();
        int start = index * unit;
        boolean zero = true;
        for (int i = 0; i < unit; i++) {
            old[start + i] &= data[from + i];
            next[start + i] = data[from + i];
            zero &= data[from + i] == 0;
        }
        if (zero) {
            settled[index] = 1; // all bits and all check bits are 0 for good
        }
    }
}
