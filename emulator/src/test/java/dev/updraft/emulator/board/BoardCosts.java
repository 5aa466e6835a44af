package dev.updraft.emulator.board;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** Prints what boards cost beside speed; for bench/emulator/board-costs.sh. Argument: a program for the STM32F407 that ends waiting. */
final class BoardCosts {
    private static final int FLASH = 0x0800_0000;
    private static final int BOARDS = 200;
    private static final int[] FOR_EVER = {0x2000_1000, FLASH + 9, 0xE7FE};

    private BoardCosts() {}

    public static void main(String[] arguments) throws IOException {
        byte[] program = Files.readAllBytes(Path.of(arguments[0]));
        firstInstruction(program);
        snapshots();
        idle();
        memory(program);
    }

    private static void firstInstruction(byte[] program) {
        IntStream.range(0, 2).forEach(attempt -> {
            long nanos = cpuNanos(() -> {
                Board board = Boards.create("stm32f407").build();
                board.program(FLASH, program);
                board.powerOn();
                board.step();
                return board.cpu().retired();
            });
            System.out.printf(
                    "first instruction of %s board: %.1f ms%n", attempt == 0 ? "the first" : "a later", nanos / 1e6);
        });
    }

    /** The largest board, 2 MB of flash and 1 MB of RAM, after one more flash operation each time. */
    private static void snapshots() {
        Board board = forEver("stm32h743");
        List<Long> saves = new ArrayList<>();
        List<Long> restores = new ArrayList<>();
        Board.Snapshot snapshot = board.snapshot();
        for (int i = 0; i < 3000; i++) {
            board.program(FLASH + 0x10_0000 + i * 32, new byte[32]);
            board.runFor(100);
            long begin = System.nanoTime();
            Board.Snapshot next = board.snapshot();
            long middle = System.nanoTime();
            board.restore(snapshot);
            restores.add(System.nanoTime() - middle);
            saves.add(middle - begin);
            snapshot = i % 2 == 0 ? next : snapshot;
        }
        System.out.printf(
                "stm32h743 (2 MB flash, 1 MB RAM), median of the last 1000: snapshot %.0f us, restore %.0f us%n",
                median(saves) / 1e3, median(restores) / 1e3);
    }

    private static double median(List<Long> values) {
        return values.subList(values.size() - 1000, values.size()).stream()
                .mapToLong(Long::longValue)
                .sorted()
                .toArray()[500];
    }

    private static void idle() {
        Board board = forEver("stm32f407");
        long nanos = cpuNanos(() -> {
            board.runFor(600_000_000L);
            return board.cpu().retired();
        });
        System.out.printf("ten minutes of a board in an endless loop: %.0f ms of processor time%n", nanos / 1e6);
    }

    private static Board forEver(String name) {
        Board board = Boards.create(name).build();
        byte[] image = new byte[12];
        for (int i = 0; i < image.length; i++) {
            image[i] = (byte) (FOR_EVER[i / 4] >>> i % 4 * 8);
        }
        board.program(FLASH, image);
        board.powerOn();
        board.runFor(1000);
        return board;
    }

    private static void memory(byte[] program) {
        List<Board> boards = new ArrayList<>();
        boards.add(run(program));
        long before = used();
        for (int i = 0; i < BOARDS; i++) {
            boards.add(run(program));
        }
        long each = (used() - before) / BOARDS;
        int flash = boards.getLast().flash().bytes().length;
        int ram = 192 << 10;
        System.out.printf(
                "%d boards stm32f407 after running the program: %,d KB each, %,d KB beyond flash and RAM (of which 1,024 KB SPI NOR)%n",
                boards.size(), each / 1024, (each - flash - ram) / 1024);
    }

    private static Board run(byte[] program) {
        Board board = Boards.create("stm32f407").build();
        board.program(FLASH, program);
        board.powerOn();
        board.runFor(200_000);
        return board;
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long cpuNanos(LongSupplier work) {
        var threads = ManagementFactory.getThreadMXBean();
        long begin = threads.getCurrentThreadCpuTime();
        if (work.getAsLong() == 0) {
            throw new AssertionError("nothing ran");
        }
        return threads.getCurrentThreadCpuTime() - begin;
    }
}
