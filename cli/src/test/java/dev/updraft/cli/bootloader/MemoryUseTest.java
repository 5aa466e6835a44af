package dev.updraft.cli.bootloader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.part.BlockStore;
import dev.updraft.image.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The RAM that the bootloader with everything in it takes, measured: its stack is painted, and what was written over is found
 * again after it verified, decrypted, swapped and started an image, from staging, from a card and over the UART. The applications
 * here use no stack.
 */
class MemoryUseTest {
    private static final int SIZE = 6_000;
    private static final int PAINT = 0xDEAD_BEEF;
    private static final int STACK_MOST = 2048;
    private static final int STATIC_MOST = 2048 + 1024;

    @ParameterizedTest
    @MethodSource("dev.updraft.cli.bootloader.Chip#underTest")
    void stackAndStaticRamStayWithinTheirLimits(Chip chip, @TempDir Path folder) throws IOException {
        Image old = Images.signed(chip, "1.0.0", SIZE);
        Image next = Images.encrypted(chip, "1.1.0", SIZE);
        byte[] file = next.bytes().toArray();
        BlockStore card = BlockStore.of(FatImage.holding(file, 16, 16 * 1024, folder));
        int staticEnd = staticEnd(chip);

        int swap = measure(new Rig(chip).runs(old).wants(next), staticEnd, rig -> {});
        int fromCard = measure(new Rig(chip, parts -> parts.sdCard(card)), staticEnd, rig -> {});
        int upload = measure(new Rig(chip), staticEnd, rig -> {
            rig.runUntil(() -> rig.said("waiting for an image"), 30);
            SmpTerminal terminal = new SmpTerminal(rig);
            terminal.upload(file);
            terminal.ask(SmpTerminal.WRITE, SmpTerminal.OS, 5, SmpTerminal.fields());
        });

        int staticRam = staticEnd - Chip.RAM;
        System.out.printf(
                "boot %s: static RAM %d bytes, of which the copy buffer 1024; stack %d bytes installing from staging, %d from a card,"
                        + " %d by recovery over the UART%n",
                chip, staticRam, swap, fromCard, upload);
        assertThat(staticRam).isLessThanOrEqualTo(STATIC_MOST);
        assertThat(Math.max(swap, Math.max(fromCard, upload))).isLessThanOrEqualTo(STACK_MOST);
    }

    /** Bytes of stack used until an application runs. */
    private static int measure(Rig started, int staticEnd, Consumer<Rig> steps) {
        try (Rig rig = started) {
            rig.board.powerOn();
            for (int at = staticEnd; at < rig.chip.ramTop; at += 4) {
                rig.board.cpu().bus().write(at, 4, PAINT);
            }
            steps.accept(rig);
            rig.runUntil(rig::hasStarted, 60);
            assertThat(rig.hasStarted()).as(rig::story).isTrue();
            int at = staticEnd;
            while (at < rig.chip.ramTop && rig.board.cpu().bus().read(at, 4) == PAINT) {
                at += 4;
            }
            return rig.chip.ramTop - at;
        }
    }

    private static int staticEnd(Chip chip) throws IOException {
        String elf = Rig.bootloaderElf(chip).toString();
        Process nm = new ProcessBuilder("arm-none-eabi-nm", elf).start();
        String symbols = new String(nm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return symbols.lines()
                .filter(line -> line.endsWith(" updraft_bss_end"))
                .map(line -> Integer.parseUnsignedInt(line.substring(0, 8), 16))
                .findFirst()
                .orElseThrow();
    }
}
