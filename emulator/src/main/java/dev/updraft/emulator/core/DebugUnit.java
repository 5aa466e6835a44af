package dev.updraft.emulator.core;

import dev.updraft.emulator.memory.Bus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a debugger, tracer or profiler asks of the processor. None of it changes what the firmware does or when: it costs speed
 * only. Breakpoints leave translated code in use; watchpoints and listeners have everything interpreted.
 */
public final class DebugUnit {
    /** Number of the BKPT that stands in decoded code for a breakpoint of the debugger; those of the firmware are below 256. */
    static final int BREAKPOINT = 256;
    /** Status of the fault that ends an instruction before its watched access. */
    static final int WATCHPOINT = 257;

    /** Which accesses a watchpoint stops. */
    public enum Access {
        READ,
        WRITE,
        ANY;

        boolean covers(boolean write) {
            return this == ANY || write == (this == WRITE);
        }
    }

    /** A data access that was none to plain memory; {@code value} is what was written, 0 for a read. */
    public record PeripheralAccess(int address, int width, boolean write, int value) {}

    /** Sees what is executed. It must change nothing. */
    @FunctionalInterface
    public interface ExecutionListener {
        /**
         * Instructions that follow one another in memory were executed; the registers are as they left them.
         *
         * @param from address of the first
         * @param end address behind the last
         * @param instructions how many, failed conditions included
         */
        void executed(int from, int end, int instructions);
    }

    /** Sees every data access but those of exception entry and return, before it is made. It must change nothing. */
    @FunctionalInterface
    public interface AccessListener {
        /** @param value what is written, 0 for a read */
        void accessed(int address, int width, boolean write, int value);
    }

    /** Hears of a fault while the registers are still those of the instruction that caused it; the fault status is set already. */
    @FunctionalInterface
    public interface FaultListener {
        /** @param exception the exception that is about to be entered: 3 HardFault, 4 MemManage, 5 BusFault, 6 UsageFault */
        void faulted(int exception);
    }

    private record Watchpoint(int address, int length, Access access) {
        boolean touches(int at, int width, boolean write) {
            return access.covers(write)
                    && (Integer.compareUnsigned(at - address, length) < 0
                            || Integer.compareUnsigned(address - at, width) < 0);
        }
    }

    private final DataPort port;
    private final List<Bus.CodeListener> caches;
    private final Set<Integer> breakpoints = new HashSet<>();
    private final List<Watchpoint> watchpoints = new ArrayList<>();
    private @Nullable ExecutionListener execution;
    private @Nullable AccessListener accesses;
    private FaultListener faults = exception -> {};
    private boolean everyInstruction;
    private @Nullable Block block;
    private int watchedAddress;
    private boolean watchedWrite;

    DebugUnit(DataPort port, CodeCache code, Translator translator) {
        this.port = port;
        caches = List.of(code, translator);
        code.stopAt(breakpoints::contains);
    }

    /** Runs stop with {@link StopReason.Halted} before the instruction at this address. */
    public void addBreakpoint(int address) {
        if (breakpoints.add(address)) {
            caches.forEach(cache -> cache.codeChanged(address, 2));
        }
    }

    public void removeBreakpoint(int address) {
        if (breakpoints.remove(address)) {
            caches.forEach(cache -> cache.codeChanged(address, 2));
        }
    }

    /** Runs stop with {@link StopReason.Watchpoint} before an instruction that accesses one of these bytes. */
    public void addWatchpoint(int address, int length, Access access) {
        watchpoints.add(new Watchpoint(address, length, access));
        port.watch(this::accessed);
    }

    public void removeWatchpoint(int address, int length, Access access) {
        watchpoints.remove(new Watchpoint(address, length, access));
        watchPort();
    }

    /** Forgets all breakpoints and watchpoints. */
    public void clear() {
        Set.copyOf(breakpoints).forEach(this::removeBreakpoint);
        watchpoints.clear();
        watchPort();
    }

    /** Has a listener told of every instruction, or of every straight run of instructions, which is much faster; null: of none. */
    public void onExecution(@Nullable ExecutionListener listener, boolean eachInstruction) {
        execution = listener;
        everyInstruction = listener != null && eachInstruction;
    }

    /** Has a listener told of every access; null: of none. */
    public void onAccess(@Nullable AccessListener listener) {
        accesses = listener;
        watchPort();
    }

    /** Has a listener told of every fault. */
    public void onFault(FaultListener listener) {
        faults = listener;
    }

    void faulted(int exception) {
        faults.faulted(exception);
    }

    /** What the firmware asked of a peripheral (or of nothing) last; null before the first such access. */
    public @Nullable PeripheralAccess lastPeripheralAccess() {
        return port.lastWidth == 0
                ? null
                : new PeripheralAccess(port.lastAddress, port.lastWidth, port.lastWrite, port.lastValue);
    }

    private void watchPort() {
        port.watch(watchpoints.isEmpty() && accesses == null ? null : this::accessed);
    }

    private void accessed(int address, int width, boolean write, int value) {
        for (Watchpoint watchpoint : watchpoints) {
            if (watchpoint.touches(address, width, write)) {
                watchedAddress = address;
                watchedWrite = write;
                throw Fault.watchpoint();
            }
        }
        if (accesses != null) {
            accesses.accessed(address, width, write, value);
        }
    }

    /** Why the processor stops because of a fault of the emulator, or null when this unit did not ask for it. */
    @Nullable
    StopReason reason(Fault fault, int pc) {
        return switch (fault.status) {
            case BREAKPOINT -> new StopReason.Halted(pc);
            case WATCHPOINT -> new StopReason.Watchpoint(pc, watchedAddress, watchedWrite);
            default -> null;
        };
    }

    /** Whether everything is to be interpreted. */
    boolean interprets() {
        return execution != null || !watchpoints.isEmpty() || accesses != null;
    }

    /** How many of some instructions are to be executed before the listener is told. */
    int atOnce(int instructions) {
        return everyInstruction ? Math.min(1, instructions) : instructions;
    }

    void begins(Block next) {
        block = next;
    }

    void executed(int instructions) {
        if (execution != null && block != null && instructions > 0) {
            execution.executed(block.from, block.code[instructions - 1].next(), instructions);
        }
    }
}
