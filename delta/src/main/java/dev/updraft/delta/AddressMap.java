package dev.updraft.delta;

/**
 * Where what stood at an address of the old image stands in the new one: pieces of the address space, each with what is added. Addresses in RAM are in it as
 * well.
 */
final class AddressMap {
    static final AddressMap NONE = new AddressMap(new long[0], new int[0]);

    private final long[] starts;
    private final int[] shifts;

    /**
     * Makes a map.
     *
     * @param starts first address of each piece, rising
     * @param shifts what is added from there to the next start
     */
    AddressMap(long[] starts, int[] shifts) {
        this.starts = starts;
        this.shifts = shifts;
    }

    long start(int piece) {
        return starts[piece];
    }

    int shift(int piece) {
        return shifts[piece];
    }

    int size() {
        return starts.length;
    }

    /** The last piece that starts at or below an address; -1 when there is none. */
    private int piece(long address) {
        int low = -1;
        int high = starts.length;
        while (high - low > 1) {
            int middle = low + high >>> 1;
            if (starts[middle] <= address) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    int map(int address) {
        int piece = piece(address & 0xFFFF_FFFFL);
        return piece < 0 ? address : address + shifts[piece];
    }

    /** An old address that maps to a new one: by the first piece that holds one. -1 when there is none. */
    long back(long address, long oldEnd) {
        long first = starts.length == 0 ? oldEnd : starts[0];
        if (address < first) {
            return address;
        }
        for (int i = 0; i < starts.length; i++) {
            long from = address - shifts[i];
            if (from >= starts[i] && from < (i + 1 < starts.length ? starts[i + 1] : oldEnd)) {
                return from;
            }
        }
        return -1;
    }
}
