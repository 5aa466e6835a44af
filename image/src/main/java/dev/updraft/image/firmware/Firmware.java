package dev.updraft.image.firmware;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import dev.updraft.image.MemoryRange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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

    public Firmware {
        segments = List.copyOf(segments);
    }

    /** Reads a file of any {@link Format}; what it is shows in its content, whatever its name. {@link FirmwareReader} takes more wishes. */
    public static Firmware read(Path file) throws IOException {
        return new FirmwareReader().read(file);
    }

    public static Firmware read(byte[] bytes) {
        return new FirmwareReader().read(bytes);
    }

    /** True if {@code file} begins as Intel HEX, S-records, DfuSe or UF2 do. */
    public static boolean hasRecords(byte[] file) {
        Optional<Format> format = FormatDetection.known(file);
        return format.filter(each -> each != Format.ELF).isPresent();
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

    /**
     * What of it stands in {@code memory}; for files that also hold RAM, option bytes or external flash.
     *
     * @throws ImageException if there is nothing
     */
    public Firmware only(MemoryRange memory) {
        List<Segment> kept = segments.stream()
                .filter(segment -> segment.end() > memory.start() && segment.address() < memory.end())
                .map(segment -> {
                    long from = Math.max(segment.address(), memory.start());
                    long to = Math.min(segment.end(), memory.end());
                    return new Segment(from, segment.bytes().slice((int) (from - segment.address()), (int)
                            (to - segment.address())));
                })
                .toList();
        if (kept.isEmpty()) {
            throw new ImageException("The firmware has nothing in " + memory + ": it is for another memory.");
        }
        return new Firmware(format, kept, entry);
    }

    /** Where it has bytes that do not stand in {@code memory}, in rising order. */
    public List<MemoryRange> outside(MemoryRange memory) {
        List<MemoryRange> outside = new ArrayList<>();
        for (Segment segment : segments) {
            long before = Math.min(segment.end(), memory.start()) - segment.address();
            long behind = segment.end() - Math.max(segment.address(), memory.end());
            if (before > 0) {
                outside.add(new MemoryRange(segment.address(), before));
            }
            if (behind > 0) {
                outside.add(new MemoryRange(segment.end() - behind, behind));
            }
        }
        return outside;
    }

    /** The same without its first bytes: the room that a build leaves for a header. */
    public Firmware without(int bytes) {
        long from = segments.getFirst().address() + bytes;
        return new Firmware(format, only(new MemoryRange(from, (1L << 33) - from)).segments, entry);
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
                            + " are more than the %d that are filled; --only-flash leaves out what belongs to another memory.",
                    before.end() - 1, after.address(), Math.max(gap, allGaps), MAX_GAP));
        }
    }
}
