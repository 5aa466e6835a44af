package dev.updraft.image.compression;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;

/** Reads numbers of some bits each, most significant bit first. */
final class BitReader {
    private final Bytes bytes;
    private int at;
    private int bit = 8;

    BitReader(Bytes bytes) {
        this.bytes = bytes;
    }

    int read(int bits) {
        int value = 0;
        for (int i = 0; i < bits; i++) {
            if (at == bytes.length()) {
                throw new ImageException("The packed payload is cut short.");
            }
            bit--;
            value = value << 1 | bytes.u8(at) >>> bit & 1;
            if (bit == 0) {
                bit = 8;
                at++;
            }
        }
        return value;
    }
}
