package dev.updraft.image.firmware;

import dev.updraft.image.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/** Files of each format: a small good one, and any firmware as somebody else's tool would write it. */
public final class FirmwareSamples {
    private static final int DFUSE_PREFIX = 11;
    private static final int DFUSE_TARGET = 274;

    private FirmwareSamples() {}

    public static List<byte[]> all() {
        return List.of(
                text(FirmwareTest.HEX),
                text(":020000021000EC\n:0100FF005AA6\n:0400000310000020C9\n:00000001FF\n"),
                text(FirmwareTest.SREC),
                FirmwareTest.elf(40),
                FirmwareTest.dfuSe());
    }

    /** S3 records of random lengths, an S0 before and an S7 behind them. */
    public static byte[] srec(Firmware firmware, SplittableRandom random) {
        StringBuilder text = new StringBuilder("S0030000FC\n");
        for (Segment segment : firmware.segments()) {
            for (int at = 0; at < segment.bytes().length(); ) {
                int length = Math.min(segment.bytes().length() - at, random.nextInt(1, 250));
                record(text, 3, segment.address() + at, segment.bytes().slice(at, at + length));
                at += length;
            }
        }
        record(text, 7, firmware.entry().orElse(0), Bytes.of());
        return text(text.toString());
    }

    private static void record(StringBuilder text, int type, long address, Bytes data) {
        ByteBuffer record = ByteBuffer.allocate(data.length() + 6);
        record.put((byte) (data.length() + 5)).putInt((int) address).put(data.toArray());
        int sum = 0;
        for (byte b : record.array()) {
            sum += b;
        }
        record.put((byte) ~sum);
        text.append('S')
                .append(type)
                .append(HexFormat.of().withUpperCase().formatHex(record.array()))
                .append('\n');
    }

    /** One program header a segment; virtual addresses are other than physical ones, as of initialised data. */
    public static byte[] elf(Firmware firmware) {
        int headers = 52 + 32 * firmware.segments().size();
        ByteBuffer elf = ByteBuffer.allocate(headers + size(firmware)).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 1, 1, 1}).position(16);
        elf.putShort((short) 2).putShort((short) 40).putInt(1).putInt((int)
                firmware.entry().orElse(0));
        elf.putInt(52).putInt(0).putInt(0).putShort((short) 52).putShort((short) 32);
        elf.putShort((short) firmware.segments().size());
        int offset = headers;
        int header = 52;
        for (Segment segment : firmware.segments()) {
            int length = segment.bytes().length();
            elf.position(header);
            elf.putInt(1).putInt(offset).putInt(0x2000_0000).putInt((int) segment.address());
            elf.putInt(length).putInt(length);
            elf.position(offset);
            elf.put(segment.bytes().toArray());
            header += 32;
            offset += length;
        }
        return elf.array();
    }

    /** One segment of eight bytes at {@code physical}; its two sections say they run there and at {@code elsewhere}. */
    static byte[] elfWithSections(int physical, int elsewhere) {
        int content = 52 + 32;
        ByteBuffer elf = ByteBuffer.allocate(content + 8 + 3 * 40).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 1, 1, 1}).position(16);
        elf.putShort((short) 2).putShort((short) 40).putInt(1).putInt(physical | 1);
        elf.putInt(52).putInt(content + 8).putInt(0).putShort((short) 52).putShort((short) 32);
        elf.putShort((short) 1).putShort((short) 40).putShort((short) 3).putShort((short) 0);
        elf.putInt(1)
                .putInt(content)
                .putInt(physical)
                .putInt(physical)
                .putInt(8)
                .putInt(8)
                .position(content);
        elf.put(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}).position(content + 8 + 40);
        for (int i = 0; i < 2; i++) {
            elf.putInt(0).putInt(1).putInt(2).putInt(i == 0 ? physical : elsewhere);
            elf.putInt(content + 4 * i).putInt(4).position(Math.min(elf.capacity(), content + 8 + 40 * (i + 2)));
        }
        return elf.array();
    }

    /** One target, one element a segment. */
    public static byte[] dfuSe(Firmware firmware) {
        return dfuSe(
                List.of(firmware.segments()),
                size(firmware),
                firmware.segments().size());
    }

    /** A target a segment, called {@code part 0} and so on. */
    static byte[] dfuSe(List<Segment> targets) {
        int size = targets.stream().mapToInt(target -> target.bytes().length()).sum();
        return dfuSe(targets.stream().map(List::of).toList(), size, targets.size());
    }

    private static byte[] dfuSe(List<List<Segment>> targets, int content, int segments) {
        int size = DFUSE_PREFIX + DFUSE_TARGET * targets.size() + content + 8 * segments;
        ByteBuffer file = ByteBuffer.allocate(size + 16).order(ByteOrder.LITTLE_ENDIAN);
        file.put(text("DfuSe")).put((byte) 1).putInt(size).put((byte) targets.size());
        for (int number = 0; number < targets.size(); number++) {
            int start = file.position();
            List<Segment> elements = targets.get(number);
            file.put(text("Target")).put((byte) number).putInt(1).put(text("part " + number));
            file.position(start + 266);
            file.putInt(elements.stream()
                            .mapToInt(each -> each.bytes().length() + 8)
                            .sum())
                    .putInt(elements.size());
            for (Segment element : elements) {
                file.putInt((int) element.address())
                        .putInt(element.bytes().length())
                        .put(element.bytes().toArray());
            }
        }
        file.putShort((short) -1)
                .putShort((short) 0xdf11)
                .putShort((short) 0x483)
                .putShort((short) 0x11a);
        file.put(new byte[] {'U', 'F', 'D', 16});
        CRC32 crc = new CRC32();
        crc.update(file.array(), 0, size + 12);
        return file.putInt((int) ~crc.getValue()).array();
    }

    private static int size(Firmware firmware) {
        return firmware.segments().stream()
                .mapToInt(segment -> segment.bytes().length())
                .sum();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
