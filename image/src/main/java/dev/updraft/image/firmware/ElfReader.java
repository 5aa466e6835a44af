package dev.updraft.image.firmware;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/** ELF32 for Arm, little-endian (System V ABI; ELF for the Arm Architecture): what is loaded, at its physical address. */
final class ElfReader {
    private static final int HEADER = 52;
    private static final int PROGRAM_HEADER = 32;
    private static final int SECTION_HEADER = 40;
    private static final int CLASS_32 = 1;
    private static final int LITTLE_ENDIAN = 1;
    private static final int EXECUTABLE = 2;
    private static final int MACHINE_ARM = 40;
    private static final int PT_LOAD = 1;
    private static final int SHT_NOBITS = 8;
    private static final int SHF_ALLOC = 2;

    private ElfReader() {}

    static Firmware read(Bytes file) {
        checkHeader(file);
        long table = file.u32(28);
        int entrySize = file.u16(42);
        int count = file.u16(44);
        if (count == 0) {
            throw new ImageException(
                    "The ELF file has no program headers: give the linked program, not an object file.");
        }
        if (entrySize < PROGRAM_HEADER) {
            throw new ImageException(
                    "The ELF file is damaged: its program headers have " + entrySize + " bytes each instead of 32.");
        }
        if (table + (long) entrySize * count > file.length()) {
            throw new ImageException(String.format(
                    "The ELF file is cut short: its program headers should end at 0x%x, and it has 0x%x bytes.",
                    table + (long) entrySize * count, file.length()));
        }
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = (int) table + i * entrySize;
            if (file.u32(at) == PT_LOAD && file.u32(at + 16) != 0) {
                segments.add(segment(file, at, i));
            }
        }
        if (segments.isEmpty()) {
            throw new ImageException(
                    "The ELF file loads nothing: no program header of type LOAD has bytes in the file.");
        }
        return new Firmware(Format.ELF, joined(segments), OptionalLong.of(file.u32(24)));
    }

    private static void checkHeader(Bytes file) {
        if (file.length() < HEADER) {
            throw new ImageException("The ELF file is cut short: it has " + file.length()
                    + " bytes, and its header takes " + HEADER + ".");
        }
        if (file.u8(4) != CLASS_32) {
            throw new ImageException("The ELF file is for a 64-bit machine; an STM32 runs 32-bit Arm code.");
        }
        if (file.u8(5) != LITTLE_ENDIAN) {
            throw new ImageException("The ELF file is big-endian; an STM32 is little-endian.");
        }
        if (file.u16(18) != MACHINE_ARM) {
            throw new ImageException("The ELF file is for machine " + file.u16(18) + "; an STM32 is Arm (" + MACHINE_ARM
                    + "): was it built for the PC?");
        }
        if (file.u16(16) != EXECUTABLE) {
            throw new ImageException(
                    "The ELF file is no executable (its type is " + file.u16(16) + "): give the linked program.");
        }
    }

    private static Segment segment(Bytes file, int at, int index) {
        long offset = file.u32(at + 4);
        long address = file.u32(at + 12);
        long size = file.u32(at + 16);
        if (offset + size > file.length()) {
            throw new ImageException(String.format(
                    "The ELF file is cut short: segment %d takes bytes 0x%x to 0x%x, and the file has 0x%x.",
                    index, offset, offset + size - 1, file.length()));
        }
        if (address + size > 1L << 32) {
            throw new ImageException("The ELF file's segment " + index + " goes beyond the 32-bit address space.");
        }
        long unused = offset == 0 ? fileHeaders(file, size) : 0;
        return new Segment(address + unused, file.slice((int) (offset + unused), (int) (offset + size)));
    }

    /**
     * How many bytes at the start of the file belong to no section, though they lie in a segment: GNU ld puts the ELF header and the
     * program headers there when the code begins at no page's start (as behind an image header), and objcopy leaves them out.
     */
    private static long fileHeaders(Bytes file, long segmentEnd) {
        long table = file.u32(32);
        int entrySize = file.u16(46);
        int count = file.u16(48);
        if (entrySize < SECTION_HEADER || table + (long) entrySize * count > file.length()) {
            return 0;
        }
        long first = segmentEnd;
        for (int i = 0; i < count; i++) {
            int at = (int) table + i * entrySize;
            boolean loaded = (file.u32(at + 8) & SHF_ALLOC) != 0 && file.u32(at + 4) != SHT_NOBITS;
            if (loaded && file.u32(at + 20) != 0) {
                first = Math.min(first, file.u32(at + 16));
            }
        }
        return first == segmentEnd ? 0 : first;
    }

    private static List<Segment> joined(List<Segment> segments) {
        List<Segment> sorted = new ArrayList<>(segments);
        sorted.sort(Comparator.comparingLong(Segment::address));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).address() < sorted.get(i - 1).end()) {
                throw new ImageException(String.format(
                        "Two segments of the ELF file have bytes for address 0x%08x.",
                        sorted.get(i).address()));
            }
        }
        return sorted;
    }
}
