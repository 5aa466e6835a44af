package dev.updraft.emulator.board;

import dev.updraft.emulator.chip.ResetCause;
import dev.updraft.emulator.core.StopReason;
import dev.updraft.emulator.flash.FlashOperation;
import org.jspecify.annotations.Nullable;

/** Why {@link Board#run} came back. */
public sealed interface Outcome {
    /** One sentence for a person. */
    String message();

    /** The given time is over, or what was waited for has happened. */
    record TimeUp(boolean conditionMet) implements Outcome {
        @Override
        public String message() {
            return conditionMet ? "what was waited for has happened" : "the given time is over";
        }
    }

    /** The processor sleeps, and nothing is left that could wake it. */
    record Idle() implements Outcome {
        @Override
        public String message() {
            return "the processor sleeps, and nothing is left that could wake it";
        }
    }

    /** The chip was reset and is about to start anew; only when {@link Board#stopAtReset} was asked for. */
    record Reset(ResetCause cause) implements Outcome {
        @Override
        public String message() {
            return "reset: " + cause;
        }
    }

    /** The power is off; {@code operation} is the flash operation that it took down, if any. */
    record PowerCut(@Nullable FlashOperation operation) implements Outcome {
        @Override
        public String message() {
            return operation == null ? "power cut" : "power cut during " + operation;
        }
    }

    /** The firmware ended by itself (semihosting exit). */
    record Exited(int status) implements Outcome {
        @Override
        public String message() {
            return "the firmware exited with status " + status;
        }
    }

    /** A breakpoint or watchpoint that a debugger set; the instruction there was not executed. */
    record Halted(StopReason reason) implements Outcome {
        @Override
        public String message() {
            return reason.message();
        }
    }

    /** The board cannot go on: a lockup, an unknown instruction, a register that is not modelled, a breakpoint. */
    record Stopped(String message, FaultReport report) implements Outcome {}
}
