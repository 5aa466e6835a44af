package dev.updraft.image.firmware;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
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

    /** @param wanted the alternate setting of the target; needed if there are several */
    static Firmware read(Bytes file, OptionalLong wanted) {
        if (file.length() < PREFIX + SUFFIX) {
            throw cut(file.length());
        }
        long size = file.u32(6);
        if (size != file.length() - SUFFIX) {
            throw new ImageException("The DfuSe file is cut short or has been joined: it says it has " + (size + SUFFIX)
                    + " bytes, and it has " + file.length() + ".");
        }
        checkSuffix(file);
        Map<Integer, Target> targets = new LinkedHashMap<>();
        int at = PREFIX;
        int end = file.length() - SUFFIX;
        for (int target = 0; target < file.u8(10); target++) {
            if (end - at < TARGET || !file.slice(at, end).startsWith(TARGET_MARK)) {
                throw new ImageException(
                        String.format("The DfuSe file is damaged: target %d should start at 0x%x.", target, at));
            }
            long elements = file.u32(at + 270);
            Target current = new Target(name(file, at));
            if (targets.put(file.u8(at + 6), current) != null) {
                throw new ImageException("The DfuSe file has two targets with the number " + file.u8(at + 6) + ".");
            }
            at += TARGET;
            for (long element = 0; element < elements; element++) {
                at = element(file, at, end, current.memory);
            }
        }
        targets.values().removeIf(target -> target.memory.isEmpty());
        return new Firmware(Format.DFUSE, chosen(targets, wanted).memory.segments(), OptionalLong.empty());
    }

    /** One memory of the device; elements are named by their place in the file. */
    private record Target(String name, MemoryMap memory) {
        Target(String name) {
            this(name, new MemoryMap(at -> String.format("the element at 0x%x", at)));
        }
    }

    private static String name(Bytes file, int at) {
        StringBuilder name = new StringBuilder();
        for (int i = at + 11; file.u32(at + 7) != 0 && i < at + 266 && file.u8(i) >= ' ' && file.u8(i) < 0x7f; i++) {
            name.append((char) file.u8(i));
        }
        return name.toString();
    }

    private static Target chosen(Map<Integer, Target> targets, OptionalLong wanted) {
        if (targets.isEmpty()) {
            throw new ImageException("The DfuSe file holds no data.");
        }
        if (wanted.isEmpty() && targets.size() == 1) {
            return targets.values().iterator().next();
        }
        Target chosen = wanted.isEmpty() ? null : targets.get((int) wanted.getAsLong());
        if (chosen == null) {
            throw new ImageException("The DfuSe file is for several memories, "
                    + targets.entrySet().stream()
                            .map(target -> target.getKey() + " '" + target.getValue().name + "'")
                            .collect(Collectors.joining(", "))
                    + ": choose one of them with --target.");
        }
        return chosen;
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
