package dev.updraft.emulator.core;

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

    private final Bus bus;
    private final Clock clock;
    private final Nvic nvic;
    private final Registers registers = new Registers();
    private final int initialVectorTable;
    private Sleep sleep = cycles -> cycles == Clock.NEVER ? 0 : cycles;
    private BreakpointHandler breakpoints = (cpu, number) -> false;
    private @Nullable StopReason stop;
    private boolean asleep;
    private boolean attention;
    private long retired;

    /**
     * @param interrupts number of interrupt lines of the chip
     * @param vectorTable where the vector table is after reset
     */
    public Cpu(Bus bus, Clock clock, int interrupts, int vectorTable) {
        this.bus = bus;
        this.clock = clock;
        this.initialVectorTable = vectorTable;
        nvic = new Nvic(interrupts, 4);
        nvic.onChange(this::lookUp);
        clock.onChange(this::lookUp);
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

    /** Replaces what happens in sleep; without it time skips to the next timer. */
    public void onSleep(Sleep action) {
        sleep = action;
    }

    /** Replaces what BKPT does; without it the run stops there. */
    public void onBreakpoint(BreakpointHandler handler) {
        breakpoints = handler;
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
        asleep = false;
        stop = null;
        registers.r[Registers.SP] = bus.read(initialVectorTable, 4) & ~3;
        int start = bus.read(initialVectorTable + 4, 4);
        registers.thumb = (start & 1) != 0;
        registers.r[Registers.PC] = start & ~1;
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
            if (clock.now() >= end) {
                return new StopReason.Budget();
            }
            long limit = Math.min(end, clock.nextDeadline());
            if (asleep) {
                StopReason stuck = passSleep(limit);
                if (stuck != null) {
                    return stuck;
                }
                continue;
            }
            attention = false;
            execute(limit);
        }
    }

    private @Nullable StopReason passSleep(long limit) {
        if (nvic.candidate() != 0) {
            asleep = false;
            return null;
        }
        long passed = sleep.pass(limit == Clock.NEVER ? Clock.NEVER : limit - clock.now());
        clock.at(clock.now() + passed);
        return passed == 0 && nvic.candidate() == 0 && clock.nextDeadline() == Clock.NEVER
                ? new StopReason.Asleep()
                : null;
    }

    private void execute(long limit) {
        while (clock.now() < limit && !attention) {
            int pc = registers.r[Registers.PC];
            int encoding = bus.read(pc, 2);
            if (encoding == 0xBF00) { // NOP
                registers.r[Registers.PC] = pc + 2;
            } else if (encoding >>> 8 != 0xBE) {
                stop(new StopReason.UnknownInstruction(pc, encoding));
                return;
            } else if (breakpoints.handle(this, encoding & 0xFF)) {
                registers.r[Registers.PC] = pc + 2;
            } else {
                stop(new StopReason.Breakpoint(pc));
                return;
            }
            retired++;
            clock.at(clock.now() + 1);
        }
    }

    private void lookUp() {
        attention = true;
    }
}
