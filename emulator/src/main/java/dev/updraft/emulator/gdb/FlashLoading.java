package dev.updraft.emulator.gdb;

import dev.updraft.emulator.board.Board;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** gdb's {@code load}: erases and writes flash as a production programmer does, without the firmware noticing (packets vFlash...). */
final class FlashLoading {
    private final Board board;

    FlashLoading(Board board) {
        this.board = board;
    }

    /** @param packet what follows {@code vFlash} */
    String handle(String packet) {
        try {
            if (packet.startsWith("Erase:")) {
                String[] range = packet.substring(6).split(",");
                byte[] erased = new byte[Hex.number(range[1])];
                Arrays.fill(erased, (byte) 0xFF);
                board.program(Hex.number(range[0]), erased);
            } else if (packet.startsWith("Write:")) {
                int colon = packet.indexOf(':', 6);
                byte[] content = packet.substring(colon + 1).getBytes(StandardCharsets.ISO_8859_1);
                board.program(Hex.number(packet.substring(6, colon)), content);
            }
            return "OK";
        } catch (IllegalArgumentException outside) {
            return "E01";
        }
    }
}
