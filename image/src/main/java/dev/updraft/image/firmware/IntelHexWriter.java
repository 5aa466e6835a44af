package dev.updraft.image.firmware;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes Intel HEX with linear addresses and 16 bytes a record, as GNU objcopy does. */
final class IntelHexWriter {
    private static final int DATA = 0;
    private static final int END = 1;
    private static final int LINEAR = 4;
    private static final int START_LINEAR = 5;
    private static final int RECORD = 16;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final OutputStream out;
    private long upper;

    private IntelHexWriter(OutputStream out) {
        this.out = out;
    }

    static void write(Firmware firmware, OutputStream out) throws IOException {
        BufferedOutputStream buffered = new BufferedOutputStream(out, 1 << 16);
        IntelHexWriter writer = new IntelHexWriter(buffered);
        for (Segment segment : firmware.segments()) {
            writer.segment(segment);
        }
        if (firmware.entry().isPresent()) {
            writer.record(0, START_LINEAR, bigEndian(firmware.entry().getAsLong(), 4), 4);
        }
        writer.record(0, END, new byte[0], 0);
        buffered.flush();
    }

    private void segment(Segment segment) throws IOException {
        byte[] data = new byte[RECORD];
        int at = 0;
        while (at < segment.bytes().length()) {
            long address = segment.address() + at;
            if (address >>> 16 != upper) {
                upper = address >>> 16;
                record(0, LINEAR, bigEndian(upper, 2), 2);
            }
            int offset = (int) (address & 0xffff);
            // no record crosses a border of 64 KB: readers do not agree on what that means
            int length = Math.min(Math.min(RECORD, segment.bytes().length() - at), 0x10000 - offset);
            segment.bytes().slice(at, at + length).asBuffer().get(data, 0, length);
            record(offset, DATA, data, length);
            at += length;
        }
    }

    private void record(int offset, int type, byte[] data, int length) throws IOException {
        byte[] bytes = new byte[length + 5];
        bytes[0] = (byte) length;
        bytes[1] = (byte) (offset >> 8);
        bytes[2] = (byte) offset;
        bytes[3] = (byte) type;
        System.arraycopy(data, 0, bytes, 4, length);
        int sum = 0;
        for (byte b : bytes) {
            sum += b;
        }
        bytes[length + 4] = (byte) -sum;
        out.write((":" + HEX.formatHex(bytes) + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] bigEndian(long number, int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (number >>> 8 * (size - 1 - i));
        }
        return bytes;
    }
}
