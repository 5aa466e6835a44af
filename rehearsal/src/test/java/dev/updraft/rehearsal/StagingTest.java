package dev.updraft.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.Image;
import dev.updraft.image.ImageSigner;
import dev.updraft.image.encryption.AesSize;
import dev.updraft.rehearsal.campaign.CampaignResult;
import dev.updraft.rehearsal.device.Bootloader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each way in which an update can wait for its installation, on the compiled bootloader that knows them all. */
class StagingTest {
    private static final Progress QUIET = (done, total, failed) -> {};
    private static final String BOARD = "stm32l476";
    private static final int SIZE = 20_000; // two steps of 16 KB

    private static Rehearsal rehearsal(
            Bootloader bootloader, Staging staging, boolean withFallback, boolean encrypted, boolean packed) {
        Image oldImage = published("1.0.0", 1, encrypted, packed);
        Image newImage = published("1.1.0", 2, encrypted, packed);
        return Rehearsal.of(BOARD, bootloader, oldImage, newImage, encrypted ? Firmware.decryptionKey() : null)
                .crypto(CryptoMode.HOST)
                .crossChecks(1)
                .staging(staging, withFallback);
    }

    private static Image published(String version, int seed, boolean encrypted, boolean packed) {
        ImageSigner signer = Firmware.signer(BOARD, version, seed);
        signer = packed ? signer.compress() : signer;
        signer = encrypted ? signer.encryptTo(Firmware.encryptionKey(), AesSize.AES128) : signer;
        return signer.sign(Firmware.payload(BOARD, SIZE, seed));
    }

    @ParameterizedTest
    @CsvSource({
        "CARD, true,  false, false",
        "CARD, false, true,  false",
        "NOR,  true,  false, true",
        "NOR,  false, false, false",
        "CHIP, true,  true,  false",
        "CHIP, true,  true,  true",
    })
    void everyCutIsSurvived(Staging staging, boolean withFallback, boolean encrypted, boolean packed) {
        RehearsalResult result = rehearsal(Firmware.wholeBootloader(BOARD), staging, withFallback, encrypted, packed)
                .cuts(3)
                .run(QUIET);
        assertThat(result.parts())
                .allSatisfy(part -> assertThat(part.failures()).isEmpty());
        assertThat(result.parts())
                .allSatisfy(part -> assertThat(part.toTheEnd()).isPositive());
        assertThat(result.delivery()).contains(staging.where());
        CampaignResult update = result.parts().getFirst();
        boolean stagingIsWritten =
                result.sectors().stream().anyMatch(sector -> sector.use().equals("staging") && sector.erases() > 0);
        assertThat(stagingIsWritten).isEqualTo(!(staging.isOutside() && withFallback));
        assertThat(update.operations()).isGreaterThan(SIZE / 8);
    }

    @ParameterizedTest
    @CsvSource({
        "copy-forgotten-midway, NOR,  false, false, going back",
        "card-written-back,     CARD, false, false, it changed the SD card",
        "undecrypted,           CARD, true,  false, does not work",
        "keep-over-packed,      CHIP, false, true,  does not work",
    })
    void aBootloaderWithASeededFaultIsCaught(
            String mutant, Staging staging, boolean encrypted, boolean packed, String complaint) {
        Rehearsal rehearsal = rehearsal(Firmware.wholeMutant(BOARD, mutant), staging, true, encrypted, packed)
                .cuts(3);
        String found;
        try {
            found = rehearsal.run(QUIET).parts().toString();
        } catch (RehearsalException evenWithoutACut) {
            found = String.valueOf(evenWithoutACut.getMessage());
        }
        assertThat(found).containsIgnoringCase(complaint);
    }

    @Test
    void anEncryptedImageWithoutTheKeyIsOneSentence() {
        Image secret = published("1.1.0", 2, true, false);
        Image plain = published("1.0.0", 1, false, false);
        Bootloader bootloader = Firmware.wholeBootloader(BOARD);
        assertThatThrownBy(() -> Rehearsal.of(BOARD, bootloader, plain, secret))
                .isInstanceOf(RehearsalException.class)
                .hasMessageContaining("is encrypted");
    }
}
