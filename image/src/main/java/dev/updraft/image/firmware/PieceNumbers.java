package dev.updraft.image.firmware;

import java.util.Arrays;

/** Which piece of a file each byte of a run came from; pieces of equal length with rising numbers, as records are, take one entry. */
final class PieceNumbers {
    /** Three numbers an entry: offset in the run, length of a piece, number of the first piece. */
    private static final int FIELDS = 3;

    private int[] entries = new int[FIELDS];
    private int count;

    void add(int offset, int length, int piece) {
        if (count > 0 && length == entries[count - 2] && piece == at(offset)) {
            return;
        }
        if (count == entries.length) {
            entries = Arrays.copyOf(entries, 2 * count);
        }
        entries[count] = offset;
        entries[count + 1] = length;
        entries[count + 2] = piece;
        count += FIELDS;
    }

    /** The number of the piece with the byte at {@code offset}. */
    int at(int offset) {
        int entry = count - FIELDS;
        while (entries[entry] > offset) {
            entry -= FIELDS;
        }
        return entries[entry + 2] + (offset - entries[entry]) / entries[entry + 1];
    }
}
