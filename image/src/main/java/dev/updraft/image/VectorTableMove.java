package dev.updraft.image;

import dev.updraft.image.board.Board;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds code that points VTOR at another place than the firmware's own vector table, as SystemInit of ST's templates does when it is not told of the
 * bootloader: every interrupt then runs the bootloader's handler. Looked for are the sequences that compilers make of a store of a constant; code that works
 * the address out is not seen, and the rehearsal sees it.
 */
public final class VectorTableMove {
    private static final long VTOR = 0xE000_ED08L;
    /** Half-words that a compiler puts between a constant and its use. */
    private static final int NEAR = 24;

    private final Bytes code;

    private VectorTableMove(Bytes code) {
        this.code = code;
    }

    /** One sentence with the line to change; empty where nothing was found. */
    public static Optional<String> warning(Board board, Image image) {
        if (image.encrypted() || image.packing().isPresent()) {
            return Optional.empty();
        }
        long base = board.slot().start() + image.header().headerSize();
        VectorTableMove search = new VectorTableMove(image.payload());
        for (int at = 0; at + 2 <= search.code.length(); at += 2) {
            OptionalLong moved = search.movedAt(at);
            if (moved.isPresent() && moved.getAsLong() != base && board.flash().contains(moved.getAsLong())) {
                return Optional.of(String.format(
                        "The code at 0x%08x sets VTOR to 0x%08x, but its vector table is at 0x%08x: its interrupts would run somebody else's"
                                + " handlers. In a CubeMX project define USER_VECT_TAB_ADDRESS and set VECT_TAB_OFFSET to 0x%x in"
                                + " system_stm32*.c, or leave VTOR as the bootloader set it.",
                        base + at, moved.getAsLong(), base, base - board.flash().start()));
            }
        }
        return Optional.empty();
    }

    /** What the store at an offset writes to VTOR, where it is one. */
    private OptionalLong movedAt(int at) {
        int first = half(at);
        if ((first & 0xF800) == 0x6000) { // STR Rt, [Rn, #imm5 * 4]
            return moved(first & 7, first >>> 3 & 7, (first >>> 6 & 0x1F) * 4, at);
        }
        if ((first & 0xFFF8) == 0xF8C0
                && at + 4 <= code.length()
                && half(at + 2) >>> 12 < 8) { // STR.W Rt, [Rn, #imm12]
            return moved(half(at + 2) >>> 12, first & 7, half(at + 2) & 0xFFF, at);
        }
        return OptionalLong.empty();
    }

    private OptionalLong moved(int value, int base, int offset, int at) {
        OptionalLong address = constant(base, at);
        return address.isPresent() && address.getAsLong() + offset == VTOR ? constant(value, at) : OptionalLong.empty();
    }

    /** The constant that a low register was last loaded with before an offset. */
    private OptionalLong constant(int register, int before) {
        for (int at = before - 2; at >= Math.max(0, before - 2 * NEAR); at -= 2) {
            int first = half(at);
            if ((first & 0xFF00) == (0x4800 | register << 8)) { // LDR Rd, [PC, #imm8 * 4]
                return literal(at, (first & 0xFF) * 4);
            }
            if (at + 4 > before) {
                continue;
            }
            int second = half(at + 2);
            if (first == 0xF8DF && second >>> 12 == register) { // LDR.W Rd, [PC, #imm12]
                return literal(at, second & 0xFFF);
            }
            if ((first | 0x400) == 0xF44F && (second & 0x8F00) == register << 8) { // MOV.W Rd, #imm
                return OptionalLong.of(expanded(first >>> 10 & 1, second >>> 12 & 7, second & 0xFF));
            }
        }
        return OptionalLong.empty();
    }

    /** ThumbExpandImm (ARM DDI 0403E, A5.3.2). */
    private static long expanded(int i, int imm3, int imm8) {
        int value = switch (i << 3 | imm3) {
            case 0 -> imm8;
            case 1 -> imm8 << 16 | imm8;
            case 2 -> imm8 << 24 | imm8 << 8;
            case 3 -> imm8 << 24 | imm8 << 16 | imm8 << 8 | imm8;
            default -> Integer.rotateRight(0x80 | imm8 & 0x7F, i << 4 | imm3 << 1 | imm8 >>> 7);
        };
        return Integer.toUnsignedLong(value);
    }

    private OptionalLong literal(int at, int offset) {
        int from = (at + 4 & ~3) + offset;
        return from + 4 <= code.length() ? OptionalLong.of(code.u32(from)) : OptionalLong.empty();
    }

    private int half(int at) {
        return code.u8(at) | code.u8(at + 1) << 8;
    }
}
