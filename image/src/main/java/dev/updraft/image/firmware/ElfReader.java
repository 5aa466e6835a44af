package dev.updraft.image.firmware;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * ELF32 for Arm, little-endian (System V ABI; ELF for the Arm Architecture): what is loaded, at its physical address. As GNU objcopy does, what counts
 * are the sections and not the segments around them: a segment may hold the ELF header, and padding that is no firmware.
 */
final class ElfReader {
    private static final int HEADER = 52;
    private static final int PROGRAM_HEADER = 32;
    private static final int SECTION_HEADER = 40;
    private static final int CLASS_32 = 1;
    private static final int LITTLE_ENDIAN = 1;
    private static final int EXECUTABLE = 2;
    private static final int MACHINE_ARM = 40;
    private static final int PT_LOAD = 1;
    private static final int PT_TLS = 7;
    private static final int SHT_NULL = 0;
    private static final int SHT_NOBITS = 8;
    private static final int SHF_ALLOC = 0x2;
    private static final int SHF_TLS = 0x400;
    private static final int WORD = 4;

    private final Bytes file;
    private final List<ProgramHeader> programHeaders;
    private final List<Section> sections;

    private record ProgramHeader(
            int index, long type, long offset, long virtual, long physical, long size, long inMemory) {
        boolean loads() {
            return type == PT_LOAD && size != 0;
        }

        boolean holdsBytesOf(Section section) {
            return type == (section.threadLocal() ? PT_TLS : PT_LOAD)
                    && section.offset >= offset
                    && section.offset + section.size <= offset + size;
        }

        boolean holdsAddressesOf(Section section) {
            return section.address >= virtual && section.address + section.size <= virtual + inMemory;
        }
    }

    private record Section(int index, long nameAt, long type, long flags, long address, long offset, long size) {
        boolean isFirmware() {
            return (flags & SHF_ALLOC) != 0 && type != SHT_NULL && type != SHT_NOBITS && size != 0;
        }

        boolean threadLocal() {
            return (flags & SHF_TLS) != 0;
        }
    }

    private ElfReader(Bytes file) {
        this.file = file;
        checkHeader();
        programHeaders = programHeaders();
        sections = sections();
    }

    static Firmware read(Bytes file) {
        ElfReader elf = new ElfReader(file);
        return new Firmware(Format.ELF, elf.segments(), OptionalLong.of(file.u32(24)));
    }

    private void checkHeader() {
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

    private List<ProgramHeader> programHeaders() {
        int count = file.u16(44);
        if (count == 0) {
            throw new ImageException(
                    "The ELF file has no program headers: give the linked program, not an object file.");
        }
        int entrySize = checkTable("program headers", file.u32(28), file.u16(42), count, PROGRAM_HEADER);
        List<ProgramHeader> headers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = (int) file.u32(28) + i * entrySize;
            ProgramHeader header = new ProgramHeader(
                    i,
                    file.u32(at),
                    file.u32(at + 4),
                    file.u32(at + 8),
                    file.u32(at + 12),
                    file.u32(at + 16),
                    file.u32(at + 20));
            if (header.loads()) {
                check("segment " + i, header.offset, header.physical, header.size);
            }
            headers.add(header);
        }
        if (headers.stream().noneMatch(ProgramHeader::loads)) {
            throw new ImageException(
                    "The ELF file loads nothing: no program header of type LOAD has bytes in the file.");
        }
        return headers;
    }

    private List<Section> sections() {
        long table = file.u32(32);
        int count = file.u16(48);
        if (table == 0 || count == 0) {
            return List.of();
        }
        int entrySize = checkTable("section headers", table, file.u16(46), count, SECTION_HEADER);
        List<Section> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = (int) table + i * entrySize;
            found.add(new Section(
                    i,
                    file.u32(at),
                    file.u32(at + 4),
                    file.u32(at + 8),
                    file.u32(at + 12),
                    file.u32(at + 16),
                    file.u32(at + 20)));
        }
        return found;
    }

    private int checkTable(String what, long at, int entrySize, int count, int least) {
        if (entrySize < least) {
            throw new ImageException("The ELF file is damaged: its " + what + " have " + entrySize
                    + " bytes each instead of " + least + ".");
        }
        long end = at + (long) entrySize * count;
        if (end > file.length()) {
            throw new ImageException(String.format(
                    "The ELF file is cut short: its %s should end at 0x%x, and it has 0x%x bytes.",
                    what, end, file.length()));
        }
        return entrySize;
    }

    private void check(String what, long offset, long address, long size) {
        if (offset + size > file.length()) {
            throw new ImageException(String.format(
                    "The ELF file is cut short: %s takes bytes 0x%x to 0x%x, and the file has 0x%x.",
                    what, offset, offset + size - 1, file.length()));
        }
        if (address + size > 1L << 32) {
            throw new ImageException("The ELF file's " + what + " goes beyond the 32-bit address space.");
        }
    }

    private List<Segment> segments() {
        List<Section> loaded = sections.stream().filter(Section::isFirmware).toList();
        if (loaded.isEmpty()) {
            return ofProgramHeaders();
        }
        MemoryMap memory = new MemoryMap(index -> "section " + name(sections.get(index)));
        for (Section section : loaded) {
            long address = loadAddress(section);
            check("section " + name(section), section.offset, address, section.size);
            memory.add(address, bytes(section.offset, section.offset + section.size), section.index);
        }
        return memory.segments();
    }

    /** Where a section's bytes are stored: the physical address of the segment that holds them; where none does, where it runs. */
    private long loadAddress(Section section) {
        List<ProgramHeader> holders = programHeaders.stream()
                .filter(each -> each.holdsBytesOf(section))
                .toList();
        // Of two segments the one that also has the addresses; armlink writes segments whose sections run elsewhere.
        return holders.stream()
                .filter(each -> each.holdsAddressesOf(section))
                .findFirst()
                .or(() -> holders.stream().findFirst())
                .filter(each -> hasPhysicalAddresses())
                .map(each -> each.physical + section.offset - each.offset)
                .orElse(section.address);
    }

    /** Some linkers leave all of them 0; the one segment of a file may stand there. */
    private boolean hasPhysicalAddresses() {
        return programHeaders.stream().anyMatch(each -> each.physical != 0)
                || programHeaders.stream()
                                .filter(each -> each.type == PT_LOAD && each.inMemory != 0)
                                .count()
                        < 2;
    }

    /** Without sections: the segments, less the headers of the file itself and what fills up behind them. */
    private List<Segment> ofProgramHeaders() {
        MemoryMap memory = new MemoryMap(index -> "segment " + index);
        for (ProgramHeader segment : programHeaders) {
            if (segment.loads()) {
                long from = behindFileHeaders(segment);
                memory.add(
                        segment.physical + from - segment.offset,
                        bytes(from, segment.offset + segment.size),
                        segment.index);
            }
        }
        if (memory.isEmpty()) {
            throw new ImageException("The ELF file loads nothing but its own headers.");
        }
        return memory.segments();
    }

    private long behindFileHeaders(ProgramHeader segment) {
        long end = segment.offset + segment.size;
        long from = segment.offset;
        long table = file.u32(28);
        if (from < HEADER) {
            from = HEADER;
        }
        if (from >= table && from < table + (long) file.u16(42) * file.u16(44)) {
            from = table + (long) file.u16(42) * file.u16(44);
        }
        if (from == segment.offset) {
            return from;
        }
        from = Math.min(from, end);
        // A vector table follows, whose first word is not zero.
        while (from + WORD <= end && file.u32((int) from) == 0) {
            from += WORD;
        }
        return from;
    }

    private Bytes bytes(long from, long to) {
        return file.slice((int) from, (int) to);
    }

    private String name(Section section) {
        int names = file.u16(50);
        if (names >= sections.size()) {
            return Integer.toString(section.index);
        }
        long at = sections.get(names).offset + section.nameAt;
        StringBuilder name = new StringBuilder();
        while (at < file.length() && file.u8((int) at) > ' ' && file.u8((int) at) < 0x7f) {
            name.append((char) file.u8((int) at++));
        }
        return name.isEmpty() ? Integer.toString(section.index) : name.toString();
    }
}
