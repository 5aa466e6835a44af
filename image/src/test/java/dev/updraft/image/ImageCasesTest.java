package dev.updraft.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.board.Board;
import dev.updraft.image.firmware.Firmware;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signed files of other tools, builds with room for the header, boards and versions as people write them. */
class ImageCasesTest {
    private static final ImageSigner SIGNER =
            ImageSigner.with(SigningKey.generate(KeyType.P256)).version("1.0.0");

    @Test
    void aSignedHexIsTheImageInIt() {
        Image image = Image.parse(Cases.bytes("img/a.bin"));

        assertThat(Image.parse(Image.unwrapped(Cases.bytes("img/a.hex"))).signedRegion())
                .isEqualTo(image.signedRegion());
        assertThat(Image.parse(Image.unwrapped(Cases.bytes("img/a.bin")))).isEqualTo(image);
        assertThat(Image.parse(Image.unwrapped(Cases.bytes("img/confirm.hex"))).payload())
                .isEqualTo(image.payload());
        assertThat(Image.unwrapped(Cases.bytes("in/lower.hex"))).isEqualTo(Cases.bytes("in/lower.hex"));
        assertThatThrownBy(() -> SIGNER.sign(Firmware.read(Cases.bytes("img/a.hex"))))
                .hasMessageContaining("already");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zephyr.bin", "zephyr.hex"})
    void theHeaderGoesIntoTheRoomThatTheBuildLeft(String name) {
        Firmware firmware = Firmware.read(Cases.bytes("in/" + name));

        for (ImageSigner signer : new ImageSigner[] {SIGNER, SIGNER.board("stm32f407")}) {
            Image image = signer.sign(firmware);
            assertThat(image.header().headerSize()).isEqualTo(0x200);
            assertThat(image.payload()).isEqualTo(Bytes.wrapping(Cases.bytes("in/app.bin")));
        }
        assertThatThrownBy(() -> SIGNER.headerSize(0x400).sign(firmware))
                .hasMessageContaining("CONFIG_ROM_START_OFFSET=0x400");
        assertThatThrownBy(() -> SIGNER.board("stm32h743").sign(firmware))
                .hasMessageContaining("CONFIG_ROM_START_OFFSET=0x400");
    }

    @Test
    void theSameRoomInFrontOfAnotherSlotIsRefused() {
        Firmware elsewhere = Firmware.read(Cases.bytes("in/zephyr.hex")).at(0x0800_0000);

        assertThatThrownBy(() -> SIGNER.board("stm32f407").sign(elsewhere))
                .hasMessageContaining("linked for 0x08000200");
    }

    @Test
    void aFileWithTheBootloaderInItIsRefused() {
        Firmware merged = Firmware.read(Cases.bytes("in/merged.hex"));

        assertThatThrownBy(() -> SIGNER.board("stm32f407").sign(merged))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("linked for 0x0800");
    }

    @ParameterizedTest
    @CsvSource({
        "stm32f407vg, the nearest is stm32f407",
        "stm32f405, the nearest is stm32f407",
        "stm32f4, the nearest is stm32f407",
        "stm32h743zi, the nearest is stm32h743",
        "stm32l746, the nearest is stm32l476",
        "gizmo, 'stm32f407, stm32h743, stm32l476'"
    })
    void aBoardThatNobodyKnowsIsAnError(String board, String sentenceHas) {
        byte[] firmware = ImageSignerTest.firmware(0x0802_0200);

        assertThatThrownBy(() -> SIGNER.board(board).sign(firmware))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(sentenceHas)
                .hasMessageContaining("--no-checks");
        assertThat(SIGNER.board(board).withoutChecks().sign(firmware).board()).contains(board);
    }

    @Test
    void aBoardLikeNoneHasNoNearestOne() {
        assertThatThrownBy(() -> Board.find("gizmo")).message().doesNotContain("nearest");
        assertThat(Board.find("stm32f407").name()).isEqualTo("stm32f407");
    }

    @ParameterizedTest
    @CsvSource({"1, 1.0.0", "1.2, 1.2.0", "1.2.3, 1.2.3", "1.2.3+4, 1.2.3+4", "0.0.0, 0.0.0", "01.02.03, 1.2.3"})
    void aVersionMayLeaveItsLastPartsOut(String text, String version) {
        assertThat(Version.parse(text)).hasToString(version);
    }

    @Test
    void everyPartOfAVersionGoesToItsLast() {
        Version last = Version.parse("255.255.65535+4294967295");

        assertThat(last).hasToString("255.255.65535+4294967295");
        assertThat(last).isGreaterThan(Version.parse("255.255.65535+4294967294"));
        assertThat(Version.parse("1.2.3")).isEqualByComparingTo(Version.parse("1.2.3+0"));
    }

    @ParameterizedTest
    @CsvSource({
        "v1.2.3, 'leave out the v, 1.2.3.'",
        "V1.2, 'leave out the v, 1.2.'",
        "1.2.3-rc1, pre-release",
        "1.2.3-rc1, 1.2.3+1",
        "2026.11.28, a year does not fit",
        "256.0.0, major goes to 255",
        "1.256.0, minor go to 255",
        "1.0.65536, revision to 65535",
        "1.0.0+4294967296, build to 4294967295",
        "1.2+3, write a.b.c",
        "1..2, write a.b.c",
        "latest, write a.b.c",
        "1.2.3.4, write a.b.c",
        "99999999999, write a.b.c"
    })
    void aVersionThatDoesNotFitSaysWhatToWrite(String text, String sentenceHas) {
        assertThatThrownBy(() -> Version.parse(text))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(sentenceHas);
    }
}
