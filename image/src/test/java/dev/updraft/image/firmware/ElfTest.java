package dev.updraft.image.firmware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.Bytes;
import dev.updraft.image.Cases;
import dev.updraft.image.ImageException;
import dev.updraft.image.Tools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ELF files of GNU ld and of lld give the bytes that GNU objcopy takes out of them, at the same addresses. */
class ElfTest {
    private static final String OBJCOPY = "arm-none-eabi-objcopy";

    private static final String PROGRAM = """
            #include <stdint.h>
            extern uint32_t _estack;
            void Reset_Handler(void);
            __attribute__((section(".vector_table"), used)) void *const vectors[98] = {&_estack, (void *)Reset_Handler};
            volatile uint32_t counter = 0x12345679;
            static uint32_t zero[64];
            __attribute__((section(".uninit"))) volatile uint32_t keep[16];
            __attribute__((section(".ramfunc"), noinline)) int in_ram(int a) { return a * 3 + (int)counter; }
            const char odd[7] = "seven.";
            __attribute__((section(".calibration"), used)) const uint32_t calibration[4] = {1, 2, 3, 4};
            void Reset_Handler(void) { zero[1] = (uint32_t)in_ram(2) + (uint32_t)odd[1]; keep[0]++; for (;;) {} }
            """;

    /** As cortex-m-rt, Zig's and TinyGo's targets, CubeIDE and others write it. */
    private static final String SCRIPT = """
            MEMORY { FLASH (rx) : ORIGIN = ORIGIN_OF_FLASH, LENGTH = 384K
                     RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 96K }
            ENTRY(Reset_Handler)
            _estack = ORIGIN(RAM) + LENGTH(RAM);
            SECTIONS {
              .vector_table ORIGIN(FLASH) : { KEEP(*(.vector_table)) } > FLASH
              .text : ALIGN(4) { *(.text .text.*) } > FLASH
              .rodata : ALIGN(16) { *(.rodata .rodata.*) } > FLASH
              .ARM.exidx : { *(.ARM.exidx*) } > FLASH
              .data : ALIGN(8) { *(.data .data.*) *(.ramfunc) } > RAM AT > FLASH
              .bss (NOLOAD) : ALIGN(4) { *(.bss .bss.*) *(COMMON) } > RAM
              .uninit (NOLOAD) : ALIGN(4) { *(.uninit) } > RAM
              .calibration ORIGIN(FLASH) + 0x1000 : { KEEP(*(.calibration)) } > FLASH
            }
            """;

    @TempDir
    private Path folder;

    static Stream<Path> elfFiles() {
        return Cases.all("elf").stream();
    }

    static Stream<String> links() {
        return Stream.of(
                "arm-none-eabi-ld",
                "arm-none-eabi-ld -n",
                "arm-none-eabi-ld -N",
                "arm-none-eabi-ld -z max-page-size=4",
                "arm-none-eabi-ld -z max-page-size=65536 --strip-all",
                "arm-none-eabi-ld --emit-relocs",
                "ld.lld",
                "ld.lld -n",
                "ld.lld -N",
                "ld.lld --no-rosegment",
                "ld.lld -z separate-code",
                "ld.lld -z separate-loadable-segments",
                "ld.lld -z max-page-size=4",
                "ld.lld -z max-page-size=4096 --strip-all",
                "ld.lld --gc-sections --build-id");
    }

    @ParameterizedTest
    @MethodSource("elfFiles")
    void aFileGivesWhatObjcopyTakesOut(Path elf) throws Exception {
        assertLikeObjcopy(
                elf.getFileName().toString().equals("nosections.elf") ? Cases.path("elf/page64k.elf") : elf, elf);
    }

    @ParameterizedTest
    @MethodSource("links")
    void aLinkedProgramGivesWhatObjcopyTakesOut(String link) throws Exception {
        for (String origin : List.of("0x08020200", "0x08014200", "0x08060400", "0x08008000")) {
            Path elf = link(link, origin);

            assertLikeObjcopy(elf, elf);
            assertThat(Firmware.read(elf).address()).hasValue(Long.decode(origin));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ld.lld", "ld.lld -n", "arm-none-eabi-ld", "arm-none-eabi-ld -z max-page-size=65536"})
    void withoutSectionHeadersTheSegmentsGiveTheSame(String link) throws Exception {
        Path elf = link(link, "0x08020200");
        Firmware whole = Firmware.read(elf);

        Files.write(elf, withoutSectionHeaders(Files.readAllBytes(elf)));

        // what the linker fills between two sections of a segment is zeros then
        assertThat(Firmware.read(elf).address()).isEqualTo(whole.address());
        assertThat(filledWithZeros(Firmware.read(elf))).isEqualTo(filledWithZeros(whole));
    }

    @Test
    void aSectionThatRunsElsewhereIsStoredWhereItsSegmentSays() {
        // armlink: one segment, whose second section has its address in RAM
        byte[] elf = FirmwareSamples.elfWithSections(0x0802_0200, 0x2000_0000);

        assertThat(Firmware.read(elf).segments())
                .containsExactly(new Segment(0x0802_0200, Bytes.of(1, 2, 3, 4, 5, 6, 7, 8)));
    }

    @Test
    void aFileThatIsCutShortIsRefused() {
        byte[] elf = Cases.bytes("elf/good.elf");

        for (int length : new int[] {30, 60, 600, elf.length - 8}) {
            assertThatThrownBy(() -> Firmware.read(java.util.Arrays.copyOf(elf, length)))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("cut short");
        }
    }

    private Path link(String link, String origin) throws Exception {
        Tools.need("arm-none-eabi-gcc", OBJCOPY, "ld.lld", "clang");
        Files.writeString(folder.resolve("app.c"), PROGRAM);
        Files.writeString(folder.resolve("app.ld"), SCRIPT.replace("ORIGIN_OF_FLASH", origin));
        if (link.startsWith("ld.lld")) {
            Tools.run(
                    folder,
                    "clang",
                    "--target=thumbv7em-none-eabi",
                    "-mcpu=cortex-m4",
                    "-O1",
                    "-c",
                    "app.c",
                    "-o",
                    "app.o");
        } else {
            Tools.run(folder, "arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-O1", "-c", "app.c", "-o", "app.o");
        }
        Tools.run(folder, (link + " -T app.ld app.o -o app.elf").split(" "));
        return folder.resolve("app.elf");
    }

    private void assertLikeObjcopy(Path given, Path read) throws Exception {
        Tools.need(OBJCOPY);
        Tools.run(folder, OBJCOPY, "-O", "binary", "--gap-fill", "0xff", given.toString(), "app.bin");
        Tools.run(folder, OBJCOPY, "-O", "ihex", given.toString(), "app.hex");
        Tools.run(folder, OBJCOPY, "-O", "srec", given.toString(), "app.srec");
        Firmware firmware = Firmware.read(read);

        assertThat(firmware.contents()).isEqualTo(Bytes.wrapping(Files.readAllBytes(folder.resolve("app.bin"))));
        for (String records : List.of("app.hex", "app.srec")) {
            assertThat(Firmware.read(folder.resolve(records)).segments()).isEqualTo(firmware.segments());
        }
    }

    private static byte[] withoutSectionHeaders(byte[] elf) {
        ByteBuffer.wrap(elf)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(32, 0)
                .putShort(48, (short) 0)
                .putShort(50, (short) 0);
        return elf;
    }

    private static Bytes filledWithZeros(Firmware firmware) throws IOException {
        byte[] content = firmware.contents().toArray();
        for (int i = 1; i < firmware.segments().size(); i++) {
            long base = firmware.segments().getFirst().address();
            int from = (int) (firmware.segments().get(i - 1).end() - base);
            java.util.Arrays.fill(
                    content, from, (int) (firmware.segments().get(i).address() - base), (byte) 0);
        }
        return Bytes.wrapping(content);
    }
}
