package dev.updraft.image;

import dev.updraft.image.board.Board;
import dev.updraft.image.firmware.Firmware;

/** Whether firmware can start on a board at all: what a wrong linker script or the wrong file gets wrong. */
final class StartCheck {
    private static final int RESET_VECTOR = 4;
    private static final int THUMB = 1;

    private StartCheck() {}

    /** @param headerSize bytes of the image in front of the firmware */
    static void check(Board board, Firmware firmware, Bytes payload, int headerSize) {
        if (payload.length() < 2 * 4) {
            throw new ImageException("The firmware has " + payload.length()
                    + " bytes: too few for the stack pointer and reset vector that a Cortex-M starts with.");
        }
        checkStack(board, payload.u32(0));
        firmware.address().ifPresent(base -> checkTable(board, base, headerSize));
        checkReset(payload, board.slot().start() + headerSize);
    }

    static void checkSize(Board board, Image image) {
        if (image.bytes().length() > board.slot().size()) {
            throw new ImageException(tooLarge(board, image.bytes().length()));
        }
    }

    static String tooLarge(Board board, long size) {
        return "The image has " + size + " bytes; the slot of " + board.name() + " has "
                + board.slot().size() + ": make the firmware smaller.";
    }

    private static void checkStack(Board board, long stack) {
        // a full-descending stack may start just past the end of its memory
        boolean inRam = board.ram().stream().anyMatch(range -> range.contains(stack - 4));
        if (!inRam || stack % 4 != 0) {
            throw new ImageException(String.format(
                    "The first word of the firmware, 0x%08x, is no stack pointer for %s: it must point into RAM"
                            + " (%s) on a multiple of 4.",
                    stack, board.name(), ranges(board)));
        }
    }

    private static void checkTable(Board board, long base, int headerSize) {
        if (!board.flash().contains(base)) {
            throw new ImageException(String.format(
                    "The firmware is linked for 0x%08x; the flash of %s is %s: link it for there, or leave out with"
                            + " --only-flash what belongs to another memory.",
                    base, board.name(), board.flash()));
        }
        if (base % board.vectorAlignment() != 0) {
            throw new ImageException(String.format(
                    "The vector table is at 0x%08x; on %s it must be on a multiple of 0x%x.",
                    base, board.name(), board.vectorAlignment()));
        }
        long slot = board.slot().start() + headerSize;
        if (base != slot) {
            throw new ImageException(String.format(
                    "The firmware is linked for 0x%08x; on %s it runs from 0x%08x, behind the image's header of 0x%x bytes:"
                            + " link it for there.",
                    base, board.name(), slot, headerSize));
        }
    }

    private static void checkReset(Bytes payload, long base) {
        long reset = payload.u32(RESET_VECTOR);
        if ((reset & THUMB) == 0) {
            throw new ImageException(
                    String.format("The reset vector, 0x%08x, is even: a Cortex-M runs only Thumb code (odd).", reset));
        }
        MemoryRange inside = new MemoryRange(base, payload.length());
        if (!inside.contains(reset - THUMB)) {
            throw new ImageException(
                    String.format("The reset vector, 0x%08x, points outside of the firmware (%s).", reset, inside));
        }
    }

    private static String ranges(Board board) {
        return board.ram().stream()
                .map(MemoryRange::toString)
                .reduce((a, b) -> a + ", " + b)
                .orElse("none");
    }
}
