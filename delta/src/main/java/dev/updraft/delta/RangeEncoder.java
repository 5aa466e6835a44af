package dev.updraft.delta;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** A range coder of 32 bits that holds its carry back, as LZMA's does, but without LZMA's leading zero byte. */
final class RangeEncoder implements BitCoder {
    /** Zeros that a decoder reads behind the end of a patch. */
    static final int BEYOND = 4;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long low;
    private long range = 0xFFFF_FFFFL;
    private int held = -1;
    private int full;

    @Override
    public int code(int probability, int bit) {
        long bound = (range >>> 16) * probability + ((range & 0xFFFF) * probability >>> 16);
        if (bit != 0) {
            range = bound;
        } else {
            low += bound;
            range -= bound;
        }
        while (range < 1 << 24) {
            shift();
            range = range << 8 & 0xFFFF_FFFFL;
        }
        return bit;
    }

    private void shift() {
        if (low < 0xFF00_0000L || low > 0xFFFF_FFFFL) {
            int carry = (int) (low >>> 32);
            if (held >= 0) {
                out.write(held + carry);
            }
            for (; full > 0; full--) {
                out.write(0xFF + carry);
            }
            held = (int) (low >>> 24) & 0xFF;
        } else {
            full++;
        }
        low = low << 8 & 0xFFFF_FFFFL;
    }

    /**
     * Ends the stream: exactly as many bytes as the decoder will have taken.
     *
     * @param last nothing follows: zeros that the decoder reads behind the end are left out
     */
    byte[] finish(boolean last) {
        if (last) {
            preferZeros();
        }
        for (int i = 0; i < 5; i++) {
            shift();
        }
        byte[] all = out.toByteArray();
        int length = all.length;
        for (int i = 0; last && i < BEYOND && length > 0 && all[length - 1] == 0; i++) {
            length--;
        }
        return Arrays.copyOf(all, length);
    }

    /** Of the values that decode to the same, the one that ends in the most zeros. */
    private void preferZeros() {
        for (int bits = 31; bits >= 0; bits--) {
            long mask = (1L << bits) - 1;
            long value = low + mask & ~mask;
            if (value < low + range) {
                low = value;
                return;
            }
        }
    }
}
