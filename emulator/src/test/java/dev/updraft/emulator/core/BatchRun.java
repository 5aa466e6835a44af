package dev.updraft.emulator.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Runs many programs, one after the other, and prints for each its name, how it ended, how many instructions it took and a
 * checksum of its memory and registers. For the scripts in bench/emulator. Arguments: engine, then binaries.
 */
final class BatchRun {
    private static final long LONGEST = 2_000_000_000L;

    private BatchRun() {}

    public static void main(String[] arguments) throws IOException {
        for (String name : Arrays.copyOfRange(arguments, 1, arguments.length)) {
            BareBoard board = new BareBoard();
            board.load(Files.readAllBytes(Path.of(name)));
            board.cpu.setTranslating(!arguments[0].startsWith("interpreter"));
            if (arguments[0].startsWith("eager")) {
                board.cpu.setHot(2);
            }
            String end;
            try {
                StopReason reason = board.cpu.run(LONGEST);
                end = reason instanceof StopReason.Requested requested
                        ? "exit-" + requested.code()
                        : reason.message().replace(' ', '_');
            } catch (RuntimeException defect) {
                end = "DEFECT:" + defect.toString().replace(' ', '_');
            }
            if (arguments[0].endsWith("-shown")) {
                System.out.print(board.printed());
            }
            System.out.println(
                    Path.of(name).getFileName() + " " + end + " " + board.cpu.retired() + " " + state(board));
        }
    }

    private static String state(BareBoard board) {
        CRC32C sum = new CRC32C();
        sum.update(board.ram);
        for (int i = 0; i < 16; i++) {
            int value = board.cpu.register(i);
            sum.update(new byte[] {(byte) value, (byte) (value >>> 8), (byte) (value >>> 16), (byte) (value >>> 24)});
        }
        return Long.toHexString(sum.getValue());
    }
}
