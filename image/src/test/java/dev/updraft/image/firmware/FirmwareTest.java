package dev.updraft.image.firmware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirmwareTest {
    static final String SREC = "S00600004844521B\nS1050010AABB85\nS206010010CCDD3F\nS5030002FA\nS804010101F8\n";

    static final String HEX = """
            :020000040800F2
            :0400000001020304F2
            :02000800AABB91
            :0400000508000101ED
            :00000001FF
            """;

    @Test
    void intelHexGivesAddressesGapsAndEntry() {
        Firmware firmware = read(HEX);

        assertThat(firmware.format()).isEqualTo(Format.INTEL_HEX);
        assertThat(firmware.segments())
                .containsExactly(
                        new Segment(0x0800_0000, Bytes.of(1, 2, 3, 4)), new Segment(0x0800_0008, Bytes.of(0xaa, 0xbb)));
        assertThat(firmware.contents()).isEqualTo(Bytes.fromHex("01020304ffffffffaabb"));
        assertThat(firmware.entry()).hasValue(0x0800_0101);
    }

    @Test
    void segmentAddressesOfIntelHexAre16TimesTheirNumber() {
        Firmware firmware = read(":020000021000EC\n:0100FF005AA6\n:0400000310000020C9\n:00000001FF\n");

        assertThat(firmware.address()).hasValue(0x1_00ff);
        assertThat(firmware.entry()).hasValue(0x1_0020);
    }

    @Test
    void aDamagedHexFileIsNamedByLineAndColumn() {
        refused(HEX.replace("F2\n:02", "F3\n:02"), "line 2, column 18", "checksum is F3", "give F2");
        refused(HEX.replace("AABB", "AAXB"), "line 3, column 12", "'X'");
        refused(HEX.replace(":00000001FF\n", ""), "cut short");
        refused(HEX + ":00000001FF\n", "line 6", "after the end record");
        refused(":0400000001020304F2\n:02000200AABB97\n:00000001FF\n", "0x00000002");
        refused(":00000006FA\n", "type 06");
    }

    @Test
    void sRecordsOfEveryAddressWidthAreRead() {
        Firmware firmware = read(SREC);

        assertThat(firmware.format()).isEqualTo(Format.SREC);
        assertThat(firmware.segments())
                .containsExactly(new Segment(0x10, Bytes.of(0xaa, 0xbb)), new Segment(0x1_0010, Bytes.of(0xcc, 0xdd)));
        assertThat(firmware.entry()).hasValue(0x1_0101);
        refused("S1050010AABB86\nS9030000FC\n", "line 1, column 13", "checksum is 86");
        refused("S1050010AABB85\nS5030007F5\nS9030000FC\n", "line 2", "7 data records");
        refused("S1050010AABB85\n", "cut short");
    }

    @Test
    void elfGivesWhatIsLoadedAtItsPhysicalAddress() {
        Firmware firmware = Firmware.read(elf(40));

        assertThat(firmware.format()).isEqualTo(Format.ELF);
        assertThat(firmware.segments()).containsExactly(new Segment(0x0802_0200, Bytes.of(9, 8, 7, 6)));
        assertThatThrownBy(() -> Firmware.read(elf(62))).hasMessageContaining("machine 62");
    }

    @Test
    void dfuSeGivesItsElementsAndItsCrcIsChecked() {
        byte[] file = dfuSe();

        assertThat(Firmware.read(file).segments()).containsExactly(new Segment(0x0800_0000, Bytes.of(1, 2, 3)));
        file[290] ^= 1;
        assertThatThrownBy(() -> Firmware.read(file)).hasMessageContaining("CRC");
    }

    @Test
    void aRawBinaryHasNoAddressAndBeginsWithAVectorTable() {
        Firmware firmware = Firmware.read(Bytes.fromHex("0080002001010208").toArray());

        assertThat(firmware.format()).isEqualTo(Format.BINARY);
        assertThat(firmware.address()).isEmpty();
        assertThatThrownBy(() -> Firmware.read(new byte[0])).hasMessageContaining("empty");
        for (String other : List.of(
                "3a010203", // ends before a vector table does
                "0080000101010208", // no memory there
                "0180002001010208", // not on a multiple of 4
                "0080002000010208", // Arm code
                "008000200101ffff")) {
            byte[] bytes = Bytes.fromHex(other).toArray();
            assertThatThrownBy(() -> Firmware.read(bytes)).as(other).hasMessageContaining("--format bin");
            assertThat(new FirmwareReader().as(Format.BINARY).read(bytes).contents())
                    .isEqualTo(Bytes.wrapping(bytes));
        }
    }

    @Test
    void whatIsWrittenAsHexReadsBackTheSame() throws IOException {
        byte[] large = new byte[200_000];
        for (int i = 0; i < large.length; i++) {
            large[i] = (byte) (i * 31 >> 3);
        }
        Firmware firmware = new Firmware(
                Format.INTEL_HEX,
                List.of(new Segment(0x0800_fff5L, Bytes.copyOf(large)), new Segment(0xffff_fffeL, Bytes.of(1, 2))),
                OptionalLong.of(0x0800_fff5L));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        firmware.writeHex(out);

        assertThat(Firmware.read(out.toByteArray())).isEqualTo(firmware);
        assertThatThrownBy(firmware::contents)
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("0xfffffffe");
    }

    private static Firmware read(String text) {
        return Firmware.read(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void refused(String text, String... sentenceHas) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(ImageException.class).hasMessageContainingAll(sentenceHas);
    }

    @Test
    void theLinkersHeadersInFrontOfTheCodeAreNotFirmware(@TempDir Path dir) throws Exception {
        Files.writeString(
                dir.resolve("app.c"), "const int table[] = {1, 2, 3}; int data = 5; int main(void) { return data; }");
        run(dir, "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -nostdlib -e main -Ttext=0x08020200 app.c -o app.elf");
        run(dir, "arm-none-eabi-objcopy -O binary -j .text -j .rodata app.elf app.bin");

        Firmware firmware = Firmware.read(Files.readAllBytes(dir.resolve("app.elf")));

        assertThat(firmware.address()).hasValue(0x0802_0200);
        assertThat(firmware.segments().getFirst().bytes())
                .isEqualTo(Bytes.wrapping(Files.readAllBytes(dir.resolve("app.bin"))));
    }

    private static void run(Path dir, String command) throws Exception {
        Process process = new ProcessBuilder(command.split(" "))
                .directory(dir.toFile())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).as(command).isZero();
    }

    static byte[] elf(int machine) {
        byte[] elf = FirmwareSamples.elf(new Firmware(
                Format.ELF, List.of(new Segment(0x0802_0200, Bytes.of(9, 8, 7, 6))), OptionalLong.of(0x0802_0301)));
        elf[18] = (byte) machine;
        elf[19] = (byte) (machine >> 8);
        return elf;
    }

    static byte[] dfuSe() {
        return FirmwareSamples.dfuSe(
                new Firmware(Format.DFUSE, List.of(new Segment(0x0800_0000, Bytes.of(1, 2, 3))), OptionalLong.empty()));
    }
}
