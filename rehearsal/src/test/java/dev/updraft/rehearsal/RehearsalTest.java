package dev.updraft.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.Image;
import dev.updraft.image.ImageSigner;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.SigningKey;
import dev.updraft.rehearsal.campaign.CampaignResult;
import dev.updraft.rehearsal.device.Bootloader;
import dev.updraft.rehearsal.report.HtmlReport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The compiled bootloader on the emulated boards, with small images. The full size: bench/rehearsal. */
class RehearsalTest {
    private static final Progress QUIET = (done, total, failed) -> {};
    private static final int SIZE = 1200;
    private static final int SEVERAL_PAGES = 5_000; // of 2 KB
    private static final int SEVERAL_STEPS = 40_000; // of 16 KB

    private static Rehearsal small(String board, Bootloader bootloader) {
        return of(board, bootloader, SIZE);
    }

    private static Rehearsal of(String board, Bootloader bootloader, int size) {
        return Rehearsal.of(
                board,
                bootloader,
                Firmware.image(board, "1.0.0", size, 1, 1),
                Firmware.image(board, "1.1.0", size + 100, 2, 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"stm32f407", "stm32l476", "stm32h743"})
    void everyCutIsSurvived(String board) {
        RehearsalResult result = small(board, Firmware.bootloader(board))
                .crypto(CryptoMode.HOST)
                .cuts(30)
                .secondCuts(1, 4)
                .run(QUIET);
        assertThat(result.parts())
                .allSatisfy(part -> assertThat(part.failures()).isEmpty());
        assertThat(result.passed()).isTrue();
        assertThat(result.compared()).isPositive();
        assertThat(result.parts())
                .extracting(CampaignResult::name)
                .containsExactly("update", "roll-back", "second cut");
        assertThat(result.parts())
                .allSatisfy(part -> assertThat(part.toTheEnd()).isPositive());
        assertThat(result.slowest().longestRecoveryMicros()).isGreaterThan(20_000);
        assertThat(HtmlReport.of(result)).contains("Every one of").doesNotContain("{{");
    }

    @Test
    @Tag("slow")
    void whatIsPrunedWouldHaveEndedTheSameWay() {
        Rehearsal rehearsal = of("stm32l476", Firmware.bootloader("stm32l476"), SEVERAL_PAGES)
                .crypto(CryptoMode.HOST)
                .cuts(30);
        RehearsalResult pruned = rehearsal.run(QUIET);
        RehearsalResult whole = rehearsal.pruning(false).run(QUIET);
        assertThat(pruned.parts().getFirst().stoppedEarly()).isPositive();
        assertThat(pruned.parts().getFirst().neverRead()).isPositive();
        assertThat(whole.parts().getFirst().stoppedEarly()).isZero();
        assertThat(whole.parts().getFirst().neverRead()).isZero();
        for (int i = 0; i < 2; i++) {
            CampaignResult one = pruned.parts().get(i);
            CampaignResult other = whole.parts().get(i);
            assertThat(one.failed()).isEqualTo(other.failed());
            assertThat(one.sequences()).isEqualTo(other.sequences());
            assertThat(one.longestRecoveryMicros()).isEqualTo(other.longestRecoveryMicros());
            assertThat(one.erases()).isEqualTo(other.erases());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "never-prove, unbootable",
        "wrong-order, nobody had confirmed it",
        "no-watchdog, watchdog",
        "counter-too-early, counter rose"
    })
    void aBootloaderWithASeededFaultIsCaught(String mutant, String complaint) {
        Rehearsal rehearsal = of("stm32l476", Firmware.mutant("stm32l476", mutant), SEVERAL_STEPS)
                .crypto(CryptoMode.HOST)
                .cuts(20);
        String found;
        try {
            RehearsalResult result = rehearsal.run(QUIET);
            assertThat(result.passed()).isFalse();
            found = result.parts().stream()
                    .flatMap(part -> part.failures().stream())
                    .map(Object::toString)
                    .reduce("", String::concat);
        } catch (RehearsalException evenWithoutACut) {
            found = String.valueOf(evenWithoutACut.getMessage());
        }
        assertThat(found).contains(complaint);
    }

    @Test
    void whatDoesNotFitTogetherIsOneSentence() {
        Bootloader bootloader = Firmware.bootloader("stm32f407");
        Image good = Firmware.image("stm32f407", "1.0.0", SIZE, 1, 1);
        assertThatThrownBy(() -> Rehearsal.of("stm32f407", bootloader, good, good))
                .isInstanceOf(RehearsalException.class)
                .hasMessageContaining("nothing to update");
        assertThatThrownBy(() ->
                        Rehearsal.of("stm32f407", bootloader, good, Firmware.image("stm32l476", "1.1.0", SIZE, 1, 2)))
                .hasMessageContaining("is for the board stm32l476");
        assertThatThrownBy(() ->
                        Rehearsal.of("stm32f407", bootloader, good, Firmware.image("stm32f407", "1.1.0", SIZE, 0, 2)))
                .hasMessageContaining("security counter");
        Image stranger = ImageSigner.with(SigningKey.generate(KeyType.P256))
                .version("1.1.0")
                .board("stm32f407")
                .securityCounter(1)
                .sign(good.payload().toArray());
        assertThatThrownBy(() -> Rehearsal.of("stm32f407", bootloader, good, stranger))
                .hasMessageContaining("signed by a key that the bootloader does not hold");
    }
}
