package dev.updraft.image.compression;

import dev.updraft.image.Bytes;
import java.io.ByteArrayOutputStream;

/** Writes numbers of some bits each, most significant bit first. */
final class BitWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int pending;
    private int pendingBits;

    void write(int value, int bits) {
        for (int bit = bits - 1; bit >= 0; bit--) {
            pending = pending << 1 | value >>> bit & 1;
            if (++pendingBits == 8) {
                out.write(pending);
                pending = 0;
                pendingBits = 0;
            }
        }
    }

    /** Everything written, filled up with zero bits. */
    Bytes bytes() {
        if (pendingBits > 0) {
            write(0, 8 - pendingBits);
        }
        return Bytes.wrapping(out.toByteArray());
    }
}
