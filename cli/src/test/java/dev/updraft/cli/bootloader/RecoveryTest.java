package dev.updraft.cli.bootloader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.part.BlockStore;
import dev.updraft.image.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** How a device whose slot is empty gets an image: from an SD card, or over the UART by SMP. */
class RecoveryTest {
    private static final int SIZE = 6_000;
    private static final int FAT16_KIB = 16 * 1024;
    private static final int HIGH_CAPACITY_KIB = 3 * 1024 * 1024;
    private static final int REQUEST_CARD = 2;
    private static final int REQUEST_RECOVERY = 3;
    private static final int REFUSED = 7;
    private static final int CORRUPT = 9;
    private static final String WAITS = "boot: nothing can be started; waiting for an image";

    @TempDir
    private Path folder;

    private Rig withCard(Chip chip, Path card) throws IOException {
        BlockStore store = BlockStore.of(card);
        return new Rig(chip, parts -> parts.sdCard(store));
    }

    private Path fat16(byte[] update) throws IOException {
        return FatImage.holding(update, 16, FAT16_KIB, folder);
    }

    @ParameterizedTest
    @MethodSource("dev.updraft.cli.bootloader.Chip#underTest")
    void theCardsImageIsInstalled(Chip chip) throws IOException {
        Image image = Images.signed(chip, "1.0.0", SIZE);
        try (Rig rig = withCard(chip, fat16(image.bytes().toArray()))) {
            rig.runUntil(image);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "STM32F407")
    void aCardOfHighCapacityWithFat32Too(Chip chip) throws IOException {
        Image image = Images.signed(chip, "1.0.0", SIZE);
        Path card = FatImage.holding(image.bytes().toArray(), 32, HIGH_CAPACITY_KIB, folder);
        try (Rig rig = withCard(chip, card)) {
            rig.runUntil(image);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.updraft.cli.bootloader.Chip#underTest")
    void whatTheApplicationAsksForIsTakenFromTheCard(Chip chip) throws IOException {
        Image old = Images.signed(chip, "1.0.0", SIZE);
        Image next = Images.signed(chip, "1.1.0", SIZE);
        try (Rig rig = withCard(chip, fat16(next.bytes().toArray())).runs(old)) {
            rig.request(REQUEST_CARD);
            rig.runUntil(next);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.updraft.cli.bootloader.Chip#underTest")
    void aFileThatWasCutOffLeavesTheOldImageRunning(Chip chip) throws IOException {
        Image old = Images.signed(chip, "1.0.0", SIZE);
        byte[] half = Arrays.copyOf(Images.signed(chip, "1.1.0", SIZE).bytes().toArray(), SIZE / 2);
        try (Rig rig = withCard(chip, fat16(half)).runs(old)) {
            rig.request(REQUEST_CARD);
            rig.runUntil(old);

            assertThat(BootState.of(rig).outcomeEvent()).isEqualTo(REFUSED);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.updraft.cli.bootloader.Chip#underTest")
    void aFileThatLoopsLeavesTheOldImageRunning(Chip chip) throws IOException {
        Image old = Images.signed(chip, "1.0.0", SIZE);
        Path card = fat16(Images.signed(chip, "1.1.0", SIZE).bytes().toArray());
        FatImage.loop(card);
        try (Rig rig = withCard(chip, card).runs(old)) {
            rig.request(REQUEST_CARD);
            rig.runUntil(old);

            assertThat(BootState.of(rig).outcomeEvent()).isEqualTo(REFUSED);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.updraft.cli.bootloader.Chip#underTest")
    void anEmptyDeviceWithABadCardWaitsAndTakesAnImageOverTheUart(Chip chip) throws IOException {
        Image image = Images.signed(chip, "1.2.3+4", SIZE);
        Path card = fat16(Arrays.copyOf(image.bytes().toArray(), SIZE / 2));
        FatImage.loop(card);
        try (Rig rig = withCard(chip, card)) {
            rig.runUntil(() -> rig.said(WAITS), 30);
            SmpTerminal terminal = new SmpTerminal(rig);

            assertThat(terminal.ask(
                                    SmpTerminal.WRITE,
                                    SmpTerminal.OS,
                                    0,
                                    SmpTerminal.fields().put("d", "hello"))
                            .path("r")
                            .asString())
                    .isEqualTo("hello");
            assertThat(state(terminal)).isEmpty();
            assertThat(terminal.upload(image.bytes().toArray()).path("rc").asInt())
                    .isZero();
            JsonNode staged = state(terminal).get(0);
            assertThat(staged.path("slot").asInt()).isEqualTo(1);
            assertThat(staged.path("version").asString()).isEqualTo("1.2.3.4");
            assertThat(staged.path("hash").binaryValue())
                    .isEqualTo(image.digest().toArray());
            terminal.ask(SmpTerminal.WRITE, SmpTerminal.OS, 5, SmpTerminal.fields());
            rig.runUntil(image);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "STM32L476")
    void anUploadThatDoesNotVerifyIsRefusedAndTheOldImageStaysWhereItIs(Chip chip) {
        Image old = Images.signed(chip, "1.0.0", SIZE);
        Image forged = Images.forged(chip, "1.1.0", SIZE);
        try (Rig rig = new Rig(chip).runs(old)) {
            rig.request(REQUEST_RECOVERY);
            SmpTerminal terminal = new SmpTerminal(rig);

            assertThat(terminal.upload(forged.bytes().toArray()).path("rc").asInt())
                    .isEqualTo(CORRUPT);
            terminal.ask(SmpTerminal.WRITE, SmpTerminal.OS, 5, SmpTerminal.fields());
            rig.runUntil(old);
        }
    }

    private static JsonNode state(SmpTerminal terminal) {
        return terminal.ask(SmpTerminal.READ, SmpTerminal.IMAGE, 0, SmpTerminal.fields())
                .path("images");
    }
}
