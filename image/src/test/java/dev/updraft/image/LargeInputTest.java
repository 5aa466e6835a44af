package dev.updraft.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.image.firmware.Firmware;
import dev.updraft.image.firmware.FirmwareSamples;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.SigningKey;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 16 MB of firmware are read, signed and checked in a JVM whose whole heap is four times that. */
class LargeInputTest {
    private static final int SIZE = 16 << 20;
    private static final String HEAP = "-Xmx64m";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"bin", "hex", "elf"})
    void sixteenMegabytesTakeLittleMemory(String format) throws Exception {
        Path file = folder.resolve("app." + format);
        write(format, file);

        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeInputTest.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(child.waitFor()).as(output).isZero();
        assertThat(output).contains("verified " + SIZE + " bytes");
    }

    /** What the child runs. */
    public static void main(String[] args) throws IOException {
        SigningKey key = SigningKey.generate(KeyType.P256);
        Image image = ImageSigner.with(key).version("1.0.0").sign(Firmware.read(Path.of(args[0])));
        image.verify(key.verifying());
        System.out.println("verified " + image.payload().length() + " bytes");
    }

    private static void write(String format, Path file) throws IOException {
        byte[] content = new byte[SIZE];
        new Random(3).nextBytes(content);
        System.arraycopy(ImageSignerTest.firmware(0x0802_0200), 0, content, 0, 8);
        Firmware firmware = Firmware.ofBinary(Bytes.wrapping(content));
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            switch (format) {
                case "hex" -> firmware.at(0x9000_0000L).writeHex(out);
                case "elf" -> out.write(FirmwareSamples.elf(firmware.at(0x9000_0000L)));
                default -> out.write(content);
            }
        }
    }
}
