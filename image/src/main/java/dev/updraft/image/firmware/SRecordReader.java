package dev.updraft.image.firmware;

import dev.updraft.image.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** Motorola S-records S0 to S9 (srec(5)). */
final class SRecordReader {
    private static final int CHECKSUM = 1;

    private final TextRecords lines;
    private final MemoryMap memory = new MemoryMap(line -> "line " + line);
    private long dataRecords;
    private OptionalLong entry = OptionalLong.empty();

    private SRecordReader(InputStream in) {
        lines = new TextRecords(in, Format.SREC);
    }

    static Firmware read(InputStream in) throws IOException {
        return new SRecordReader(in).read();
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
            throw new ImageException("Motorola S-record: the file is cut short, it has no end record (S7, S8 or S9).");
        }
        if (memory.isEmpty()) {
            throw new ImageException("Motorola S-record: the file holds no data.");
        }
        return new Firmware(Format.SREC, memory.segments(), entry);
    }

    /** True for an end record. */
    private boolean record() {
        if (lines.length() < 2 || Character.toUpperCase(lines.charAt(0)) != 'S') {
            throw lines.at(1, "a record starts with 'S' and a digit");
        }
        char type = lines.charAt(1);
        int addressSize = addressSize(type);
        byte[] bytes = lines.bytesFrom(2);
        if (bytes.length == 0 || bytes.length != 1 + (bytes[0] & 0xff)) {
            throw lines.at(
                    3,
                    "the record says that " + (bytes.length == 0 ? 0 : bytes[0] & 0xff)
                            + " bytes follow, and there are " + Math.max(0, bytes.length - 1));
        }
        int dataAt = 1 + addressSize;
        int length = bytes.length - dataAt - CHECKSUM;
        if (length < 0) {
            throw lines.at(lines.length(), "the record is cut short");
        }
        checkSum(bytes);
        long address = 0;
        for (int i = 1; i < dataAt; i++) {
            address = address << 8 | bytes[i] & 0xff;
        }
        switch (type) {
            case '1', '2', '3' -> {
                if (address + length > 1L << 8 * addressSize) {
                    throw lines.here("the data goes beyond the " + 8 * addressSize + "-bit address space");
                }
                memory.add(address, bytes, dataAt, length, lines.number());
                dataRecords++;
            }
            case '5', '6' -> checkCount(address, addressSize);
            case '7', '8', '9' -> {
                entry = OptionalLong.of(address);
                return true;
            }
            default -> {} // S0 is a title
        }
        return false;
    }

    private int addressSize(char type) {
        return switch (type) {
            case '0', '1', '5', '9' -> 2;
            case '2', '6', '8' -> 3;
            case '3', '7' -> 4;
            default -> throw lines.at(2, "record type S" + type + " does not exist; there are S0 to S3 and S5 to S9");
        };
    }

    private void checkSum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length - CHECKSUM; i++) {
            sum += bytes[i];
        }
        int expected = ~sum & 0xff;
        int actual = bytes[bytes.length - CHECKSUM] & 0xff;
        if (actual != expected) {
            throw lines.at(
                    lines.length() - 1,
                    String.format("the checksum is %02X, and the record's bytes give %02X", actual, expected));
        }
    }

    private void checkCount(long said, int size) {
        long counted = dataRecords & (1L << 8 * size) - 1;
        if (said != counted) {
            throw lines.here("it says that " + said + " data records came before it, and there were " + dataRecords);
        }
    }
}
