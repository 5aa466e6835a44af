package dev.updraft.emulator.board;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * MicroPython's bare-arm and minimal ports, built by bench/emulator/micropython.sh from Debian's source and not changed, on the
 * emulated STM32F407 (they are made for the F405, which has the same peripherals). Arguments: the two binaries, and a
 * file with what QEMU's netduinoplus2 prints for the first.
 */
final class MicroPythonRun {
    private static final int FLASH = 0x0800_0000;

    private MicroPythonRun() {}

    public static void main(String[] arguments) throws IOException {
        String printed = run(Path.of(arguments[0]), "UART4", "");
        expect(
                "bare-arm",
                printed,
                "hello world!",
                Files.readString(Path.of(arguments[2])).strip());
        String session = run(
                Path.of(arguments[1]),
                "USART1",
                "print(sum(i * i for i in range(100)))\r",
                "'up' + 'draft'\r",
                "1 // 0\r",
                "[].x\r");
        expect("minimal", session, "MicroPython ", "328350", "'updraft'", "MemoryError", "AttributeError");
    }

    private static String run(Path binary, String uart, String... typed) throws IOException {
        Board board = Boards.create("stm32f407").consoleOn(uart).build();
        board.program(FLASH, Files.readAllBytes(binary));
        board.powerOn();
        board.runFor(500_000);
        for (String line : typed) {
            board.console().type(line.getBytes(StandardCharsets.US_ASCII));
            board.runFor(500_000);
        }
        return board.console().text();
    }

    private static void expect(String port, String printed, String... parts) {
        for (String part : parts) {
            if (!printed.contains(part)) {
                System.out.println("micropython " + port + ": no '" + part + "' in what it printed:\n" + printed);
                System.exit(1);
            }
        }
        System.out.println("micropython " + port + ": as expected (" + printed.length() + " characters)");
    }
}
