package dev.updraft.image.firmware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.Bytes;
import dev.updraft.image.Cases;
import dev.updraft.image.ImageException;
import dev.updraft.image.MemoryRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Firmware files of other tools, whole and damaged, and what is taken for firmware and is none. */
class FirmwareCasesTest {
    private static final Bytes APP = Bytes.wrapping(Cases.bytes("in/app.bin"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lower.hex",
                "wide255.hex",
                "eof-addr.hex",
                "ctrl-z.hex",
                "nul-tail.hex",
                "cr-only.hex",
                "indent.hex",
                "ok.srec",
                "s0-late.s19",
                "one.dfu"
            })
    void everyWritingOfOneProgramGivesIt(String name) {
        Firmware firmware = Firmware.read(Cases.bytes("in/" + name));

        assertThat(firmware.contents()).isEqualTo(APP);
        assertThat(firmware.address()).hasValue(0x0802_0200);
    }

    @Test
    void segmentAddressesReachOneMegabyte() {
        assertThat(Firmware.read(Cases.bytes("in/segment.hex")).contents()).isEqualTo(APP);
    }

    @ParameterizedTest
    @CsvSource({
        "html.hex, web page",
        "lfs.hex, git lfs pull",
        "comment.hex, records follow further down",
        "utf16.hex, UTF-16",
        "two-files.hex, after the end record",
        "ff.bin, --format bin"
    })
    void whatIsNoFirmwareIsNamed(String name, String sentenceHas) {
        assertRefused(Cases.bytes("in/" + name), sentenceHas);
    }

    @ParameterizedTest
    @CsvSource({
        "504b0304140000, zip archive",
        "1f8b0800, gunzip",
        "fd377a585a00, unxz",
        "425a6839314159, bunzip2",
        "28b52ffd04, unzstd",
        "377abcaf271c0004, 7z",
        "213c617263683e0a, library of object files",
        "4d5a90000300, Windows",
        "255044462d312e37, PDF",
        "7b226b6579223a317d, text",
        "efbbbf7b7d, text",
        "48c3a4c3a96c6c6f0a, text",
        "fffe3a003000, UTF-16",
        "feff003a0030, UTF-16",
        "3a0031003000300032003000300030003000, UTF-16",
        "4000080000, no raw binary"
    })
    void otherFilesAreNamedByTheirFirstBytes(String start, String sentenceHas) {
        assertRefused(HexFormat.of().parseHex(start), sentenceHas);
    }

    @Test
    void whatFollowsTheEndOfATextIsNotDropped() {
        String hex = ":020000040802F0\n:0102000055A8\n";

        assertThat(read(hex + ":00000001FF\u001a").contents()).isEqualTo(Bytes.of(0x55));
        assertThat(read(hex + ":00000001FF\r\u001a\0\0\r\n\t ").contents()).isEqualTo(Bytes.of(0x55));
        assertThat(read("\r\r  " + hex.replace("\n", "\r  ") + ":00000001FF").contents())
                .isEqualTo(Bytes.of(0x55));
        refused(hex + ":00000001FF\n\u001a:0102000055A8\n", "line 4", "Ctrl-Z");
        refused(hex + "\u001a:00000001FF\n", "Ctrl-Z");
        refused(hex + "\u001a", "no end record");
        refused(hex + "  :01020000X5A8\n", "line 3, column 12");
        refused(hex.replace("\n", "\r\n") + ":0102000055A7\r\n", "line 3, column 12", "checksum");
    }

    @Test
    void partsThatOverlapMustAgree() {
        String first = ":0400000001020304F2\n:020004000506EF\n";

        assertThat(read(first + ":020002000304F5\n:00000001FF\n").contents()).isEqualTo(Bytes.of(1, 2, 3, 4, 5, 6));
        assertThat(read(first + ":0400040005060708DE\n:00000001FF\n").contents())
                .isEqualTo(Bytes.of(1, 2, 3, 4, 5, 6, 7, 8));
        refused(
                ":0400000001020304F2\n:0400040005060708DE\n:0200050006FFF4\n:00000001FF\n",
                "0x00000006",
                "line 2 has 0x07",
                "line 3 has 0xff");
        refused("S1050010AABB85\nS1040011BC2E\nS9030000FC\n", "0x00000011", "line 1 has 0xbb", "line 2 has 0xbc");
    }

    @Test
    void aRecordIsNamedByItsLineWhateverStandsBetween() {
        String records = ":0400000001020304F2\n\n:0400040005060708DE\n:02000800090AE3\n:02000A000B0CDD\n";

        refused(records + "\n:01000000FF00\n:00000001FF\n", "line 1 has 0x01", "line 7 has 0xff");
        refused(records + ":01000700FFF9\n:00000001FF\n", "line 3 has 0x08", "line 6 has 0xff");
        refused(records + ":01000900FFF7\n:00000001FF\n", "line 4 has 0x0a", "line 6 has 0xff");
        refused(records + ":01000B00FFF5\n:00000001FF\n", "line 5 has 0x0c", "line 6 has 0xff");
    }

    @ParameterizedTest
    @CsvSource({
        "10000000, 08020201, true",
        "0ffffffc, 08020201, false",
        "40000000, 08020201, true",
        "40000004, 08020201, false",
        "5ffffffc, 08020201, false",
        "60000000, 08020201, true",
        "e0000000, 08020201, true",
        "e0000004, 08020201, false",
        "20000002, 08020201, false",
        "20001000, 3fffffff, true",
        "20001000, 40000001, false",
        "20001000, 5fffffff, false",
        "20001000, 60000001, true",
        "20001000, dfffffff, true",
        "20001000, e0000001, false",
        "20001000, 08020200, false"
    })
    void aVectorTableHasItsStackInMemoryAndAnOddResetVectorWhereCodeRuns(String stack, String reset, boolean good) {
        byte[] table = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(8, Integer.parseUnsignedInt(stack, 16))
                .putInt(12, Integer.parseUnsignedInt(reset, 16))
                .array();

        assertThat(VectorTable.isAt(Bytes.wrapping(table), 8)).isEqualTo(good);
        assertThat(VectorTable.roomInFront(Bytes.wrapping(table)).isPresent()).isEqualTo(good);
        assertThat(VectorTable.isAt(Bytes.wrapping(table), 9)).isFalse();
    }

    @Test
    void partsForOtherMemoriesAreLeftOutWhenAsked() {
        MemoryRange flash = new MemoryRange(0x0800_0000, 0x10_0000);

        for (String name : List.of("ram-data.hex", "option-bytes.hex", "qspi.hex")) {
            Firmware all = Firmware.read(Cases.bytes("in/" + name));
            assertThatThrownBy(all::contents).as(name).hasMessageContaining("--only-flash");
            assertThat(all.only(flash).contents()).isEqualTo(APP);
            assertThat(all.outside(flash)).hasSize(1);
            assertThat(all.only(flash).outside(flash)).isEmpty();
        }
        Firmware straddling = new Firmware(
                Format.SREC, List.of(new Segment(10, Bytes.of(1, 2, 3, 4, 5))), java.util.OptionalLong.empty());
        assertThat(straddling.only(new MemoryRange(11, 2)).segments()).containsExactly(new Segment(11, Bytes.of(2, 3)));
        assertThat(straddling.outside(new MemoryRange(11, 2)))
                .containsExactly(new MemoryRange(10, 1), new MemoryRange(13, 2));
        assertThatThrownBy(() -> straddling.only(flash)).hasMessageContaining("another memory");
    }

    @Test
    void aDfuSeTargetIsChosen() {
        byte[] two = FirmwareSamples.dfuSe(
                List.of(new Segment(0x0800_0000, Bytes.of(1, 2, 3)), new Segment(0x9000_0000L, Bytes.of(7, 8))));

        assertRefused(two, "1 'part 1'");
        assertThat(new FirmwareReader().target(1).read(two).segments())
                .containsExactly(new Segment(0x9000_0000L, Bytes.of(7, 8)));
        assertThatThrownBy(() -> new FirmwareReader().target(2).read(two)).hasMessageContaining("--target");
        assertThatThrownBy(() -> new FirmwareReader().target(0).read(Cases.bytes("in/ok.srec")))
                .hasMessageContaining("DfuSe and UF2");
    }

    @Test
    void uf2GivesTheBlocksOfOneFamily() {
        byte[] file = uf2(0x57755a57, 0, 1, 2);

        assertThat(Firmware.read(file).segments()).hasSize(1);
        assertThat(Firmware.read(file).address()).hasValue(0x0802_0200);
        assertThat(Firmware.read(file).contents().length()).isEqualTo(3 * 256);
        assertThat(Firmware.read(uf2(0x57755a57, 2, 0, 1)).contents())
                .isEqualTo(Firmware.read(file).contents());
        byte[] other = concat(file, uf2(0x6db66082, 0, 1, 2));
        assertRefused(other, "0x57755a57, 0x6db66082");
        assertThat(new FirmwareReader().target(0x6db66082L).read(other).contents())
                .isEqualTo(Firmware.read(file).contents());
        assertRefused(uf2(0x57755a57, 0, 2), "cut short");
        assertRefused(java.util.Arrays.copyOf(file, 1000), "cut short");
        for (int at : new int[] {0, 4, 508, 17}) {
            byte[] damaged = file.clone();
            damaged[512 + at] ^= 0x40;
            assertRefused(damaged, "block 1");
        }
    }

    /** Blocks of 256 bytes with these numbers, of three. */
    private static byte[] uf2(int family, int... numbers) {
        ByteBuffer file = ByteBuffer.allocate(512 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < numbers.length; i++) {
            file.position(512 * i);
            file.putInt(0x0a324655).putInt(0x9e5d5157).putInt(0x2000).putInt(0x0802_0200 + 256 * numbers[i]);
            file.putInt(256).putInt(numbers[i]).putInt(3).putInt(family);
            for (int j = 0; j < 256; j++) {
                file.put((byte) (j + numbers[i]));
            }
            file.putInt(512 * i + 508, 0x0ab16f30);
        }
        return file.array();
    }

    private static byte[] concat(byte[] a, byte[] b) {
        return Bytes.concat(Bytes.wrapping(a), Bytes.wrapping(b)).toArray();
    }

    private static Firmware read(String text) {
        return Firmware.read(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void refused(String text, String... sentenceHas) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(ImageException.class).hasMessageContainingAll(sentenceHas);
    }

    private static void assertRefused(byte[] file, String sentenceHas) {
        assertThatThrownBy(() -> Firmware.read(file))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(sentenceHas);
    }
}
