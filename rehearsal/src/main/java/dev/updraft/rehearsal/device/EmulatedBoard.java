package dev.updraft.rehearsal.device;

import dev.updraft.emulator.board.BoardBuilder;
import dev.updraft.emulator.board.Boards;
import dev.updraft.emulator.board.Memories;
import dev.updraft.emulator.board.Wiring;
import dev.updraft.image.board.Board;
import dev.updraft.image.board.Pin;
import dev.updraft.image.board.Wiring.Uart;
import dev.updraft.rehearsal.RehearsalException;

/** The emulated board that is made and wired as a board's file says. */
public final class EmulatedBoard {
    private EmulatedBoard() {}

    /** @throws RehearsalException if its chip is not emulated */
    public static BoardBuilder of(Board board) {
        if (!Boards.has(board.chip().name())) {
            throw new RehearsalException("The " + board.chip().name() + " of the board '" + board.name()
                    + "' is not emulated; emulated are " + String.join(", ", Boards.chips()) + ".");
        }
        return Boards.create(board.chip().name())
                .memories(new Memories(
                        FlashMap.of(board).geometry(),
                        board.geometry().banks(),
                        board.chip().ram().stream()
                                .map(ram -> new Memories.RamRange((int) ram.start(), (int) ram.size()))
                                .toList()))
                .wiring(wiring(board));
    }

    private static Wiring wiring(Board board) {
        return new Wiring(
                board.wiring().console().map(Uart::name).orElse("USART1"),
                board.wiring().wifi().map(Uart::name).orElse(null),
                board.wiring().card().map(card -> pin(card.select())).orElse(null),
                board.wiring().nor().map(nor -> pin(nor.select())).orElse(null),
                board.wiring()
                        .ethernet()
                        .map(ethernet -> pin(ethernet.select()))
                        .orElse(null));
    }

    private static String pin(Pin pin) {
        return "" + pin.port() + pin.number();
    }
}
