package dev.updraft.image.firmware;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.util.OptionalInt;

/** What a program of a Cortex-M begins with: the stack pointer and the reset vector (ARMv7-M, B1.5.3), with addresses of some STM32. */
public final class VectorTable {
    private static final int WORD = 4;
    private static final int SIZE = 2 * WORD;
    private static final long IMAGE_MAGIC = 0x96f3b83dL;

    private VectorTable() {}

    /** True if a vector table can stand at {@code at}: the stack in memory, the reset vector odd and where code can run. */
    static boolean isAt(Bytes content, int at) {
        if (content.length() - at < SIZE) {
            return false;
        }
        long stack = content.u32(at);
        long reset = content.u32(at + WORD);
        boolean inMemory =
                stack >= 0x1000_0000L && stack <= 0x4000_0000L || stack >= 0x6000_0000L && stack <= 0xe000_0000L;
        boolean runs = reset < 0x4000_0000L || reset >= 0x6000_0000L && reset < 0xe000_0000L;
        return inMemory && stack % WORD == 0 && runs && reset % 2 == 1;
    }

    /**
     * The room that a build left for an image's header: Zephyr's CONFIG_ROM_START_OFFSET puts so many zero bytes in front of the vector table.
     *
     * @return bytes in front of it; nothing if the content does not begin with zeros, or no vector table follows them
     */
    public static OptionalInt roomInFront(Bytes content) {
        int at = 0;
        while (at + SIZE <= content.length() && content.u32(at) == 0) {
            at += WORD;
        }
        return at > 0 && isAt(content, at) ? OptionalInt.of(at) : OptionalInt.empty();
    }

    static void checkRawBinary(Bytes content) {
        boolean image = content.length() >= WORD && content.u32(0) == IMAGE_MAGIC;
        if (image || isAt(content, 0) || roomInFront(content).isPresent()) {
            return;
        }
        String why = content.length() < SIZE
                ? "it has " + content.length() + " bytes"
                : String.format(
                        "its first words are 0x%08x and 0x%08x, no stack pointer and odd reset vector",
                        content.u32(0), content.u32(WORD));
        throw new ImageException(
                "This is not firmware of a kind that Updraft knows (ELF, Intel HEX, S-records, DfuSe, UF2),"
                        + " and no raw binary, as " + why + "; if it is one all the same, say --format bin.");
    }
}
