package dev.updraft.emulator.core;

import dev.updraft.emulator.memory.BitBand;
import dev.updraft.emulator.memory.Bus;
import dev.updraft.emulator.memory.BusFault;
import dev.updraft.emulator.memory.Device;
import dev.updraft.emulator.memory.LittleEndian;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A Cortex-M processor on a {@link Bus}. One instruction takes one cycle; stalls and sleep pass time without instructions. A
 * run is deterministic: the same memory, devices and cycles give the same instructions.
 */
public final class Cpu {
    /** Decides how sleep passes when nothing is pending. */
    @FunctionalInterface
    public interface Sleep {
        /**
         * The processor sleeps and the next timer is {@code cycles} away ({@link Clock#NEVER}: none is). Returns how many of
         * them have passed: all of them to skip ahead, fewer after waiting for the outside world, which may have raised
         * an interrupt or started a timer meanwhile; 0 with nothing raised means that nothing will ever come.
         */
        long pass(long cycles);
    }

    /** What BKPT does. */
    @FunctionalInterface
    public interface BreakpointHandler {
        /** Returns true when it handled BKPT {@code number} and the program goes on behind it. */
        boolean handle(Cpu cpu, int number);
    }

    /** Stands in for the code at an address. */
    @FunctionalInterface
    public interface Interception {
        /** The processor is about to execute what is at the address; does the work and moves on, as by {@link Cpu#returnFromCall}. */
        void handle(Cpu cpu);
    }

    /** Passes of a waiting loop that are skipped at once. */
    private static final long MOST_PASSES = 1 << 30;

    /**
     * A block that the interpreter ran this often is worth translating, which with HotSpot's compilation costs tens of milliseconds.
     * With 300 instead of 3000 six boards that update take half as much processor time again.
     */
    private int hot = 3000;

    private final CpuModel model;
    private final Bus bus;
    private final Clock clock;
    private final Nvic nvic;
    private final PendingWork attention = new PendingWork();
    private final Registers registers;
    private final DataPort port;
    private final CodeCache code;
    private final SystemOperations system;
    private final ExceptionUnit exceptions;
    private final Interpreter interpreter;
    private final Translator translator;
    private final Fpu fpu;
    private final SysTick sysTick;
    private final SystemControl control;
    private final CycleCounter cycleCounter;
    private final DebugUnit debug;
    private final WaitingLoop waiting;
    private final int initialVectorTable;
    private Sleep sleep = cycles -> cycles == Clock.NEVER ? 0 : cycles;
    private BreakpointHandler breakpoints = (cpu, number) -> false;
    private final Map<Integer, Interception> interceptions = new HashMap<>();
    private @Nullable StopReason stop;
    private boolean asleep;
    private boolean translating = true;
    private long retired;
    private BooleanSupplier lockupEnds = () -> false;

    /** A Cortex-M4; otherwise as {@link #Cpu(CpuModel, Bus, Clock, int, int)}. */
    public Cpu(Bus bus, Clock clock, int interrupts, int vectorTable) {
        this(CpuModel.CORTEX_M4, bus, clock, interrupts, vectorTable);
    }

    /**
     * Maps the processor's own registers (0xE0000000 to 0xE000EFFF) on the bus.
     *
     * @param interrupts number of interrupt lines of the chip
     * @param vectorTable where the vector table is after reset
     */
    public Cpu(CpuModel model, Bus bus, Clock clock, int interrupts, int vectorTable) {
        this.model = model;
        this.bus = bus;
        this.clock = clock;
        this.initialVectorTable = vectorTable;
        nvic = new Nvic(interrupts, model.priorityBits);
        code = new CodeCache(bus, model);
        Mpu mpu = new Mpu(attention);
        registers = new Registers(attention, code);
        system = new SystemOperations(registers, nvic, attention);
        exceptions = new ExceptionUnit(registers, nvic, bus, system);
        port = new DataPort(model, bus, clock, exceptions, mpu);
        exceptions.port = port;
        fpu = new Fpu(model, registers, port, bus);
        exceptions.fpu = fpu;
        translator = new Translator(bus, code, registers);
        debug = new DebugUnit(port, code, translator);
        exceptions.faults = debug::faulted;
        interpreter = new Interpreter(registers, port, attention, new SystemInstructions(registers, port, system, fpu));
        waiting = new WaitingLoop(registers, port, clock);
        sysTick = new SysTick(clock, nvic);
        control = new SystemControl(
                model, nvic, sysTick, exceptions, system, port, mpu, () -> stop(new StopReason.SystemReset()));
        cycleCounter = new CycleCounter(clock);
        bus.addDevice("ITM", 0xE000_0000, 0x1000, new Silent());
        bus.addDevice("DWT", 0xE000_1000, 0x1000, cycleCounter);
        bus.addDevice("FPB", 0xE000_2000, 0x1000, new Silent());
        bus.addDevice("SCS", 0xE000_E000, 0x1000, control);
        if (model.bitBanding) {
            bus.addDevice("bit-band SRAM", 0x2200_0000, 0x200_0000, new BitBand(bus, 0x2000_0000));
            bus.addDevice("bit-band peripherals", 0x4200_0000, 0x200_0000, new BitBand(bus, 0x4000_0000));
        }
        nvic.onChange(() -> {
            exceptions.pendingMayHaveChanged();
            lookUp();
        });
        clock.onChange(this::lookUp);
    }

    /** Registers of debug units that nobody needs: they read as 0. */
    private static final class Silent implements Device {
        @Override
        public int read(int offset, int width) {
            return 0;
        }

        @Override
        public void write(int offset, int width, int value) {
            // Nothing listens.
        }
    }

    public CpuModel model() {
        return model;
    }

    public Bus bus() {
        return bus;
    }

    public Clock clock() {
        return clock;
    }

    public Nvic nvic() {
        return nvic;
    }

    /** Breakpoints, watchpoints, and listeners to what is executed. */
    public DebugUnit debug() {
        return debug;
    }

    /** Switches the translation of hot code on (as it is at first) or off; what is executed is the same. */
    public void setTranslating(boolean on) {
        translating = on;
    }

    /** Replaces what happens in sleep; without it time skips to the next timer. */
    public void onSleep(Sleep action) {
        sleep = action;
    }

    /** Replaces what BKPT does; without it the run stops there. */
    public void onBreakpoint(BreakpointHandler handler) {
        breakpoints = handler;
    }

    /** From now on the handler does whatever the code at this address would do, in either engine. */
    public void intercept(int address, Interception handler) {
        interceptions.put(address, handler);
        debug.addBreakpoint(address);
    }

    /** Goes on behind the call that led here, with a result in r0 (AAPCS). */
    public void returnFromCall(int result) {
        registers.r[0] = result;
        registers.r[Registers.PC] = registers.r[Registers.LR] & ~1;
    }

    /** Makes {@link #run} come back with this reason after the instruction under way. May be called from devices and timers. */
    public void stop(StopReason reason) {
        stop = reason;
        lookUp();
    }

    /** Resets the processor (not the clock, not the devices) and loads stack pointer and start address from the vector table. */
    public void reset() {
        registers.reset();
        nvic.reset();
        exceptions.reset(initialVectorTable);
        control.reset();
        fpu.reset();
        cycleCounter.reset();
        system.supervisorCall = false;
        system.sleep = false;
        system.event = false;
        asleep = false;
        stop = null;
        try {
            registers.r[Registers.SP] = bus.read(initialVectorTable, 4) & ~3;
            int start = bus.read(initialVectorTable + 4, 4);
            registers.thumb = (start & 1) != 0;
            registers.r[Registers.PC] = start & ~1;
        } catch (BusFault refused) {
            exceptions.lockup = "lockup: the reset vector cannot be read: " + refused.getMessage();
        }
    }

    /** r0 to r15; 15 is the address of the next instruction. */
    public int register(int number) {
        return registers.r[number];
    }

    public void setRegister(int number, int value) {
        registers.r[number] = value;
    }

    public int xpsr() {
        return registers.xpsr();
    }

    /** Sets flags and execution state; the exception number stays. */
    public void setXpsr(int value) {
        registers.setXpsrExceptMode(value);
    }

    /** A special register, by its number in MRS (B5.2.2): 8 MSP, 9 PSP, 16 PRIMASK, 17 BASEPRI, 19 FAULTMASK, 20 CONTROL. */
    public int special(int number) {
        return system.readSpecial(number);
    }

    /** A register of the floating-point unit: 0 to 31 S0 to S31 as bits, 32 FPSCR. */
    public int floatingPoint(int number) {
        return number == 32 ? fpu.status() : fpu.registers[number];
    }

    public void setFloatingPoint(int number, int value) {
        if (number == 32) {
            fpu.setStatus(value);
        } else {
            fpu.registers[number] = value;
        }
    }

    /** What the last fault was about, empty when there was none since reset. */
    public String lastFault() {
        return exceptions.lastFault;
    }

    /** Says whether something outside of the processor, as a watchdog, will end a lockup; otherwise it ends the run. */
    public void lockupEndsWhen(BooleanSupplier condition) {
        lockupEnds = condition;
    }

    /** Why the processor is locked up; null while it is not. */
    public @Nullable String lockup() {
        return exceptions.lockup;
    }

    /** Instructions that were executed since power-on, failed conditions included. */
    public long retired() {
        return retired;
    }

    /** Runs until the cycles are used up or something else happens; time stands where the reason says. */
    public StopReason run(long maxCycles) {
        long end = maxCycles > Long.MAX_VALUE - clock.now() ? Long.MAX_VALUE : clock.now() + maxCycles;
        while (true) {
            clock.settle();
            StopReason reason = stop;
            if (reason != null) {
                stop = null;
                return reason;
            }
            if (exceptions.lockup != null && !lockupEnds.getAsBoolean()) {
                return new StopReason.Lockup(exceptions.lockup);
            }
            if (clock.now() >= end) {
                return new StopReason.Budget();
            }
            if (exceptions.lockup != null) {
                clock.at(Math.min(end, clock.nextDeadline())); // nothing is executed, and time goes on
                continue;
            }
            long limit = Math.min(end, clock.nextDeadline());
            if (asleep) {
                StopReason stuck = passSleep(limit);
                if (stuck != null) {
                    return stuck;
                }
                continue;
            }
            exceptions.takePending();
            if (exceptions.lockup != null) {
                continue;
            }
            attention.asked = false;
            StopReason stopped = execute(limit, end);
            if (stopped != null) {
                return stopped;
            }
        }
    }

    private @Nullable StopReason passSleep(long limit) {
        if (exceptions.wakesUp() || system.sleepForEvent && system.event) {
            asleep = false;
            system.event = false;
            return null;
        }
        long passed = sleep.pass(limit == Clock.NEVER ? Clock.NEVER : limit - clock.now());
        clock.at(clock.now() + passed);
        return passed == 0 && !exceptions.wakesUp() && clock.nextDeadline() == Clock.NEVER
                ? new StopReason.Asleep()
                : null;
    }

    /**
     * Executes until the clock reaches the limit or something asks for attention.
     *
     * @param end of the run; the limit may be a timer before it
     */
    private @Nullable StopReason execute(long limit, long end) {
        port.protect(registers.privileged(), exceptions.executionPriority() < 0);
        waiting.leave(); // devices may have changed meanwhile
        try {
            Block block = null;
            do {
                block = next(block);
                long now = clock.now();
                Translator.Region region = debug.interprets() ? null : translated(block);
                if (region != null && limit - now >= region.shape.length) {
                    runTranslated(region, limit - now);
                    waiting.leave();
                    block = null;
                    if (clock.now() != now) {
                        continue;
                    }
                    block = next(null);
                }
                int most = port.executable(block.to - 2) ? block.code.length : 1;
                int count = debug.atOnce((int) Math.min(most, limit - now));
                port.blockStart = now;
                port.steady = true;
                port.deviceReads = 0;
                port.deviceWrites = 0;
                debug.begins(block);
                interpreter.execute(block.code, count);
                boolean whole = interpreter.done == block.code.length;
                count(interpreter.done);
                if (!block.polls && whole && !attention.asked && !debug.interprets()) {
                    skipWaiting(block, end);
                } else {
                    waiting.leave();
                }
                if (block.polls) {
                    skipPolling(block, limit);
                }
            } while (!attention.asked && clock.now() < limit);
        } catch (BusFault fault) {
            count(interpreter.done);
            exceptions.take(fault);
            return null;
        } catch (Fault fault) {
            count(interpreter.done);
            return takeFault(fault);
        }
        if (registers.exceptionReturn != 0) {
            int value = registers.exceptionReturn;
            registers.exceptionReturn = 0;
            exceptions.returnFrom(value);
        }
        if (system.supervisorCall) {
            system.supervisorCall = false;
            exceptions.supervisorCall();
        }
        if (system.sleep) {
            system.sleep = false;
            asleep = true;
        }
        return null;
    }

    /** Translates everything that is run so often. */
    void setHot(int runs) {
        hot = runs;
    }

    List<Translator.Region> regions() {
        return translator.regions();
    }

    Registers registers() {
        return registers;
    }

    private Translator.@Nullable Region translated(Block block) {
        if (!port.flashExecutable) {
            return null;
        }
        Translator.Region region = block.region;
        if (region != null && !region.valid) {
            block.region = null;
            block.runs = 0;
        } else if (region != null) {
            return region;
        }
        boolean countable = translating && !block.polls && !block.waits && block.announced() && block.code[0].it == 0;
        if (countable && ++block.runs == hot) {
            block.region = translator.translate(block.from);
        }
        return block.region;
    }

    private void runTranslated(Translator.Region region, long cycles) {
        int budget = (int) Math.min(cycles, Integer.MAX_VALUE);
        registers.left = budget;
        registers.r[Registers.PC] = region.method.run(registers, port, 0);
        count(budget - registers.left);
    }

    /** After one pass of a loop that only waits, the passes that come before anything can happen are counted instead of made. */
    private void skipPolling(Block block, long limit) {
        boolean waits = registers.r[Registers.PC] == block.from && port.steady && !attention.asked;
        if (waits && !debug.interprets()) {
            long passes = Math.min((limit - clock.now()) / block.code.length, MOST_PASSES);
            retired += passes * block.code.length;
            clock.at(clock.now() + passes * block.code.length);
            port.blockStart = clock.now();
        }
    }

    private void skipWaiting(Block block, long end) {
        long skipped = waiting.executed(block, retired, end);
        if (skipped > 0) {
            retired += skipped;
            port.blockStart = clock.now();
        }
    }

    private void count(int instructions) {
        retired += instructions;
        clock.at(port.blockStart + instructions);
        port.blockStart = clock.now();
        interpreter.done = 0;
        debug.executed(instructions);
    }

    private Block next(@Nullable Block last) {
        int pc = registers.r[Registers.PC];
        if (!port.executable(pc)) {
            port.blockStart = clock.now();
            throw Fault.noExecute(pc);
        }
        if (!registers.thumb) {
            port.blockStart = clock.now();
            throw Fault.usage(Fault.INVSTATE, "code that is not Thumb at 0x" + Integer.toHexString(pc));
        }
        port.blockStart = clock.now();
        if (registers.it != 0) {
            return code.inside(pc, registers.it);
        }
        if (last == null) {
            return code.at(pc);
        }
        Block guess = pc == last.to ? last.following : last.branchedTo;
        if (guess != null && guess.from == pc && guess.current()) {
            return guess;
        }
        Block found = code.at(pc);
        if (pc == last.to) {
            last.following = found;
        } else {
            last.branchedTo = found;
        }
        return found;
    }

    private @Nullable StopReason takeFault(Fault fault) {
        if (fault.exception != Fault.EMULATOR) {
            exceptions.take(fault);
            return null;
        }
        int pc = registers.r[Registers.PC];
        Interception handler = fault.status == DebugUnit.BREAKPOINT ? interceptions.get(pc) : null;
        if (handler != null) {
            handler.handle(this);
            count(1);
            return null;
        }
        StopReason debugged = debug.reason(fault, pc);
        if (debugged != null) {
            return debugged;
        }
        if (fault.status < 0) {
            if (nvic.isEnabled(Nvic.USAGE_FAULT)) {
                exceptions.take(Fault.usage(Fault.UNDEFINSTR, String.valueOf(fault.getMessage())));
                return null;
            }
            return new StopReason.UnknownInstruction(pc, encodingAt(pc));
        }
        if (!breakpoints.handle(this, fault.status)) {
            return new StopReason.Breakpoint(pc);
        }
        if (registers.r[Registers.PC] == pc) {
            registers.r[Registers.PC] = pc + 2;
            registers.it = CodeCache.advance(registers.it);
        }
        count(1);
        return null;
    }

    private int encodingAt(int pc) {
        byte[] bytes = bus.peek(pc, 2);
        int high = bytes == null ? 0 : LittleEndian.get(bytes, 0, 2);
        byte[] more = bus.peek(pc + 2, 2);
        return high >>> 11 < 0b11101 || more == null ? high : high << 16 | LittleEndian.get(more, 0, 2);
    }

    /** State of the processor without memory and clock; {@link #save} makes it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Snapshot(
            int[] registers,
            int[] floatingPoint,
            Nvic.Snapshot nvic,
            int[] exceptions,
            int[] control,
            long[] sysTick,
            int[] cycleCounter,
            boolean[] sleep,
            String lastFault,
            @Nullable String lockup,
            long retired) {}

    /** For a board's snapshot; together with the memory and the {@link Clock} it is all that a later {@link #restore} needs. */
    public Snapshot save() {
        return new Snapshot(
                registers.save(),
                fpu.save(),
                nvic.save(),
                exceptions.save(),
                control.save(),
                sysTick.save(),
                cycleCounter.save(),
                new boolean[] {asleep, system.supervisorCall, system.sleep, system.sleepForEvent, system.event},
                exceptions.lastFault,
                exceptions.lockup,
                retired);
    }

    /** Takes over a state; the clock and the memory must be restored first. */
    public void restore(Snapshot from) {
        registers.restore(from.registers);
        fpu.restore(from.floatingPoint);
        exceptions.restore(from.exceptions);
        nvic.restore(from.nvic);
        control.restore(from.control);
        sysTick.restore(from.sysTick);
        cycleCounter.restore(from.cycleCounter);
        asleep = from.sleep[0];
        system.supervisorCall = from.sleep[1];
        system.sleep = from.sleep[2];
        system.sleepForEvent = from.sleep[3];
        system.event = from.sleep[4];
        exceptions.lastFault = from.lastFault;
        exceptions.lockup = from.lockup;
        retired = from.retired;
        stop = null;
        lookUp();
    }

    private void lookUp() {
        attention.asked = true;
    }
}
