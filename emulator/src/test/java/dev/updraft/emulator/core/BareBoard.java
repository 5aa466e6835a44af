package dev.updraft.emulator.core;

import dev.updraft.emulator.memory.Bus;
import dev.updraft.emulator.memory.BusFault;
import dev.updraft.emulator.memory.Flash;
import dev.updraft.emulator.memory.FlashController;
import dev.updraft.emulator.memory.LittleEndian;
import dev.updraft.emulator.semihosting.Semihosting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A board that is only memory, and the programs of src/test/firmware to run on it. */
final class BareBoard {
    static final int FLASH = 0;
    static final int RAM = 0x2000_0000;

    final Bus bus = new Bus();
    final Clock clock = new Clock(100_000_000);
    final byte[] flash = new byte[1 << 20];
    final byte[] ram = new byte[512 << 10];
    final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private byte[] loaded = {};
    final Flash flashRegion;
    final Cpu cpu;

    BareBoard() {
        this(CpuModel.CORTEX_M4);
    }

    BareBoard(CpuModel model) {
        flashRegion = bus.addFlash("flash", FLASH, flash, new FlashController() {
            @Override
            public int guardedRead(int offset, int width) {
                throw new BusFault(FLASH + offset, "guarded");
            }

            @Override
            public void write(int offset, int width, int value) {
                LittleEndian.put(flash, offset, width, value);
                flashRegion.changed(offset, width);
            }
        });
        bus.addRam("RAM", RAM, ram);
        cpu = new Cpu(model, bus, clock, 32, FLASH);
        cpu.onBreakpoint(new Semihosting(console));
    }

    /** Puts a binary at the start of flash and resets. */
    BareBoard load(byte[] binary) {
        System.arraycopy(binary, 0, flash, 0, binary.length);
        if (!java.util.Arrays.equals(binary, 0, binary.length, loaded, 0, loaded.length)) {
            flashRegion.changed(0, binary.length);
            loaded = binary;
        }
        cpu.reset();
        return this;
    }

    String printed() {
        return console.toString(StandardCharsets.UTF_8);
    }

    /** Runs to the program's end and returns its exit status. */
    int runToExit(long cycles) {
        StopReason reason = cpu.run(cycles);
        if (reason instanceof StopReason.Requested end) {
            return end.code();
        }
        throw new AssertionError(reason.message() + "; it had printed: " + printed());
    }

    /** Compiles programs of src/test/firmware to a flash image. */
    static byte[] compile(String flags, String... sources) {
        try {
            Path folder = Files.createTempDirectory("updraft-firmware");
            Path elf = folder.resolve("program.elf");
            Path bin = folder.resolve("program.bin");
            List<String> command =
                    new ArrayList<>(List.of("arm-none-eabi-gcc", "-mthumb", "-nostartfiles", "-T", "board.ld"));
            command.addAll(List.of(flags.split(" ")));
            command.add("startup.c");
            command.addAll(List.of(sources));
            command.addAll(List.of("-lm", "-o", elf.toString()));
            run(command);
            run(List.of("arm-none-eabi-objcopy", "-O", "binary", elf.toString(), bin.toString()));
            return Files.readAllBytes(bin);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(Path.of("src/test/firmware").toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new AssertionError(said);
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
