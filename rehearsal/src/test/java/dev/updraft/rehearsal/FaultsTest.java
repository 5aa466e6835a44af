package dev.updraft.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.rehearsal.campaign.CampaignResult;
import dev.updraft.rehearsal.device.Bootloader;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong beside the power, on the compiled bootloader: silence, a wrong bit, a reset. */
class FaultsTest {
    private static final Progress QUIET = (done, total, failed) -> {};
    private static final String BOARD = "stm32l476";
    private static final int SIZE = 20_000;

    private static Rehearsal rehearsal(Bootloader bootloader, Staging staging) {
        return Rehearsal.of(
                        BOARD,
                        bootloader,
                        Firmware.signer(BOARD, "1.0.0", 1).sign(Firmware.payload(BOARD, SIZE, 1)),
                        Firmware.signer(BOARD, "1.1.0", 2).sign(Firmware.payload(BOARD, SIZE, 2)))
                .crypto(CryptoMode.HOST)
                .crossChecks(1)
                .staging(staging, true);
    }

    @ParameterizedTest
    @EnumSource(
            value = Staging.class,
            names = {"CARD", "NOR"})
    void everyFaultIsSurvived(Staging staging) {
        RehearsalResult result = rehearsal(Firmware.wholeBootloader(BOARD), staging)
                .cuts(2)
                .faults(EnumSet.allOf(FaultKind.class), 12)
                .run(QUIET);
        assertThat(result.parts())
                .allSatisfy(part -> assertThat(part.failures()).isEmpty());
        assertThat(result.parts().stream().map(CampaignResult::kind).distinct())
                .containsExactly(FaultKind.POWER, FaultKind.OUTAGE, FaultKind.NOISE, FaultKind.RESET);
        assertThat(result.parts().subList(2, 5))
                .allSatisfy(part -> assertThat(part.cutPoints())
                        .as("places that were reached")
                        .isBetween(11, 12));
    }

    @Test
    void aResetIsSurvivedWithAllInsideTheChip() {
        RehearsalResult result = rehearsal(Firmware.wholeBootloader(BOARD), Staging.CHIP)
                .faults(Set.of(FaultKind.RESET), 12)
                .run(QUIET);
        assertThat(result.parts())
                .singleElement()
                .satisfies(part -> assertThat(part.failures()).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "accept-what-failed, OUTAGE",
        "blame-the-image, OUTAGE",
        "first-reading-decides, NOISE",
    })
    void aBootloaderWithASeededFaultIsCaught(String mutant, FaultKind kind) {
        List<CampaignResult> parts = rehearsal(Firmware.wholeMutant(BOARD, mutant), Staging.NOR)
                .faults(Set.of(kind), 36)
                .run(QUIET)
                .parts();
        assertThat(parts)
                .singleElement()
                .satisfies(part -> assertThat(part.failed()).isPositive());
    }

    @Test
    void anOutageNeedsAMedium() {
        Rehearsal rehearsal = rehearsal(Firmware.wholeBootloader(BOARD), Staging.CHIP);
        assertThatThrownBy(() -> rehearsal.faults(Set.of(FaultKind.NOISE), 1))
                .isInstanceOf(RehearsalException.class)
                .hasMessageContaining("stage the update there");
    }
}
