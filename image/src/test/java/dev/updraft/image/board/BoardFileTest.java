package dev.updraft.image.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.ImageException;
import dev.updraft.image.ImageSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BoardFileTest {
    private static final Path BOARDS = Path.of("../boards");

    @TempDir
    private Path folder;

    static List<String> names() {
        return Board.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyBoardThatComesWithUpdraftIsInOrder(String name) {
        assertThat(BoardFile.read(BOARDS.resolve(name + ".toml")).problems()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatCNeedsIsUpToDate(String name) throws IOException {
        assertThat(Files.readString(Path.of("../device/boards", name, BoardHeader.FILE)))
                .as("write it anew: ./updraft board header --all")
                .isEqualTo(BoardHeader.of(Board.find(name)));
    }

    @Test
    void aFileAnywhereIsABoardOfItsOwnName() throws IOException {
        Path file = folder.resolve("door-lock.toml");
        Files.copy(BOARDS.resolve("stm32f407.toml"), file);

        assertThat(Board.find(file.toString()).name()).isEqualTo("door-lock");
        byte[] firmware = new byte[256];
        firmware[3] = 0x20;
        firmware[2] = 1;
        firmware[4] = 9;
        firmware[5] = 2;
        firmware[6] = 2;
        firmware[7] = 8;
        assertThat(ImageSigner.unsigned()
                        .version("1.0.0")
                        .board(file.toString())
                        .sign(firmware)
                        .board())
                .contains("door-lock");
    }

    @Test
    void aBoardThatIsNotThereIsNamedWithItsNearest() {
        assertThatThrownBy(() -> Board.find("stm32f40"))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("the nearest is stm32f407");
        assertThatThrownBy(() -> Board.find("none.toml")).hasMessage("There is no board file 'none.toml'.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        chip = "STM32F407VG"     | chip = "STM32F407VX"                   | line 2, chip: No STM32 is called 'STM32F407VX'; near are STM32F407V
        chip = "STM32F407VG"     | chip = "STM32U575ZI"                   | line 2, chip: there is no port for the STM32U5
        interrupts = 82          | interupts = 82                         | line 3, interupts: there is no such member; the nearest is 'interrupts'.
        swap-unit =              | swapunit =                             | line 11, flash.swapunit: there is no such member; the nearest is 'swap-unit'.
        swap-unit = "128K"       | swap-unit = "128k"                     | line 11, flash.swap-unit: it must be a size: a number of bytes, or as "128K".
        swap-unit = "128K"       | swap-unit = "64K"                      | line 11, flash.swap-unit: 64K are no multiple of the erase units of slot and staging, 128K.
        0x08010000, size = "64K" | 0x08010000, size = "32K"               | line 8, flash.settings: it ends at 0x08018000 inside of the erase unit 0x08010000-0x0801ffff: make it 64K.
        0x08010000, size = "64K" | 0x0800C000, size = "80K"               | line 8, flash.settings: it overlaps boot-state 2 from 0x0800c000 to 0x0800ffff.
        0x08080000, size = "512K"| 0x08080000, size = "640K"              | line 10, flash.staging: 0x08080000-0x0811ffff is not within the flash of STM32F407VG, 0x08000000-0x080fffff.
        0x08080000, size = "512K"| 0x08084000, size = "384K"              | line 10, flash.staging: no erase unit starts at 0x08084000: it is inside of 0x08080000-0x0809ffff
        header = 0x200           | header = 0x100                         | line 12, flash.header: 0x100 is no multiple of 0x200
        tx = "PA9 AF7"           | tx = "A9"                              | line 16, console.tx: 'A9' is no pin: write it as "PA9 AF7".
        select = "PB0"           | select = "PA9"                         | line 39, nor.select: PA9 is taken by [console] already.
        uart = "USART2"          | uart = "USART1"                        | line 20, wifi.uart: USART1 is the console's.
        [console]                | [console                               | line 14: this is not TOML:
        """)
    void whatIsWrongIsOneSentenceWithItsLine(String good, String wrong, String sentence) throws IOException {
        String text = Files.readString(BOARDS.resolve("stm32f407.toml"));
        assertThat(text).contains(good);
        Path file = folder.resolve("own.toml");
        Files.writeString(file, text.replace(good, wrong));

        assertThat(BoardFile.read(file).problems())
                .anySatisfy(problem -> assertThat(problem).startsWith(file + ", " + sentence));
        assertThatThrownBy(() -> Board.find(file.toString())).isInstanceOf(ImageException.class);
    }
}
