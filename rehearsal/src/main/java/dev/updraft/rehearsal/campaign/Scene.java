package dev.updraft.rehearsal.campaign;

import dev.updraft.rehearsal.CryptoMode;
import dev.updraft.rehearsal.device.Bootloader;
import dev.updraft.rehearsal.device.FlashMap;
import dev.updraft.rehearsal.device.RehearsedImage;

/**
 * What is rehearsed: an update on one board.
 *
 * @param startsAllowed starts on trial before the old image comes back
 */
public record Scene(
        FlashMap map,
        Bootloader bootloader,
        RehearsedImage oldImage,
        RehearsedImage newImage,
        int startsAllowed,
        CryptoMode crypto) {
    Scene with(CryptoMode other) {
        return new Scene(map, bootloader, oldImage, newImage, startsAllowed, other);
    }
}
