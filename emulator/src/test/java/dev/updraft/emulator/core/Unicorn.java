package dev.updraft.emulator.core;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * An independent processor: libunicorn 2 (QEMU's translator as a library, Debian's libunicorn2), through the foreign function
 * interface. In M-profile mode it is always a Cortex-M33, whose instructions include all of Armv7E-M with FPv5 in single
 * precision; in A-profile mode a Cortex-A15, for double precision.
 */
final class Unicorn implements AutoCloseable {
    private static final int ARCH_ARM = 1;
    private static final int MODE_THUMB = 1 << 4;
    private static final int MODE_MCLASS = 1 << 5;
    private static final int PROTECTION_ALL = 7;
    private static final int CORTEX_A15 = 17;
    /** uc_ctl: write, one argument, UC_CTL_CPU_MODEL. */
    private static final int SET_MODEL = 7 | 1 << 26 | 1 << 30;

    // uc_arm_reg (unicorn/arm.h).
    private static final int FPEXC = 4;
    private static final int FPSCR = 6;
    private static final int LR = 10;
    private static final int PC = 11;
    private static final int SP = 12;
    private static final int D0 = 14;
    private static final int R0 = 66;
    private static final int CPSR = 3;
    private static final int XPSR = 120;
    /** CPSR: Thumb state, the mode after reset, so that no banked register changes. */
    private static final int SUPERVISOR_THUMB = 0x1F3;
    /** For writing: XPSR itself does not take GE. */
    private static final int XPSR_NZCVQG = 138;

    private static final int PRIMASK = 123;
    private static final int PSP = 116;
    private static final int CP_REG = 139;

    /** r0 to r14, flags, FPSCR, PRIMASK, PSP, D0 to D15. */
    private static final int COUNT = 19 + 16;

    private static final @Nullable SymbolLookup LIBRARY = library();
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout POINTER = ValueLayout.ADDRESS;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment engine;
    private final MemorySegment names = arena.allocate(INT, COUNT);
    private final MemorySegment values = arena.allocate(LONG, COUNT);
    private final MemorySegment pointers = arena.allocate(POINTER, COUNT);
    private final MemorySegment pc = arena.allocate(LONG);

    private static @Nullable SymbolLookup library() {
        SymbolLookup library = library("libunicorn.so.2");
        return library != null ? library : library("libunicorn.so");
    }

    @SuppressWarnings("restricted") // native code is the point
    private static @Nullable SymbolLookup library(String name) {
        try {
            return SymbolLookup.libraryLookup(name, Arena.global());
        } catch (IllegalArgumentException absent) {
            return null;
        }
    }

    /** Whether the library is installed. */
    static boolean isThere() {
        return LIBRARY != null;
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, Linker.Option[] options, ValueLayout... parameters) {
        SymbolLookup library = LIBRARY;
        if (library == null) {
            throw new IllegalStateException("libunicorn is not installed");
        }
        return Linker.nativeLinker()
                .downcallHandle(library.find(name).orElseThrow(), FunctionDescriptor.of(INT, parameters), options);
    }

    private static MethodHandle function(String name, ValueLayout... parameters) {
        return function(name, new Linker.Option[0], parameters);
    }

    private static final class Functions {
        static final MethodHandle OPEN = function("uc_open", INT, INT, POINTER);
        static final MethodHandle CLOSE = function("uc_close", POINTER);
        static final MethodHandle CONTROL =
                function("uc_ctl", new Linker.Option[] {Linker.Option.firstVariadicArg(2)}, POINTER, INT, INT);
        static final MethodHandle MAP = function("uc_mem_map_ptr", POINTER, LONG, LONG, INT, POINTER);
        static final MethodHandle WRITE = function("uc_reg_write", POINTER, INT, POINTER);
        static final MethodHandle READ = function("uc_reg_read", POINTER, INT, POINTER);
        static final MethodHandle WRITE_ALL = function("uc_reg_write_batch", POINTER, POINTER, POINTER, INT);
        static final MethodHandle READ_ALL = function("uc_reg_read_batch", POINTER, POINTER, POINTER, INT);
        static final MethodHandle RUN = function("uc_emu_start", POINTER, LONG, LONG, LONG, LONG);
    }

    /** @param doublePrecision as a Cortex-A15 in Thumb state, which has double precision and no M-profile registers */
    Unicorn(boolean doublePrecision) {
        MemorySegment out = arena.allocate(POINTER);
        must("open", () ->
                (int) Functions.OPEN.invokeExact(ARCH_ARM, MODE_THUMB | (doublePrecision ? 0 : MODE_MCLASS), out));
        engine = out.get(ValueLayout.ADDRESS, 0);
        for (int i = 0; i < COUNT; i++) {
            names.setAtIndex(INT, i, name(i, doublePrecision));
            pointers.setAtIndex(ValueLayout.ADDRESS, i, values.asSlice(8L * i, 8));
        }
        if (doublePrecision) {
            must("model", () -> (int) Functions.CONTROL.invokeExact(engine, SET_MODEL, CORTEX_A15));
            MemorySegment access = arena.allocate(40, 8); // uc_arm_cp_reg: CPACR, full access
            int[] fields = {15, 0, 0, 1, 0, 0, 2, 0};
            for (int i = 0; i < fields.length; i++) {
                access.setAtIndex(INT, i, fields[i]);
            }
            access.set(LONG, 32, 0xF << 20);
            must("CPACR", () -> (int) Functions.WRITE.invokeExact(engine, CP_REG, access));
            pc.set(LONG, 0, 1L << 30);
            must("FPEXC", () -> (int) Functions.WRITE.invokeExact(engine, FPEXC, pc));
        }
    }

    private static int name(int i, boolean doublePrecision) {
        return switch (i) {
            case 13 -> SP;
            case 14 -> LR;
            case 15 -> doublePrecision ? CPSR : XPSR;
            case 16 -> FPSCR;
            case 17 -> doublePrecision ? R0 : PRIMASK;
            case 18 -> doublePrecision ? R0 : PSP;
            default -> i < 13 ? R0 + i : D0 + i - 19;
        };
    }

    private interface Call {
        int run() throws Throwable;
    }

    private static int call(Call call) {
        try {
            return call.run();
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static void must(String what, Call call) {
        int error = call(call);
        if (error != 0) {
            throw new IllegalStateException("unicorn: " + what + " gave error " + error);
        }
    }

    /** Maps native memory, whole pages of 4 KiB, at an address. */
    void map(int address, MemorySegment memory) {
        must("mapping", () -> (int) Functions.MAP.invokeExact(
                engine, Integer.toUnsignedLong(address), memory.byteSize(), PROTECTION_ALL, memory));
    }

    /** Sets every register from a state; pc is given to {@link #run}. */
    void set(LockstepState state) {
        for (int i = 0; i < 15; i++) {
            values.setAtIndex(LONG, i, state.r[i] & 0xFFFF_FFFFL);
        }
        values.setAtIndex(LONG, 15, state.flags & 0xF80F_0000L | 1 << 24);
        if (names.getAtIndex(INT, 17) == R0) {
            values.setAtIndex(LONG, 15, state.flags & 0xF80F_0000L | SUPERVISOR_THUMB);
        }
        values.setAtIndex(LONG, 16, state.fpscr & 0xFFFF_FFFFL);
        values.setAtIndex(LONG, 17, 0);
        values.setAtIndex(LONG, 18, 0);
        if (names.getAtIndex(INT, 17) == R0) {
            values.setAtIndex(LONG, 17, state.r[0] & 0xFFFF_FFFFL);
            values.setAtIndex(LONG, 18, state.r[0] & 0xFFFF_FFFFL);
        }
        for (int i = 0; i < 16; i++) {
            values.setAtIndex(LONG, 19 + i, state.s[2 * i] & 0xFFFF_FFFFL | (long) state.s[2 * i + 1] << 32);
        }
        names.setAtIndex(INT, 15, names.getAtIndex(INT, 17) == R0 ? CPSR : XPSR_NZCVQG);
        must("registers", () -> (int) Functions.WRITE_ALL.invokeExact(engine, names, pointers, COUNT));
    }

    /** Runs from an address to another (count 0), or so many instructions; returns uc_err, 0 when all went well. */
    int run(int from, int to, int count) {
        return call(() -> (int) Functions.RUN.invokeExact(engine, from | 1L, (long) to, 0L, (long) count));
    }

    /** Reads every register. */
    void get(LockstepState state) {
        names.setAtIndex(INT, 15, names.getAtIndex(INT, 17) == R0 ? CPSR : XPSR);
        must("registers", () -> (int) Functions.READ_ALL.invokeExact(engine, names, pointers, COUNT));
        for (int i = 0; i < 15; i++) {
            state.r[i] = values.get(INT, 8L * i);
        }
        state.flags = values.get(INT, 8L * 15) & 0xF80F_0000;
        state.fpscr = values.get(INT, 8L * 16);
        for (int i = 0; i < 32; i++) {
            state.s[i] = values.get(INT, 8L * 19 + 4L * i);
        }
        must("pc", () -> (int) Functions.READ.invokeExact(engine, PC, pc));
        state.pc = pc.get(INT, 0) & ~1;
    }

    @Override
    public void close() {
        must("closing", () -> (int) Functions.CLOSE.invokeExact(engine));
        arena.close();
    }
}
