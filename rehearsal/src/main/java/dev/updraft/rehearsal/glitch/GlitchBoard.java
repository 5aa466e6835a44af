package dev.updraft.rehearsal.glitch;

import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.board.Outcome;
import dev.updraft.emulator.flash.FlashSnapshot;
import dev.updraft.emulator.memory.BusFault;
import dev.updraft.rehearsal.CryptoMode;
import dev.updraft.rehearsal.campaign.Scenario;
import dev.updraft.rehearsal.device.EmulatedBoard;
import dev.updraft.rehearsal.device.HostCrypto;
import java.util.Arrays;

/** A board with the bootloader under attack, and how its runs end. */
final class GlitchBoard implements AutoCloseable {
    private static final int RESETS_MOST = 2;
    private static final long MICROS_MOST = 120_000_000;

    private final Scenario scenario;
    private final byte[] unsigned;
    private final int unsignedEntry;
    private final Board board;
    private boolean recovering;

    /** @param unsigned the image that must not start, as the slot would hold it */
    GlitchBoard(Scenario scenario, byte[] unsigned, int unsignedEntry) {
        this.scenario = scenario;
        this.unsigned = unsigned;
        this.unsignedEntry = unsignedEntry;
        board = EmulatedBoard.of(scenario.map().described()).spiNor(0).build();
        if (scenario.crypto() == CryptoMode.HOST) {
            HostCrypto.installIn(board.cpu(), scenario.bootloader());
        }
        watchStarts();
        board.stopAtReset(true);
        board.console().onLine(line -> {
            if (line.contains("nothing can be started")) {
                recovering = true;
                board.lookNow();
            }
        });
    }

    private void watchStarts() {
        board.cpu().debug().addBreakpoint(scenario.oldImage().entry());
        board.cpu().debug().addBreakpoint(unsignedEntry);
    }

    Board board() {
        return board;
    }

    void powerOn(FlashSnapshot flash) {
        if (board.isOn()) {
            board.powerOff(false);
        }
        recovering = false;
        board.takeFlash(flash);
        board.powerOn();
    }

    void restore(Board.Snapshot moment) {
        recovering = false;
        board.restore(moment);
    }

    /** Whether the undisturbed run is over: an application is about to start, or nothing can be. */
    boolean isOver() {
        int pc = board.cpu().register(15);
        return recovering || pc == scenario.oldImage().entry() || pc == unsignedEntry;
    }

    /** Runs on, through resets too, and says how it ended. */
    Ending end(long instructions) {
        long from = board.cpu().retired();
        for (int resets = 0; ; resets++) {
            Outcome outcome;
            try {
                outcome = board.run(() -> recovering || board.cpu().retired() - from > instructions, MICROS_MOST);
            } catch (BusFault inTheHostsAnswer) { // it was asked with an address where nothing is; the chip would have
                // faulted
                return Ending.STOPPED;
            }
            if (!(outcome instanceof Outcome.Reset) || resets == RESETS_MOST) {
                return ending(outcome);
            }
        }
    }

    private Ending ending(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Halted atAnEntry ->
                holdsUnsigned() && board.cpu().register(15) == unsignedEntry ? Ending.UNSIGNED : Ending.SIGNED;
            case Outcome.TimeUp over -> recovering ? Ending.RECOVERY : Ending.HUNG;
            case Outcome.Reset again -> Ending.RESETS;
            default -> Ending.STOPPED;
        };
    }

    private boolean holdsUnsigned() {
        int from = scenario.map().running().start();
        return Arrays.equals(board.flash().bytes(), from, from + unsigned.length, unsigned, 0, unsigned.length);
    }

    @Override
    public void close() {
        board.close();
    }

    enum Ending {
        UNSIGNED,
        SIGNED,
        RECOVERY,
        RESETS,
        HUNG,
        STOPPED
    }
}
