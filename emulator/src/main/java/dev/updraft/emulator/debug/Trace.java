package dev.updraft.emulator.debug;

import dev.updraft.emulator.core.Cpu;
import java.io.PrintWriter;
import java.util.HexFormat;
import java.util.function.IntFunction;

/** Writes down what the processor does. Everything is interpreted meanwhile. */
public final class Trace implements AutoCloseable {
    private static final HexFormat HEX = HexFormat.of();
    private static final String[] NAMES = {
        "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "sp", "lr"
    };

    private final Cpu cpu;
    private final PrintWriter out;
    private final int[] before = new int[15];
    private int xpsrBefore;
    private final StringBuilder accesses = new StringBuilder();

    private Trace(Cpu cpu, PrintWriter out) {
        this.cpu = cpu;
        this.out = out;
    }

    /**
     * Each instruction: number, address, place in the program, the instruction, data accesses, and registers that changed.
     *
     * @param disassembly the text of the instruction at an address
     */
    public static Trace instructions(Cpu cpu, Symbols symbols, IntFunction<String> disassembly, PrintWriter out) {
        Trace trace = new Trace(cpu, out);
        trace.changes(new StringBuilder());
        cpu.debug().onAccess(trace::access);
        cpu.debug()
                .onExecution(
                        (from, end, instructions) -> {
                            StringBuilder line = new StringBuilder(String.format(
                                    "%12d %s %-28s %-36s",
                                    cpu.retired(), HEX.toHexDigits(from), symbols.name(from), disassembly.apply(from)));
                            line.append(trace.accesses);
                            trace.accesses.setLength(0);
                            trace.changes(line);
                            out.println(line.toString().stripTrailing());
                        },
                        true);
        return trace;
    }

    /** Each call and return, indented, with the first four registers as arguments or r0 as the result. */
    public static Trace calls(Cpu cpu, Symbols symbols, PrintWriter out) {
        Trace trace = new Trace(cpu, out);
        int[] arguments = new int[4];
        CallStack stack = new CallStack(cpu, symbols, new CallStack.Listener() {
            @Override
            public void entered(String function, int depth) {
                trace.call(depth, "-> " + function + arguments(arguments));
            }

            @Override
            public void left(String function, int depth) {
                trace.call(depth, "<- " + function + " r0=" + HEX.toHexDigits(arguments[0]));
            }
        });
        cpu.debug()
                .onExecution(
                        (from, end, instructions) -> {
                            stack.ran(from, end);
                            for (int i = 0; i < 4; i++) {
                                arguments[i] = cpu.register(i);
                            }
                        },
                        false);
        return trace;
    }

    private static String arguments(int[] values) {
        StringBuilder out = new StringBuilder("(");
        for (int value : values) {
            out.append(out.length() > 1 ? ", " : "").append("0x").append(Integer.toHexString(value));
        }
        return out.append(')').toString();
    }

    private void call(int depth, String text) {
        out.printf("%12d %s%s%n", cpu.retired(), "  ".repeat(Math.max(0, depth - 1)), text);
    }

    private void access(int address, int width, boolean write, int value) {
        accesses.append(' ').append('[').append(HEX.toHexDigits(address)).append(']');
        if (write) {
            accesses.append('=').append(HEX.toHexDigits(value, width * 2));
        }
    }

    private void changes(StringBuilder line) {
        for (int i = 0; i < before.length; i++) {
            int value = cpu.register(i);
            if (value != before[i]) {
                line.append(' ').append(NAMES[i]).append('=').append(HEX.toHexDigits(value));
                before[i] = value;
            }
        }
        int xpsr = cpu.xpsr() & 0xF80F_01FF;
        if (xpsr != xpsrBefore) {
            line.append(" xpsr=").append(HEX.toHexDigits(xpsr));
            xpsrBefore = xpsr;
        }
    }

    /** Stops writing. */
    @Override
    public void close() {
        cpu.debug().onAccess(null);
        cpu.debug().onExecution(null, false);
        out.flush();
    }
}
