package dev.updraft.emulator.core;

import dev.updraft.emulator.memory.Bus;
import dev.updraft.emulator.memory.BusFault;
import dev.updraft.emulator.memory.Flash;
import dev.updraft.emulator.memory.FlashController;
import dev.updraft.emulator.memory.LittleEndian;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Runs random programs on an independent processor and on ours, interpreted and translated, from the same random states, and
 * compares registers, flags and memory at their ends. A case is one program from one state.
 */
final class Lockstep implements AutoCloseable {
    private static final int CODE = 0x1_0000;
    private static final int FIRST = 0x4000;
    private static final int LAST = CODE - 0x3000;
    private static final int LONGEST = 0x800;
    private static final int STATES = 8;

    private final boolean doubles;
    private final List<Encodings.Row> rows;
    private final boolean translating;
    private final Random random;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment code = arena.allocate(CODE, 4096);
    private final MemorySegment data = arena.allocate(RandomCode.RAM_SIZE, 4096);
    private final MemorySegment start = arena.allocate(RandomCode.RAM_SIZE, 4096);
    private final Ours interpreter = new Ours(false);
    private final Ours translator = new Ours(true);
    private final LockstepState initial = new LockstepState();
    private final LockstepState theirs = new LockstepState();
    private final LockstepState ours = new LockstepState();
    private Unicorn unicorn;
    private int at = FIRST;

    /** Cases, and instructions executed in them. */
    long cases;

    long instructions;
    /** What was different, each with the program. */
    final List<String> findings = new ArrayList<>();
    /** How often it was different for a reason that is known. */
    final EnumMap<Settled, Integer> settled = new EnumMap<>(Settled.class);

    /** One of our processors, with the memory of both kinds. */
    private static final class Ours {
        final Bus bus = new Bus();
        final byte[] flash = new byte[CODE];
        final byte[] ram = new byte[RandomCode.RAM_SIZE];
        final MemorySegment ramView = MemorySegment.ofArray(ram);
        final Flash region = bus.addFlash("flash", 0, flash, new FlashController() {
            @Override
            public int guardedRead(int offset, int width) {
                return 0;
            }

            @Override
            public void write(int offset, int width, int value) {
                throw new BusFault(offset, "a random program writes to flash");
            }
        });
        final Cpu cpu;

        Ours(boolean translating) {
            bus.addRam("RAM", RandomCode.RAM, ram);
            cpu = new Cpu(CpuModel.CORTEX_M7, bus, new Clock(1_000_000), 32, 0);
            cpu.setTranslating(translating);
            cpu.setHot(1);
            cpu.reset();
            bus.write(0xE000ED88, 4, 0xF << 20); // CPACR
        }

        /** Returns how it ended. */
        StopReason run(LockstepState from, int pc, long cycles) {
            Registers registers = cpu.registers();
            System.arraycopy(from.r, 0, registers.r, 0, 15);
            registers.r[15] = pc;
            registers.setXpsrExceptMode(from.flags | 1 << 24);
            registers.control = 4; // the floating-point context is in use, so FPSCR stays as it is set
            registers.primask = false;
            registers.otherSp = 0;
            for (int i = 0; i < 32; i++) {
                cpu.setFloatingPoint(i, from.s[i]);
            }
            cpu.setFloatingPoint(32, from.fpscr);
            return cpu.run(cycles);
        }

        void get(LockstepState state) {
            Registers registers = cpu.registers();
            System.arraycopy(registers.r, 0, state.r, 0, 15);
            state.pc = registers.r[15];
            state.flags = registers.apsr();
            for (int i = 0; i < 32; i++) {
                state.s[i] = cpu.floatingPoint(i);
            }
            state.fpscr = cpu.floatingPoint(32);
        }
    }

    Lockstep(long seed, boolean doubles, boolean translating, List<Encodings.Row> rows) {
        this.random = new Random(seed);
        this.doubles = doubles;
        this.translating = translating;
        this.rows = rows;
        byte[] noise = new byte[RandomCode.RAM_SIZE];
        random.nextBytes(noise);
        MemorySegment.copy(noise, 0, start, ValueLayout.JAVA_BYTE, 0, noise.length);
        unicorn = open();
    }

    private Unicorn open() {
        Unicorn fresh = new Unicorn(doubles);
        fresh.map(0, code);
        fresh.map(RandomCode.RAM, data);
        code.set(ValueLayout.JAVA_INT, 0, 0x0A40_EEB0); // vmov.f32 s0, s0: the first one would set FPSCR anew (B1.5.7)
        if (fresh.run(0, 4, 0) != 0) {
            throw new IllegalStateException("unicorn has no FPU");
        }
        return fresh;
    }

    /** Runs one program of so many units from several states. */
    void program(int units) {
        if (at + LONGEST > LAST) { // unicorn keeps what it translated, so every program needs an address of its own
            unicorn.close();
            unicorn = open();
            at = FIRST;
        }
        short[] program = new RandomCode(random, rows).program(at, units);
        int end = at + 2 * program.length;
        byte[] bytes = new byte[2 * program.length + 2];
        for (int i = 0; i < program.length; i++) {
            LittleEndian.put(bytes, 2 * i, 2, program[i]);
        }
        LittleEndian.put(bytes, 2 * program.length, 2, 0xBE00); // bkpt
        MemorySegment.copy(bytes, 0, code, ValueLayout.JAVA_BYTE, at, bytes.length);
        for (Ours each : List.of(interpreter, translator)) {
            System.arraycopy(bytes, 0, each.flash, at, bytes.length);
            each.region.changed(at, bytes.length);
        }
        for (int i = 0; i < STATES; i++) {
            initial.randomise(random, RandomCode.STACK);
            if (doubles) {
                initial.randomiseDoubles(random);
            }
            if (!one(program, end)) {
                break;
            }
        }
        at = end + 2 + 3 & ~3;
    }

    private boolean one(short[] program, int end) {
        data.copyFrom(start);
        unicorn.set(initial);
        int error = unicorn.run(at, end, 0);
        unicorn.get(theirs);
        boolean same = agrees(interpreter, "interpreter", program, end, error);
        if (translating) {
            same &= agrees(translator, "translator", program, end, error);
        }
        cases++;
        return same;
    }

    private boolean agrees(Ours engine, String name, short[] program, int end, int error) {
        engine.ramView.copyFrom(start);
        long before = engine.cpu.retired();
        StopReason reason = engine.run(initial, at, 10_000);
        instructions += engine.cpu.retired() - before;
        engine.get(ours);
        String differences = ours.differences(theirs, "ours", "unicorn");
        long memory = engine.ramView.mismatch(data);
        if (error == 0 && differences.isEmpty() && memory < 0 && reason.equals(new StopReason.Breakpoint(end))) {
            return true;
        }
        StringBuilder out =
                new StringBuilder(name + ": " + reason.message() + ", unicorn error " + error + "\n" + differences);
        if (memory >= 0) {
            out.append(String.format("  memory differs at %08x%n", RandomCode.RAM + memory));
        }
        Difference first = firstDifference(program, end);
        if (first.known().isPresent()) {
            settled.merge(first.known().get(), 1, Integer::sum);
        } else {
            findings.add(out + first.text() + "  program: " + words(program));
        }
        return false;
    }

    private record Difference(String text, Optional<Settled> known) {}

    /** Steps both from the same state and shows the first instruction after which they differ. */
    private Difference firstDifference(short[] program, int end) {
        LockstepState now = new LockstepState();
        now.copyFrom(initial);
        now.pc = at;
        interpreter.ramView.copyFrom(start);
        data.copyFrom(start);
        unicorn.close();
        unicorn = open(); // what it translated does not stop after one instruction
        unicorn.set(initial);
        interpreter.run(initial, at, 0);
        int loadExclusive = 0;
        for (int i = 0; i < 2000 && now.pc != end; i++) {
            int pc = now.pc;
            int encoding = encoding(program, (pc - at) / 2);
            int error = unicorn.run(pc, end, 1);
            unicorn.get(theirs);
            StopReason reason = interpreter.cpu.run(1);
            interpreter.get(ours);
            for (int more = 0; more < 4 && ours.pc != theirs.pc; more++) { // unicorn does not stop inside an IT block
                int inside = encoding(program, (ours.pc - at) / 2);
                loadExclusive = Settled.isLoadExclusive(inside) ? inside : loadExclusive;
                interpreter.cpu.run(1);
                interpreter.get(ours);
            }
            String differences = ours.differences(theirs, "ours", "unicorn");
            long memory = interpreter.ramView.mismatch(data);
            if (error != 0 || !differences.isEmpty() || memory >= 0) {
                String text = String.format(
                        "  first at step %d, pc %08x: %x (%s); %s, unicorn error %d%n  before: %s%n%s",
                        i, pc, encoding, name(encoding), reason.message(), error, inputs(encoding, now), differences);
                return new Difference(
                        text, error != 0 ? Optional.empty() : Settled.of(encoding, loadExclusive, now, ours, theirs));
            }
            loadExclusive = Settled.isLoadExclusive(encoding) ? encoding : loadExclusive;
            now.copyFrom(theirs);
        }
        return new Difference(
                "  not when stepping: the translation differs, or what depends on stepping\n", Optional.empty());
    }

    private static int encoding(short[] program, int offset) {
        if (offset < 0 || offset >= program.length) {
            return 0;
        }
        int first = program[offset] & 0xFFFF;
        return first >>> 11 >= 0b11101 ? first << 16 | program[offset + 1] & 0xFFFF : first;
    }

    private static String words(short[] program) {
        StringBuilder out = new StringBuilder();
        for (short halfword : program) {
            out.append(String.format("%04x ", halfword & 0xFFFF));
        }
        return out.toString();
    }

    private String name(int encoding) {
        return rows.stream()
                .filter(row -> row.bits.length() == (encoding >>> 16 == 0 ? 16 : 32) && row.matches(encoding))
                .map(row -> row.name)
                .findFirst()
                .orElse("?");
    }

    private static String inputs(int encoding, LockstepState state) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 15; i++) {
            out.append(String.format("%08x ", state.r[i]));
        }
        out.append(String.format("apsr %08x fpscr %08x", state.flags, state.fpscr));
        if ((encoding >>> 25 & 7) == 7) {
            for (int i = 0; i < 32; i++) {
                out.append(String.format(" s%d=%08x", i, state.s[i]));
            }
        }
        return out.toString();
    }

    @Override
    public void close() {
        unicorn.close();
        arena.close();
    }
}
