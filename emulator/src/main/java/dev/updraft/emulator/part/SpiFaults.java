package dev.updraft.emulator.part;

/**
 * What can go wrong on the wires between a part and the chip, by the number of the byte: parts count what they are asked for, from the
 * last {@link #clear} on. Not kept in snapshots.
 */
public final class SpiFaults {
    private long count;
    private long silentFrom = Long.MAX_VALUE;
    private long silentUntil = Long.MAX_VALUE;
    private long wrongAt = -1;
    private int wrongBit;

    /** Nothing goes wrong any more, and counting begins at 0. */
    public void clear() {
        count = 0;
        silentFrom = Long.MAX_VALUE;
        silentUntil = Long.MAX_VALUE;
        wrongAt = -1;
    }

    /** Bytes exchanged while the part was selected. */
    public long count() {
        return count;
    }

    /** The part neither hears nor answers from byte {@code from} on, until byte {@code until}. */
    public void silence(long from, long until) {
        silentFrom = from;
        silentUntil = until;
    }

    /** Byte {@code number} reaches the chip with one bit changed. */
    public void wrongBit(long number, int bit) {
        wrongAt = number;
        wrongBit = bit & 7;
    }

    /** Whether the part is silent at the byte that comes now. */
    public boolean isSilent() {
        return count >= silentFrom && count < silentUntil;
    }

    /** Counts a byte, and changes it on its way. */
    int pass(int answer) {
        return count++ == wrongAt ? answer ^ 1 << wrongBit : answer;
    }
}
