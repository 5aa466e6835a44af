package dev.updraft.emulator.core;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs one program several times in one JVM and prints for each run: million instructions a second of this thread's processor time.
 * For the scripts in bench/emulator. Arguments: engine, repetitions, binary.
 */
final class SpeedRun {
    private SpeedRun() {}

    public static void main(String[] arguments) throws IOException {
        byte[] program = Files.readAllBytes(Path.of(arguments[2]));
        var threads = ManagementFactory.getThreadMXBean();
        BareBoard board = new BareBoard();
        board.cpu.setTranslating(!arguments[0].equals("interpreter"));
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            board.load(program);
            java.util.Arrays.fill(board.ram, (byte) 0);
            long instructions = board.cpu.retired();
            long begin = threads.getCurrentThreadCpuTime();
            board.runToExit(Long.MAX_VALUE);
            long nanos = threads.getCurrentThreadCpuTime() - begin;
            System.out.printf("%.0f%n", (board.cpu.retired() - instructions) * 1e3 / nanos);
        }
    }
}
