package dev.updraft.emulator.core;

import java.util.HexFormat;

/** Why {@link Cpu#run} came back. */
public sealed interface StopReason {
    /** One sentence for a person. */
    String message();

    /** The cycles that it was given are used up. */
    record Budget() implements StopReason {
        @Override
        public String message() {
            return "the given number of cycles was run";
        }
    }

    /** The guest asked for a reset: AIRCR.SYSRESETREQ. The board resets the chip and runs on. */
    record SystemReset() implements StopReason {
        @Override
        public String message() {
            return "the firmware asked for a system reset";
        }
    }

    /** A fault inside HardFault or NMI: the processor stands still until a reset (Armv7-M ARM B1.5.15). */
    record Lockup(String message) implements StopReason {}

    /** An instruction that this emulator does not know; the guest sees nothing of it. */
    record UnknownInstruction(int address, int encoding) implements StopReason {
        @Override
        public String message() {
            boolean wide = encoding >>> 16 != 0;
            HexFormat hex = HexFormat.of();
            return "unknown instruction 0x" + (wide ? hex.toHexDigits(encoding) : hex.toHexDigits((short) encoding))
                    + " at 0x" + hex.toHexDigits(address);
        }
    }

    /** A breakpoint of a debugger, before the instruction there. */
    record Halted(int pc) implements StopReason {
        @Override
        public String message() {
            return "breakpoint of the debugger at 0x" + HexFormat.of().toHexDigits(pc);
        }
    }

    /** BKPT that nobody handles. */
    record Breakpoint(int address) implements StopReason {
        @Override
        public String message() {
            return "breakpoint at 0x" + HexFormat.of().toHexDigits(address);
        }
    }

    /** A debugger watches what the instruction at {@code pc} is about to access. */
    record Watchpoint(int pc, int address, boolean write) implements StopReason {
        @Override
        public String message() {
            HexFormat hex = HexFormat.of();
            return (write ? "write to 0x" : "read of 0x") + hex.toHexDigits(address) + " by the instruction at 0x"
                    + hex.toHexDigits(pc) + ", watched";
        }
    }

    /** The processor sleeps, nothing is pending and no timer runs: it would sleep for ever. */
    record Asleep() implements StopReason {
        @Override
        public String message() {
            return "the processor sleeps and nothing is left that could wake it";
        }
    }

    /** Someone called {@link Cpu#stop} with this: a power cut, a watchdog, the end of a program. */
    record Requested(String message, int code) implements StopReason {}
}
