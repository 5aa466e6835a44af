package dev.updraft.image.firmware;

import dev.updraft.image.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** Intel HEX (Intel, Hexadecimal Object File Format Specification, 1988): record types 00 to 05. */
final class IntelHexReader {
    private static final int DATA = 0;
    private static final int END = 1;
    private static final int SEGMENT = 2;
    private static final int START_SEGMENT = 3;
    private static final int LINEAR = 4;
    private static final int START_LINEAR = 5;

    /** Length, two bytes of offset, type: in front of the data; the checksum follows it. */
    private static final int HEAD = 4;

    private final TextRecords lines;
    private final MemoryMap memory = new MemoryMap(line -> "line " + line);
    private long base;
    /** Under a segment base an offset beyond 0xffff comes back to the segment's start. */
    private boolean segmented;

    private OptionalLong entry = OptionalLong.empty();

    private IntelHexReader(InputStream in) {
        lines = new TextRecords(in, Format.INTEL_HEX);
    }

    static Firmware read(InputStream in) throws IOException {
        return new IntelHexReader(in).read();
    }

    private Firmware read() throws IOException {
        boolean ended = false;
        while (lines.next()) {
            if (ended) {
                throw lines.here("there is more after the end record");
            }
            ended = record();
        }
        if (!ended) {
            throw new ImageException("Intel HEX: the file is cut short, it has no end record (:00000001FF).");
        }
        if (memory.isEmpty()) {
            throw new ImageException("Intel HEX: the file holds no data.");
        }
        return new Firmware(Format.INTEL_HEX, memory.segments(), entry);
    }

    /** True for the end record. */
    private boolean record() {
        if (lines.charAt(0) != ':') {
            throw lines.at(1, "a record starts with ':'");
        }
        byte[] bytes = lines.bytesFrom(1);
        if (bytes.length < HEAD + 1) {
            throw lines.at(lines.length(), "the record is cut short");
        }
        int length = bytes[0] & 0xff;
        if (bytes.length != HEAD + length + 1) {
            throw lines.at(
                    2, "the record says it has " + length + " data bytes, and it has " + (bytes.length - HEAD - 1));
        }
        checkSum(bytes);
        int offset = (bytes[1] & 0xff) << 8 | bytes[2] & 0xff;
        int type = bytes[3] & 0xff;
        switch (type) {
            case DATA -> data(offset, bytes, length);
            case END -> need(length, 0);
            case SEGMENT -> {
                need(length, 2);
                base = number(bytes, 2) << 4;
                segmented = true;
            }
            case LINEAR -> {
                need(length, 2);
                base = number(bytes, 2) << 16;
                segmented = false;
            }
            case START_SEGMENT -> {
                need(length, 4);
                long codeAndInstruction = number(bytes, 4);
                entry = OptionalLong.of((codeAndInstruction >>> 16 << 4) + (codeAndInstruction & 0xffff));
            }
            case START_LINEAR -> {
                need(length, 4);
                entry = OptionalLong.of(number(bytes, 4));
            }
            default -> throw lines.at(8, String.format("record type %02X does not exist; there are 00 to 05", type));
        }
        return type == END;
    }

    private void checkSum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length - 1; i++) {
            sum += bytes[i];
        }
        int expected = -sum & 0xff;
        int actual = bytes[bytes.length - 1] & 0xff;
        if (actual != expected) {
            throw lines.at(
                    lines.length() - 1,
                    String.format("the checksum is %02X, and the record's bytes give %02X", actual, expected));
        }
    }

    private void data(int offset, byte[] bytes, int length) {
        int first = Math.min(length, 0x10000 - offset);
        if (base + offset + first > 1L << 32) {
            throw lines.here("the data goes beyond the 32-bit address space");
        }
        memory.add(base + offset, bytes, HEAD, first, lines.number());
        if (first < length) {
            if (!segmented && base + 0x10000 >= 1L << 32) {
                throw lines.here("the data goes beyond the 32-bit address space");
            }
            memory.add(segmented ? base : base + 0x10000, bytes, HEAD + first, length - first, lines.number());
        }
    }

    private void need(int length, int wanted) {
        if (length != wanted) {
            throw lines.at(2, "a record of this type has " + wanted + " data bytes, and this one has " + length);
        }
    }

    private static long number(byte[] bytes, int size) {
        long number = 0;
        for (int i = 0; i < size; i++) {
            number = number << 8 | bytes[HEAD + i] & 0xff;
        }
        return number;
    }
}
