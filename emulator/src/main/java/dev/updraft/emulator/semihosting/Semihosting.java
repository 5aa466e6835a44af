package dev.updraft.emulator.semihosting;

import dev.updraft.emulator.core.Cpu;
import dev.updraft.emulator.core.StopReason;
import dev.updraft.emulator.memory.BusFault;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * The semihosting calls that programs on a board without peripherals need: console output, time, exit. Files cannot be opened.
 * An exit stops the processor with a {@link StopReason.Requested} whose code is the exit status.
 */
public final class Semihosting implements Cpu.BreakpointHandler {
    private static final int BREAKPOINT = 0xAB;
    private static final int FAILED = -1;
    /** ADP_Stopped_ApplicationExit. */
    private static final int APPLICATION_EXIT = 0x20026;

    private final OutputStream console;

    public Semihosting(OutputStream console) {
        this.console = console;
    }

    @Override
    public boolean handle(Cpu cpu, int number) {
        if (number != BREAKPOINT) {
            return false;
        }
        try {
            cpu.setRegister(0, call(cpu, cpu.register(0), cpu.register(1)));
        } catch (BusFault fault) {
            cpu.setRegister(0, FAILED);
        } catch (IOException broken) {
            throw new UncheckedIOException("writing what the program printed", broken);
        }
        return true;
    }

    private int call(Cpu cpu, int operation, int argument) throws IOException {
        return switch (operation) {
            case 0x01 -> isConsole(cpu, argument) ? 1 : FAILED; // SYS_OPEN
            case 0x02 -> 0; // SYS_CLOSE
            case 0x03 -> { // SYS_WRITEC
                console.write(cpu.bus().read(argument, 1));
                yield 0;
            }
            case 0x04 -> { // SYS_WRITE0
                for (int at = argument; cpu.bus().read(at, 1) != 0; at++) {
                    console.write(cpu.bus().read(at, 1));
                }
                yield 0;
            }
            case 0x05 -> write(cpu, word(cpu, argument, 1), word(cpu, argument, 2)); // SYS_WRITE
            case 0x06 -> word(cpu, argument, 2); // SYS_READ: end of file
            case 0x09 -> 1; // SYS_ISTTY
            case 0x10 -> (int) (cpu.clock().now() * 100 / cpu.clock().hertz()); // SYS_CLOCK
            case 0x18 -> exit(cpu, argument, argument == APPLICATION_EXIT ? 0 : 1); // SYS_EXIT
            case 0x20 -> exit(cpu, word(cpu, argument, 0), word(cpu, argument, 1)); // SYS_EXIT_EXTENDED
            default -> FAILED;
        };
    }

    private static int word(Cpu cpu, int block, int index) {
        return cpu.bus().read(block + 4 * index, 4);
    }

    private static boolean isConsole(Cpu cpu, int block) {
        int name = word(cpu, block, 0);
        return cpu.bus().read(name, 1) == ':' && cpu.bus().read(name + 1, 1) == 't';
    }

    /** Returns the number of bytes that were not written. */
    private int write(Cpu cpu, int from, int length) throws IOException {
        for (int i = 0; i < length; i++) {
            console.write(cpu.bus().read(from + i, 1));
        }
        return 0;
    }

    private static int exit(Cpu cpu, int reason, int status) {
        int code = reason == APPLICATION_EXIT ? status : 1;
        cpu.stop(new StopReason.Requested("the program ended with status " + code, code));
        return 0;
    }
}
