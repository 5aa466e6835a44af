package dev.updraft.image.firmware;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a build made: pieces of memory content with their addresses, in rising order and without overlap.
 *
 * @param entry where the file says that execution starts, if it says so
 */
public record Firmware(Format format, List<Segment> segments, OptionalLong entry) {
    /** Bytes of one firmware, and of a file that carries it; the largest STM32 holds 4 MB, external flash 16 or more. */
    public static final int MAX_SIZE = 64 << 20;

    /** More than this between two segments is a mistake or another memory, and is not filled up. */
    public static final int MAX_GAP = 1 << 20;

    private static final int ERASED = 0xff;
    private static final int ENOUGH_TO_TELL = 1024;

    public Firmware {
        segments = List.copyOf(segments);
    }

    /** Reads a file of any {@link Format}; what it is shows in its content, whatever its name. */
    public static Firmware read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in);
        }
    }

    public static Firmware read(byte[] bytes) {
        try {
            return read(new ByteArrayInputStream(bytes));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /**
     * Reads to the end of the stream. Text formats are read line by line, so that memory is taken for the content only.
     *
     * @throws ImageException if the content is damaged; names line and column where there are such
     */
    public static Firmware read(InputStream stream) throws IOException {
        BufferedInputStream in = new BufferedInputStream(stream, 1 << 16);
        in.mark(ENOUGH_TO_TELL);
        byte[] start = in.readNBytes(ENOUGH_TO_TELL);
        in.reset();
        return switch (FormatDetection.of(start)) {
            case INTEL_HEX -> IntelHexReader.read(in);
            case SREC -> SRecordReader.read(in);
            case ELF -> ElfReader.read(readAll(in));
            case DFUSE -> DfuSeReader.read(readAll(in));
            case BINARY -> ofBinary(DfuSeReader.withoutSuffix(readAll(in)));
        };
    }

    /** Bytes without an address. */
    public static Firmware ofBinary(Bytes bytes) {
        if (bytes.isEmpty()) {
            throw new ImageException("The firmware is empty.");
        }
        return new Firmware(Format.BINARY, List.of(new Segment(0, bytes)), OptionalLong.empty());
    }

    /** The lowest address, if the format has addresses. */
    public OptionalLong address() {
        return format == Format.BINARY
                ? OptionalLong.empty()
                : OptionalLong.of(segments.getFirst().address());
    }

    /**
     * Everything from the first to the last byte as one run, as it would stand in flash: gaps read 0xFF.
     *
     * @throws ImageException if a gap is larger than {@link #MAX_GAP}
     */
    public Bytes contents() {
        if (segments.size() == 1) {
            return segments.getFirst().bytes();
        }
        long base = segments.getFirst().address();
        long size = segments.getLast().end() - base;
        long gaps = size
                - segments.stream()
                        .mapToLong(segment -> segment.bytes().length())
                        .sum();
        for (int i = 1; i < segments.size(); i++) {
            checkGap(segments.get(i - 1), segments.get(i), gaps);
        }
        byte[] contents = new byte[Math.toIntExact(size)];
        Arrays.fill(contents, (byte) ERASED);
        for (Segment segment : segments) {
            int at = (int) (segment.address() - base);
            segment.bytes().asBuffer().get(contents, at, segment.bytes().length());
        }
        return Bytes.wrapping(contents);
    }

    /** The same content, to stand at {@code base}: gives a raw binary its address, and moves others. */
    public Firmware at(long base) {
        long shift = base - segments.getFirst().address();
        if (base < 0 || segments.getLast().end() + shift > 1L << 32) {
            throw new ImageException(String.format("At 0x%x the firmware would not fit into 32-bit addresses.", base));
        }
        Format moved = format == Format.BINARY ? Format.INTEL_HEX : format;
        return new Firmware(
                moved,
                segments.stream()
                        .map(segment -> new Segment(segment.address() + shift, segment.bytes()))
                        .toList(),
                OptionalLong.empty());
    }

    /** Writes Intel HEX. A raw binary has no addresses and stands at 0: see {@link #at}. */
    public void writeHex(OutputStream out) throws IOException {
        IntelHexWriter.write(this, out);
    }

    /** Writes {@link #contents}. */
    public void writeBinary(OutputStream out) throws IOException {
        contents().writeTo(out);
    }

    private static void checkGap(Segment before, Segment after, long allGaps) {
        long gap = after.address() - before.end();
        if (gap > MAX_GAP || (gap > 0 && allGaps > MAX_GAP)) {
            throw new ImageException(String.format(
                    "The firmware has bytes up to 0x%08x and again from 0x%08x: %d bytes of nothing between its parts"
                            + " are more than the %d that are filled; leave out what belongs to another memory.",
                    before.end() - 1, after.address(), Math.max(gap, allGaps), MAX_GAP));
        }
    }

    private static Bytes readAll(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(MAX_SIZE + 1);
        if (bytes.length > MAX_SIZE) {
            throw new ImageException("The file has more than " + MAX_SIZE + " bytes, which no STM32 can hold.");
        }
        return Bytes.wrapping(bytes);
    }
}
