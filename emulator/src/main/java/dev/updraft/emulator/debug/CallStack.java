package dev.updraft.emulator.debug;

import dev.updraft.emulator.core.Cpu;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Which function called which, followed as the processor runs. A call is a branch that leaves the address behind it in the link
 * register; a frame ends when execution comes back there or the stack pointer is above it. An operating system that switches
 * stacks makes frames end early; what is counted for a function itself stays right.
 */
final class CallStack {
    /** Told what happens, between two runs of instructions. */
    interface Listener {
        void entered(String function, int depth);

        void left(String function, int depth);
    }

    private static final class Frame {
        String function;
        final int sp;
        final int returnAddress;
        /** The exception number that was being handled before; -1 for a call. */
        final int interrupted;

        Frame(String function, int sp, int returnAddress, int interrupted) {
            this.function = function;
            this.sp = sp;
            this.returnAddress = returnAddress;
            this.interrupted = interrupted;
        }
    }

    private final Cpu cpu;
    private final Symbols symbols;
    private final Listener listener;
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();
    private final Map<Integer, String> names = new HashMap<>();
    private boolean called;
    private int spBefore;
    private int exceptionBefore;
    private int end;

    CallStack(Cpu cpu, Symbols symbols, Listener listener) {
        this.cpu = cpu;
        this.symbols = symbols;
        this.listener = listener;
    }

    /** The function that runs, after {@link #ran}. */
    String current() {
        return frames.isEmpty() ? "" : frames.peek().function;
    }

    int depth() {
        return frames.size();
    }

    /** A straight run of instructions was executed. */
    void ran(int from, int to) {
        int exception = cpu.xpsr() & 0x1FF;
        String function = names.computeIfAbsent(from, symbols::function);
        if (exception != exceptionBefore) {
            changeException(exception, function);
        } else if (called) {
            push(new Frame(function, spBefore, end, -1));
        } else {
            unwind(from);
        }
        if (frames.isEmpty()) {
            push(new Frame(function, spBefore, 0, -1));
        } else if (!frames.element().function.equals(function)) { // a tail call, or a jump into the next function
            listener.left(frames.element().function, frames.size());
            frames.element().function = function;
            listener.entered(function, frames.size());
        }
        end = to;
        called = (cpu.register(14) & ~1) == to && (cpu.register(14) & 1) != 0 && cpu.register(15) != to;
        spBefore = cpu.register(13);
        exceptionBefore = exception;
    }

    private void changeException(int exception, String function) {
        boolean returned = frames.stream().anyMatch(frame -> frame.interrupted == exception);
        if (!returned) {
            push(new Frame(function, spBefore, 0, exceptionBefore));
            return;
        }
        boolean found = false;
        while (!found) {
            found = frames.element().interrupted == exception;
            pop();
        }
    }

    private void unwind(int pc) {
        while (!frames.isEmpty() && frames.element().interrupted < 0) {
            Frame top = frames.element();
            boolean above = Integer.compareUnsigned(spBefore, top.sp) > 0;
            boolean back = pc == top.returnAddress && spBefore == top.sp;
            if (!above && !back || frames.size() == 1) {
                return;
            }
            pop();
        }
    }

    private void push(Frame frame) {
        frames.push(frame);
        listener.entered(frame.function, frames.size());
    }

    private void pop() {
        listener.left(frames.element().function, frames.size());
        frames.pop();
    }
}
