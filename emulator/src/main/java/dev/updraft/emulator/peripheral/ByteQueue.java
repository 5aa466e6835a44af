package dev.updraft.emulator.peripheral;

/** A small FIFO of a peripheral, at most 16 entries. */
final class ByteQueue {
    private final int[] entries;
    private int count;

    ByteQueue(int depth) {
        entries = new int[depth];
    }

    int size() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean isFull() {
        return count == entries.length;
    }

    void put(int value) {
        entries[count++] = value;
    }

    int take() {
        int first = entries[0];
        count--;
        System.arraycopy(entries, 1, entries, 0, count);
        return first;
    }

    void clear() {
        count = 0;
    }

    int depth() {
        return entries.length;
    }

    /** All entries; needs as many longs as the depth, and one. */
    void saveTo(long[] out, int at) {
        out[at] = count;
        for (int i = 0; i < entries.length; i++) {
            out[at + 1 + i] = entries[i];
        }
    }

    void restoreFrom(long[] from, int at) {
        count = (int) from[at];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = (int) from[at + 1 + i];
        }
    }
}
