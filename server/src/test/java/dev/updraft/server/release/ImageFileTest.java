package dev.updraft.server.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.server.http.Problem;
import dev.updraft.server.testing.Images;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ImageFileTest {
    private static void isRefused(Consumer<byte[]> change, String why) {
        byte[] image = Images.image("stm32f407", 1, 0, 0, 1_000);
        change.accept(image);
        assertThatThrownBy(() -> ImageFile.read(image))
                .isInstanceOf(Problem.class)
                .hasMessageContaining(why);
    }

    @Test
    void whatNoBootloaderCanInstallIsTurnedAwayWhenItIsUploaded() {
        assertThat(ImageFile.read(Images.image("stm32f407", 1, 0, 0, 1_000)).board())
                .isEqualTo("stm32f407");
        int signature = Images.image("stm32f407", 1, 0, 0, 1_000).length - 74;
        isRefused(image -> image[signature] = 0x20, "RSA");
        isRefused(image -> image[17] = 0x02, "LZMA");
        isRefused(image -> image[17] = 0x04, "LZMA");
    }

    @Test
    void whatTheBoardCannotInstallIsRefusedWithTheReason() {
        byte[] good = Images.image("stm32f407", 1, 0, 0, 1_000);
        ImageFile.requireInstallable(good, "stm32f407");
        assertThatThrownBy(() -> ImageFile.requireInstallable(good, "stm32h743"))
                .hasMessageContaining("It is for the board stm32f407")
                .hasMessageContaining("header");
        byte[] elsewhere = good.clone();
        elsewhere[512 + 7] = 0x20; // the reset vector leads into RAM
        assertThatThrownBy(() -> ImageFile.requireInstallable(elsewhere, "stm32f407"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("reset vector");
        assertThatThrownBy(() ->
                        ImageFile.requireInstallable(Images.image("stm32f407", 1, 0, 0, 400 * 1_024), "stm32f407"))
                .hasMessageContaining("make the firmware smaller");
        // Of a board of somebody's own nothing is known, and its name is no path.
        ImageFile.requireInstallable(elsewhere, "door-lock");
        ImageFile.requireInstallable(elsewhere, "/etc/passwd");
        ImageFile.requireInstallable(elsewhere, "./board.toml");
    }
}
