package dev.updraft.rehearsal.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.flash.FlashSnapshot;
import dev.updraft.emulator.flash.Tear;
import dev.updraft.emulator.flash.Tear.Look;
import dev.updraft.image.Image;
import dev.updraft.rehearsal.CryptoMode;
import dev.updraft.rehearsal.Firmware;
import dev.updraft.rehearsal.Staging;
import dev.updraft.rehearsal.device.Bootloader;
import dev.updraft.rehearsal.device.Delivery;
import dev.updraft.rehearsal.device.FlashMap;
import dev.updraft.rehearsal.device.RehearsedImage;
import dev.updraft.rehearsal.referee.DeviceHistory;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A torn unit of the STM32L476 that is corrected at one read and cannot be at the next: the second error raises the NMI, and the
 * controller does not set ECCD for it, because ECCC stands (RM0351 3.7.7). A handler that waits for ECCD hangs at every start.
 */
class EccErrorTest {
    private static final String BOARD = "stm32l476";
    private static final int SEEDS_MOST = 400;
    private static final int LAST_RECORD_UNITS = 40;
    private static final long INSTRUCTIONS = 30_000_000;

    @Test
    void anUncorrectableUnitBehindACorrectedOneIsAReadErrorAndNoHang() {
        try (Device good = Device.of(scenario(Firmware.bootloader(BOARD)));
                Device bad = Device.of(scenario(Firmware.mutant(BOARD, "nmi-waits-for-eccd")))) {
            int hung = 0;
            for (int seed = 0; seed < SEEDS_MOST && hung < 2; seed++) {
                if (!bad.cut(seed).good()) {
                    hung++;
                    assertThat(good.cut(seed).complaint()).isNull();
                }
            }
            assertThat(hung).as("cuts after which the faulty handler hangs").isEqualTo(2);
        }
    }

    /** A board, and its update without a cut. */
    private record Device(TestBoard board, Scenario scenario, FlashSnapshot start, List<FlashStep> journal)
            implements AutoCloseable {
        static Device of(Scenario scenario) {
            TestBoard board = new TestBoard(scenario);
            board.allowInstructions(INSTRUCTIONS);
            FlashSnapshot start = board.delivered(scenario);
            return new Device(
                    board,
                    scenario,
                    start,
                    board.run(start, -1, DeviceHistory.FRESH, Application.CONFIRMS, null, true)
                            .journal());
        }

        /** Power goes in the record of the confirmation, in one unit after the other, and the unit reads another way each time. */
        RunResult cut(int seed) {
            int cut = journal.size() - 1 - seed % LAST_RECORD_UNITS;
            FlashSnapshot torn =
                    new Replay(scenario.map().geometry(), start, journal).cutAt(cut, Tear.looking(Look.FLICKER, seed));
            return board.run(torn, -1, journal.get(cut).course().cut(), Application.CONFIRMS, null, false);
        }

        @Override
        public void close() {
            board.close();
        }
    }

    private static Scenario scenario(Bootloader bootloader) {
        Image oldImage = Firmware.image(BOARD, "1.0.0", 900, 1, 1);
        Image newImage = Firmware.image(BOARD, "1.1.0", 900, 1, 2);
        return new Scenario(
                FlashMap.of(BOARD),
                bootloader,
                RehearsedImage.of(oldImage),
                RehearsedImage.of(newImage),
                new Delivery(Staging.CHIP, newImage, oldImage, true),
                3,
                CryptoMode.HOST);
    }
}
