package dev.updraft.rehearsal.glitch;

import dev.updraft.emulator.board.Board;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** As much of the Thumb-2 encoding as faults need (Armv7-M ARM, A5 and A7.7). */
final class Thumb {
    private static final int PC = 15;
    private static final int IT_IN_XPSR = 0x0600_FC00;

    private Thumb() {}

    /** Address behind the instruction at {@code pc}. */
    static int next(Board board, int pc) {
        return pc + (half(board, pc) >>> 11 >= 0x1D ? 4 : 2);
    }

    /** Goes on behind the instruction that is next, as if it had been executed and had done nothing. */
    static void skip(Board board) {
        int xpsr = board.cpu().xpsr();
        int it = xpsr >>> 25 & 3 | (xpsr >>> 10 & 0x3F) << 2;
        if (it != 0) {
            it = (it & 7) == 0 ? 0 : it & 0xE0 | it << 1 & 0x1F;
            board.cpu().setXpsr(xpsr & ~IT_IN_XPSR | (it & 3) << 25 | it >>> 2 << 10);
        }
        board.cpu().setRegister(PC, next(board, board.cpu().register(PC)));
    }

    /** Where the conditional branch at {@code pc} goes when it is taken; 0 where there is none. */
    static int target(Board board, int pc) {
        int first = half(board, pc);
        if ((first & 0xF000) == 0xD000 && (first >>> 8 & 15) < 14) { // B<c> T1
            return pc + 4 + (byte) first * 2;
        }
        if ((first & 0xF500) == 0xB100) { // CBZ, CBNZ
            return pc + 4 + ((first >>> 9 & 1) << 6 | (first >>> 3 & 31) << 1);
        }
        if ((first & 0xF800) == 0xF000) { // B<c> T3
            int second = half(board, pc + 2);
            if ((second & 0xD000) == 0x8000 && (first >>> 7 & 7) != 7) {
                int offset = (first >>> 10 & 1) << 20
                        | (second >>> 11 & 1) << 19
                        | (second >>> 13 & 1) << 18
                        | (first & 0x3F) << 12
                        | (second & 0x7FF) << 1;
                return pc + 4 + (offset << 11 >> 11);
            }
        }
        return 0;
    }

    private static int half(Board board, int address) {
        byte[] bytes = board.read(address, 2);
        return bytes == null
                ? 0
                : ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort() & 0xFFFF;
    }
}
