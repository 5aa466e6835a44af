package dev.updraft.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The decoder that runs on devices, compiled for this machine under the sanitizers, applies what is made here; and refuses what is damaged. */
class DeviceDecoderTest {
    private static final Path DEVICE = Path.of("..", "device").toAbsolutePath().normalize();
    private static final int DAMAGED = 250;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void appliesWhatIsMadeForItsClass(RamClass ram) throws Exception {
        byte[] old = new Linker(1, 300).link();
        byte[] target = new Linker(1, 300)
                .insert(120, 5)
                .insert(200, 60)
                .variable(7, 128)
                .link();
        Path decoder = decoder(ram);

        assertThat(decode(decoder, old, Patch.make(Firmware.of(old), Firmware.of(target), ram), target))
                .contains("right");
        assertThat(decode(decoder, old, Patch.make(Firmware.NONE, Firmware.of(target), ram), target))
                .contains("right");
    }

    @Test
    void appliesWhatIsMadeForSmallerClasses() throws Exception {
        byte[] old = new Linker(2, 100).link();
        byte[] target = new Linker(2, 100).insert(20, 9).link();
        Path decoder = decoder(RamClass.KB64);
        for (RamClass ram : RamClass.values()) {
            assertThat(decode(decoder, old, Patch.make(Firmware.of(old), Firmware.of(target), ram), target))
                    .contains("right");
        }
    }

    @Test
    void goesOnBehindEveryFrameWithANewDecoder() throws Exception {
        byte[] old = new Linker(3, 400).link();
        byte[] target = new Linker(3, 400).insert(20, 9).insert(333, 300).link();
        Header header = Header.of(Patch.make(Firmware.of(old), Firmware.of(target), RamClass.KB8));
        Header framed = new Header(
                header.ram(),
                12,
                header.base(),
                header.oldSize(),
                header.newSize(),
                header.oldDigest(),
                header.newDigest());
        ByteArrayOutputStream patch = new ByteArrayOutputStream();
        patch.writeBytes(framed.bytes());
        patch.writeBytes(new Encoder(old, target, header.base(), RamClass.KB8).frames(12));

        assertThat(Patch.apply(Firmware.of(old), patch.toByteArray())).isEqualTo(target);
        assertThat(decode(decoder(RamClass.KB8), old, patch.toByteArray(), target))
                .contains("right");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O2",
                "arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb -Os",
                "clang --target=thumbv7em-none-eabi -O2"
            })
    void appliesWhatCompilersMake(String compiler) throws Exception {
        byte[] old = compile(compiler, 0);
        byte[] target = compile(compiler, 1);
        byte[] patch = Patch.make(Firmware.of(old), Firmware.of(target), RamClass.KB8);

        assertThat(decode(decoder(RamClass.KB8), old, patch, target)).contains("right");
        assertThat(patch.length - 64).isLessThan(target.length / 10);
    }

    @Test
    void hasTheTablesOfThisRoom() throws IOException {
        String tables = Files.readString(DEVICE.resolve("delta/delta_tables.h"));
        assertThat(numbers(tables, "delta_next"))
                .containsExactly(boxed(History.NEXT.length, i -> History.NEXT[i] & 0xFF));
        assertThat(numbers(tables, "delta_stretched"))
                .containsExactly(boxed(History.STRETCHED.length, i -> History.STRETCHED[i]));
        assertThat(numbers(tables, "delta_squashed")).containsExactly(boxed(46, Logistic::squashed));
        assertThat(numbers(tables, "delta_logarithm"))
                .containsExactly(boxed(64, i -> Logistic.logarithm(64 + i << 9) - Logistic.logarithm(1 << 15)));
        assertThat(numbers(tables, "delta_rate")).containsExactly(boxed(16, Model::rate));
    }

    private static Integer[] boxed(int length, java.util.function.IntUnaryOperator value) {
        return java.util.stream.IntStream.range(0, length).map(value).boxed().toArray(Integer[]::new);
    }

    private static List<Integer> numbers(String tables, String name) {
        Matcher found = Pattern.compile(name + "\\[\\d+] = \\{([^}]*)}").matcher(tables);
        assertThat(found.find()).isTrue();
        return Stream.of(found.group(1).split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .map(Integer::valueOf)
                .toList();
    }

    private Path decoder(RamClass ram) throws Exception {
        Path program = folder.resolve("decode-" + ram.kilobytes());
        List<String> command = new ArrayList<>(List.of(
                "gcc",
                "-std=c11",
                "-O1",
                "-g",
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all",
                "-Wall",
                "-Wextra",
                "-Werror"));
        command.add("-DUPDRAFT_DELTA_CLASS=" + ram.kilobytes());
        command.addAll(List.of("-I" + DEVICE.resolve("core"), "-I" + DEVICE.resolve("delta")));
        try (Stream<Path> sources = Files.list(DEVICE.resolve("delta"))) {
            sources.map(Path::toString)
                    .filter(each -> each.endsWith(".c"))
                    .sorted()
                    .forEach(command::add);
        }
        command.addAll(List.of(DEVICE.resolve("test/delta/decode.c").toString(), "-o", program.toString()));
        run(command);
        return program;
    }

    private String decode(Path decoder, byte[] old, byte[] patch, byte[] target) throws Exception {
        return run(List.of(
                decoder.toString(),
                Files.write(folder.resolve("old"), old).toString(),
                Files.write(folder.resolve("patch"), patch).toString(),
                Files.write(folder.resolve("new"), target).toString(),
                String.valueOf(DAMAGED),
                "7"));
    }

    /** A program of some forty functions and a table of pointers; the second version has a function more, a longer one, and another variable. */
    private byte[] compile(String compiler, int version) throws Exception {
        Random random = new Random(9);
        StringBuilder source = new StringBuilder(
                "extern void use(int, const void *);\nvoid use(int a, const void *b) { *(volatile int *)b = a; }\n");
        for (int i = 0; i < 40; i++) {
            if (version == 1 && i == 3) {
                source.append(
                        "int added[5]; __attribute__((noinline)) int more(int a) { use(a * 77, added); return a ^ 0x5a5a1234; }\n");
            }
            source.append("static int state")
                    .append(i)
                    .append('[')
                    .append(1 + random.nextInt(9))
                    .append("] = {1};\n");
            source.append("__attribute__((noinline)) int f").append(i).append("(int a) {\n");
            for (int k = random.nextInt(9) + 3; k > 0; k--) {
                source.append(" a = a * ")
                        .append(random.nextInt(90))
                        .append(" + (a >> ")
                        .append(1 + random.nextInt(9))
                        .append("); use(a, state")
                        .append(random.nextInt(i + 1))
                        .append(");\n");
                source.append(i > 0 ? " a ^= f" + random.nextInt(i) + "(a);\n" : "");
            }
            source.append(version == 1 && i == 17 ? " a += more(a); use(a - 5, state2);\n" : "")
                    .append(" return a;\n}\n");
        }
        source.append("int (*const table[])(int) = {");
        for (int i = 0; i < 40; i++) {
            source.append('f').append(39 - i).append(", ");
        }
        source.append("};\nvoid _start(void) { for (int i = 0; i < 40; i++) table[i](i); }\n");
        Path file = Files.writeString(folder.resolve("firmware" + version + ".c"), source);
        Path object = folder.resolve("firmware.o");
        List<String> command = new ArrayList<>(Arrays.asList(compiler.split(" ")));
        command.addAll(List.of("-ffreestanding", "-c", file.toString(), "-o", object.toString()));
        run(command);
        Path elf = folder.resolve("firmware.elf");
        run(List.of(
                "arm-none-eabi-ld",
                "-Ttext=0x08010000",
                "-Tdata=0x20000400",
                "-e",
                "_start",
                object.toString(),
                "-o",
                elf.toString()));
        Path binary = folder.resolve("firmware.bin");
        run(List.of(
                "arm-none-eabi-objcopy",
                "-O",
                "binary",
                "-j",
                ".text",
                "-j",
                ".rodata",
                elf.toString(),
                binary.toString()));
        return Files.readAllBytes(binary);
    }

    private static String run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("%s%n%s", String.join(" ", command), said)
                .isZero();
        return said;
    }
}
