package dev.updraft.rehearsal.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.flash.FlashArray;
import dev.updraft.emulator.flash.FlashListener;
import dev.updraft.emulator.flash.FlashOperation;
import dev.updraft.emulator.flash.FlashSnapshot;
import dev.updraft.emulator.flash.Tear;
import dev.updraft.image.Image;
import dev.updraft.rehearsal.CryptoMode;
import dev.updraft.rehearsal.Firmware;
import dev.updraft.rehearsal.Staging;
import dev.updraft.rehearsal.device.Delivery;
import dev.updraft.rehearsal.device.FlashMap;
import dev.updraft.rehearsal.device.RehearsedImage;
import dev.updraft.rehearsal.referee.DeviceHistory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A flash that is rebuilt from the journal is the flash that a real cut leaves. */
class ReplayTest {
    @ParameterizedTest
    @ValueSource(strings = {"stm32f407", "stm32l476"})
    void rebuiltAndCutAreTheSame(String name) {
        Image oldImage = Firmware.image(name, "1.0.0", 900, 1, 1);
        Image newImage = Firmware.image(name, "1.1.0", 900, 1, 2);
        Scenario scenario = new Scenario(
                FlashMap.of(name),
                Firmware.bootloader(name),
                RehearsedImage.of(oldImage),
                RehearsedImage.of(newImage),
                new Delivery(Staging.CHIP, newImage, oldImage, true),
                3,
                CryptoMode.HOST);
        try (TestBoard board = new TestBoard(scenario)) {
            FlashSnapshot start = board.delivered(scenario);
            List<FlashStep> journal = board.run(start, -1, DeviceHistory.FRESH, Application.CONFIRMS, null, true)
                    .journal();
            Replay replay = new Replay(scenario.map().geometry(), start, journal);
            for (int index : ofTheChip(board, start)) {
                Tear tear = Tear.any(index);
                FlashArray rebuilt = new FlashArray(scenario.map().geometry());
                rebuilt.restore(replay.cutAt(index, tear));
                Board cut = cut(board, start, index, tear);
                assertThat(rebuilt.bytes())
                        .as("operation %d", index)
                        .isEqualTo(cut.flash().bytes());
                assertThat(rebuilt.unstableFrom()).isEqualTo(cut.flash().unstableFrom());
                assertThat(rebuilt.unstableTo()).isEqualTo(cut.flash().unstableTo());
            }
        }
    }

    /** Some positions in the journal of operations that the firmware did, and not the application's stand-in. */
    private static List<Integer> ofTheChip(TestBoard board, FlashSnapshot start) {
        List<Integer> begun = new ArrayList<>();
        FlashListener counter = new FlashListener() {
            @Override
            public void started(FlashOperation operation) {
                begun.add(board.recorded() - 1);
            }
        };
        board.board().addFlashListener(counter);
        board.run(start, -1, DeviceHistory.FRESH, Application.CONFIRMS, null, true);
        board.board().removeFlashListener(counter);
        List<Integer> chosen = begun.stream()
                .filter(index -> begun.contains(index - 1) && index % 29 == 0)
                .toList();
        assertThat(chosen).hasSizeGreaterThan(5);
        return chosen;
    }

    /** Runs to the operation before and has the power go at the one that follows. */
    private static Board cut(TestBoard board, FlashSnapshot start, int index, Tear tear) {
        FlashListener knife = new FlashListener() {
            @Override
            public void finished(FlashOperation operation) {
                if (board.recorded() == index) {
                    board.board().cutPowerAt(board.board().flashOperations() + 1, tear);
                }
            }
        };
        board.board().addFlashListener(knife);
        board.run(start, -1, DeviceHistory.FRESH, Application.CONFIRMS, null, true);
        board.board().removeFlashListener(knife);
        return board.board();
    }
}
