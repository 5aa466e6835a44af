package dev.updraft.rehearsal.device;

import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.board.BoardBuilder;
import dev.updraft.emulator.flash.FlashArray;
import dev.updraft.emulator.part.BlockStore;
import dev.updraft.image.Image;
import dev.updraft.rehearsal.Staging;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The update as the agent leaves it: in which form, where, and what stands beside it.
 *
 * @param update as it was published: encrypted and packed, if it is
 * @param fallback the old image as it was published; outside the chip the agent puts it beside the update before it downloads
 * @param hasFallback whether it did
 */
public record Delivery(Staging staging, Image update, Image fallback, boolean hasFallback) {
    private static final int NOR_BLOCK = 64 * 1024;

    /** Whether the update is copied and stays, rather than moved step by step. */
    public boolean stays() {
        return staging.isOutside() || update.packing().isPresent();
    }

    /** Whether the old image stands outside the chip all the time. */
    public boolean keepsOldOutside() {
        return staging.isOutside() && hasFallback;
    }

    /** Where inside the staging slot the bootloader keeps the old image, when it has to. */
    public int kept(FlashMap map, int oldSize) {
        int steps = Math.ceilDiv(oldSize, map.step());
        return stays()
                ? map.staging().end() - steps * map.step()
                : map.staging().start();
    }

    /**
     * Puts the medium on the board. Nothing ever changes what is on it.
     *
     * @param cardWritten run when the bootloader writes to the SD card all the same; an external flash tells of that itself
     */
    public BoardBuilder wire(BoardBuilder board, FlashMap map, Runnable cardWritten) {
        board.spiNor(staging == Staging.NOR ? norSize(map) : 0);
        return staging == Staging.CARD ? board.sdCard(card(cardWritten)) : board;
    }

    /** Fills the medium, where it is a part of the board. */
    public void fill(Board board, FlashMap map) {
        if (staging == Staging.NOR) {
            FlashArray nor = board.spiNor().orElseThrow().array();
            nor.load(0, update.bytes().toArray());
            if (hasFallback) {
                nor.load(norFallback(map), fallback.bytes().toArray());
            }
        }
    }

    private ReadOnlyCard card(Runnable written) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("UPDATE  UPD", update.bytes().toArray());
        if (hasFallback) {
            files.put("FALLBACKUPD", fallback.bytes().toArray());
        }
        return new ReadOnlyCard(BlockStore.of(FatVolume.of(files)), written);
    }

    private static int norFallback(FlashMap map) {
        return Math.ceilDiv(map.running().size(), NOR_BLOCK) * NOR_BLOCK;
    }

    private static int norSize(FlashMap map) {
        return Integer.highestOneBit(norFallback(map) + map.running().size() - 1) << 1;
    }

    /** For a report: "on an SD card, encrypted, with the old image beside it". */
    public String describe() {
        return staging.where()
                + (update.encrypted() ? ", encrypted" : "")
                + (update.packing().isPresent() ? ", packed" : "")
                + (!staging.isOutside()
                        ? ""
                        : hasFallback ? ", with the old image beside it" : ", with nothing beside it");
    }
}
