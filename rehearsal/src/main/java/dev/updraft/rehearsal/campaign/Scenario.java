package dev.updraft.rehearsal.campaign;

import dev.updraft.rehearsal.CryptoMode;
import dev.updraft.rehearsal.device.Bootloader;
import dev.updraft.rehearsal.device.Delivery;
import dev.updraft.rehearsal.device.FlashMap;
import dev.updraft.rehearsal.device.RehearsedImage;

/**
 * What is rehearsed: an update on one board.
 *
 * @param newImage as it is once it is installed; {@code delivery} has it as it waits
 * @param startsAllowed starts on trial before the old image comes back
 */
public record Scenario(
        FlashMap map,
        Bootloader bootloader,
        RehearsedImage oldImage,
        RehearsedImage newImage,
        Delivery delivery,
        int startsAllowed,
        CryptoMode crypto) {
    public Scenario with(CryptoMode other) {
        return new Scenario(map, bootloader, oldImage, newImage, delivery, startsAllowed, other);
    }

    public Scenario with(Delivery other) {
        return new Scenario(map, bootloader, oldImage, newImage, other, startsAllowed, crypto);
    }

    public Scenario withStartsAllowed(int count) {
        return new Scenario(map, bootloader, oldImage, newImage, delivery, count, crypto);
    }
}
