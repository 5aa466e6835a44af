package dev.updraft.image.firmware;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.util.OptionalLong;
import java.util.zip.CRC32;

/** DfuSe files (ST UM0391) and the suffix of plain DFU files (USB DFU 1.1, appendix B). */
final class DfuSeReader {
    private static final int PREFIX = 11;
    private static final int TARGET = 274;
    private static final int ELEMENT = 8;
    private static final int SUFFIX = 16;
    private static final Bytes TARGET_MARK = Bytes.of('T', 'a', 'r', 'g', 'e', 't');
    private static final Bytes SUFFIX_MARK = Bytes.of('U', 'F', 'D', SUFFIX);

    private DfuSeReader() {}

    static Firmware read(Bytes file) {
        if (file.length() < PREFIX + SUFFIX) {
            throw cut(file.length());
        }
        long size = file.u32(6);
        if (size != file.length() - SUFFIX) {
            throw new ImageException("The DfuSe file is cut short or has been joined: it says it has " + (size + SUFFIX)
                    + " bytes, and it has " + file.length() + ".");
        }
        checkSuffix(file);
        MemoryMap memory = new MemoryMap(at -> String.format("the element at 0x%x", at));
        int at = PREFIX;
        int end = file.length() - SUFFIX;
        for (int target = 0; target < file.u8(10); target++) {
            if (end - at < TARGET || !file.slice(at, end).startsWith(TARGET_MARK)) {
                throw new ImageException(
                        String.format("The DfuSe file is damaged: target %d should start at 0x%x.", target, at));
            }
            long elements = file.u32(at + 270);
            at += TARGET;
            for (long element = 0; element < elements; element++) {
                at = element(file, at, end, memory);
            }
        }
        if (memory.isEmpty()) {
            throw new ImageException("The DfuSe file holds no data.");
        }
        return new Firmware(Format.DFUSE, memory.segments(), OptionalLong.empty());
    }

    /** Adds one element and returns where the next one starts. */
    private static int element(Bytes file, int at, int end, MemoryMap memory) {
        if (end - at < ELEMENT || file.u32(at + 4) > end - at - ELEMENT) {
            throw new ImageException(
                    String.format("The DfuSe file is damaged: the element at 0x%x does not fit into it.", at));
        }
        long address = file.u32(at);
        int from = at + ELEMENT;
        int next = from + (int) file.u32(at + 4);
        if (address + (next - from) > 1L << 32) {
            throw new ImageException(
                    String.format("The DfuSe file's element at 0x%x goes beyond the 32-bit address space.", at));
        }
        memory.add(address, file.slice(from, next), at);
        return next;
    }

    /** A raw binary without the suffix that DFU tools put behind it; as it is where there is none. */
    static Bytes withoutSuffix(Bytes file) {
        return hasSuffix(file) && crc(file) == file.u32(file.length() - 4)
                ? file.slice(0, file.length() - SUFFIX)
                : file;
    }

    private static void checkSuffix(Bytes file) {
        if (!hasSuffix(file)) {
            throw cut(file.length());
        }
        long said = file.u32(file.length() - 4);
        if (said != crc(file)) {
            throw new ImageException(String.format(
                    "The DfuSe file is damaged: its CRC is 0x%08x, and its bytes give 0x%08x.", said, crc(file)));
        }
    }

    private static boolean hasSuffix(Bytes file) {
        int mark = file.length() - 8;
        return mark >= 0 && file.slice(mark, mark + SUFFIX_MARK.length()).equals(SUFFIX_MARK);
    }

    /** CRC-32 of all but its own four bytes, without the final inversion. */
    private static long crc(Bytes file) {
        CRC32 crc = new CRC32();
        crc.update(file.slice(0, file.length() - 4).asBuffer());
        return crc.getValue() ^ 0xffff_ffffL;
    }

    private static ImageException cut(int length) {
        return new ImageException(
                "The DfuSe file is cut short: it has " + length + " bytes and no DFU suffix at its end.");
    }
}
