package dev.updraft.emulator.board;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Compiles the programs of src/test/c. */
public final class Firmware {
    private Firmware() {}

    /** A program for the F407, to be loaded at the start of its flash. */
    public static byte[] compile(String source, String... flags) {
        try {
            Path folder = Files.createTempDirectory("updraft-firmware");
            Path elf = compileElf(folder, source, flags);
            byte[] image = binary(elf);
            Files.delete(elf);
            Files.delete(folder);
            return image;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same as an ELF file in a folder, which debuggers and {@link #binary} read. */
    public static Path compileElf(Path folder, String source, String... flags) throws IOException {
        Path elf = folder.resolve("program.elf");
        List<String> command = new ArrayList<>(List.of(
                "arm-none-eabi-gcc",
                "-mcpu=cortex-m4",
                "-mthumb",
                "-Os",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-nostartfiles",
                "-T",
                "stm32f407.ld"));
        command.addAll(List.of(flags));
        command.addAll(List.of("start.c", source, "-o", elf.toString()));
        run(command);
        return elf;
    }

    /** What an ELF file puts into flash. */
    public static byte[] binary(Path elf) throws IOException {
        Path bin = elf.resolveSibling("program.bin");
        run(List.of("arm-none-eabi-objcopy", "-O", "binary", elf.toString(), bin.toString()));
        byte[] image = Files.readAllBytes(bin);
        Files.delete(bin);
        return image;
    }

    private static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(Path.of("src/test/c").toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + " failed:\n" + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
