package dev.updraft.emulator.core;

import dev.updraft.emulator.memory.Bus;
import dev.updraft.emulator.memory.BusFault;
import org.jspecify.annotations.Nullable;

/** Entry to and return from exceptions, and what becomes of faults (Armv7-M ARM B1.5). */
final class ExceptionUnit {
    private static final int BFHFNMIGN = 1 << 8;
    private static final int STKALIGN = 1 << 9;
    private static final int NONBASETHRDENA = 1;
    private static final int SEVONPEND = 1 << 4;
    private static final int HFSR_VECTTBL = 1 << 1;
    private static final int HFSR_FORCED = 1 << 30;
    private static final int FRAME = 0x20;

    private final Registers s;
    private final Nvic nvic;
    private final Bus bus;
    private final SystemOperations system;

    /** Set once, when the processor is put together. */
    @SuppressWarnings("NullAway.Init")
    Fpu fpu;

    /** Set once, as {@link #fpu}. */
    @SuppressWarnings("NullAway.Init")
    DataPort port;

    /** Hears of each fault before the processor takes it. */
    DebugUnit.FaultListener faults = exception -> {};

    private int timesPended;

    int vectorTable;
    int configuration = STKALIGN;
    int configurableFaultStatus;
    int hardFaultStatus;
    int memManageAddress;
    int busFaultAddress;
    /** SCR. */
    int systemControl;

    /** What the last fault was, for reports. */
    String lastFault = "";

    /** Why the processor is locked up, or null. */
    @Nullable
    String lockup;

    ExceptionUnit(Registers registers, Nvic nvic, Bus bus, SystemOperations system) {
        this.s = registers;
        this.nvic = nvic;
        this.bus = bus;
        this.system = system;
    }

    void reset(int table) {
        vectorTable = table;
        configuration = STKALIGN;
        configurableFaultStatus = 0;
        hardFaultStatus = 0;
        systemControl = 0;
        lastFault = "";
        lockup = null;
    }

    /** Execution priority (B1.5.4): what is active, and the masks. */
    int executionPriority() {
        return Math.min(maskedPriority(), s.primask ? 0 : Nvic.LOWEST);
    }

    /** Without PRIMASK, which does not keep WFI from waking up (B1.5.19). */
    private int maskedPriority() {
        int priority = nvic.activePriority();
        if (s.basepri != 0) {
            priority = Math.min(priority, nvic.groupPriority(s.basepri));
        }
        return s.faultmask ? Math.min(priority, -1) : priority;
    }

    /** SCR.SEVONPEND: an interrupt that becomes pending is an event (B1.5.18). */
    void pendingMayHaveChanged() {
        int now = nvic.timesPended();
        if (now != timesPended && (systemControl & SEVONPEND) != 0) {
            system.event = true;
        }
        timesPended = now;
    }

    boolean wakesUp() {
        return nvic.candidatePriority() < maskedPriority();
    }

    /** Takes the most urgent pending exception if it is urgent enough. */
    void takePending() {
        if (nvic.candidatePriority() < executionPriority()) {
            enter(nvic.candidate());
        }
    }

    void supervisorCall() {
        if (nvic.groupPriority(nvic.priority(Nvic.SV_CALL)) < executionPriority()) {
            enter(Nvic.SV_CALL);
        } else {
            escalate("a supervisor call where its priority does not allow it");
        }
    }

    /** True when a data bus fault is to be ignored: CCR.BFHFNMIGN at priority -1 or -2 (B3.2.8). Its status is recorded. */
    boolean ignores(BusFault fault) {
        if ((configuration & BFHFNMIGN) == 0 || executionPriority() >= 0) {
            return false;
        }
        record(fault);
        return true;
    }

    private void record(BusFault fault) {
        configurableFaultStatus |= Fault.PRECISERR | Fault.BFARVALID;
        busFaultAddress = fault.address();
    }

    void take(BusFault fault) {
        record(fault);
        take(Nvic.BUS_FAULT, String.valueOf(fault.getMessage()));
    }

    void take(Fault fault) {
        configurableFaultStatus |= fault.status;
        take(fault.exception, String.valueOf(fault.getMessage()));
    }

    private void take(int exception, String why) {
        if (nvic.isEnabled(exception) && nvic.groupPriority(nvic.priority(exception)) < executionPriority()) {
            lastFault = why;
            faults.faulted(exception);
            enter(exception);
        } else {
            escalate(why);
        }
    }

    private void escalate(String why) {
        if (executionPriority() <= -1) {
            lockup = "lockup: " + why + " at 0x" + Integer.toHexString(s.r[Registers.PC])
                    + (lastFault.isEmpty() ? "" : "; the fault before it: " + lastFault);
            return;
        }
        lastFault = why;
        hardFaultStatus |= HFSR_FORCED;
        faults.faulted(Nvic.HARD_FAULT);
        enter(Nvic.HARD_FAULT);
    }

    private void enter(int exception) {
        int preempted = executionPriority();
        boolean toPsp = s.usesProcessStack();
        boolean extended = (s.control & 4) != 0;
        int exceptionReturn =
                (s.exception != 0 ? 0xFFFF_FFF1 : toPsp ? 0xFFFF_FFFD : 0xFFFF_FFF9) - (extended ? 16 : 0);
        int sp = s.r[Registers.SP];
        boolean realign = (configuration & STKALIGN) != 0 && (sp & 4) != 0;
        int frame = sp - FRAME - (extended ? Fpu.FRAME : 0) - (realign ? 4 : 0);
        int[] saved = {
            s.r[0],
            s.r[1],
            s.r[2],
            s.r[3],
            s.r[12],
            s.r[Registers.LR],
            s.r[Registers.PC],
            s.xpsr() | (realign ? 1 << 9 : 0)
        };
        s.r[Registers.SP] = frame;
        int failed = 0;
        try {
            if (!port.allows(frame, true) || !port.allows(sp - 4, true)) {
                failed = Fault.MSTKERR;
                throw new BusFault(frame, "the MPU does not allow writes to 0x" + Integer.toHexString(frame));
            }
            for (int i = 0; i < saved.length; i++) {
                bus.write(frame + 4 * i, 4, saved[i]);
            }
            if (extended) {
                fpu.stack(frame + FRAME);
            }
        } catch (BusFault refused) {
            failed = failed == 0 ? Fault.STKERR : failed;
            configurableFaultStatus |= failed;
            lastFault = "stacking for exception " + exception + ": " + refused.getMessage();
        }
        if (failed == 0) {
            start(exception, exceptionReturn);
        } else {
            int fault = failed == Fault.MSTKERR ? Nvic.MEM_MANAGE : Nvic.BUS_FAULT;
            stackingFailed(exception, exceptionReturn, fault, preempted);
        }
    }

    /**
     * A fault while stacking is a derived exception: the more urgent of it and the original one is taken without stacking again, and the other
     * stays pending (B1.5.11).
     *
     * @param preempted priority of what the original exception interrupts, which decides whether the fault escalates
     */
    private void stackingFailed(int original, int exceptionReturn, int fault, int preempted) {
        int derived = fault;
        if (!nvic.isEnabled(fault) || nvic.groupPriority(nvic.priority(fault)) >= preempted) {
            if (preempted <= -1) {
                lockup = "lockup: " + lastFault;
                return;
            }
            hardFaultStatus |= HFSR_FORCED;
            derived = Nvic.HARD_FAULT;
        }
        nvic.setPending(original, true);
        nvic.setPending(derived, true);
        start(nvic.candidate(), exceptionReturn);
    }

    /** Handler mode, main stack, vector. */
    private void start(int exception, int exceptionReturn) {
        s.setMode(exception, s.control & ~6);
        s.r[Registers.LR] = exceptionReturn;
        s.it = 0;
        s.exclusive = -1;
        system.event = true;
        try {
            int vector = bus.read(vectorTable + 4 * exception, 4);
            s.thumb = (vector & 1) != 0;
            s.r[Registers.PC] = vector & ~1;
            nvic.enter(exception);
        } catch (BusFault refused) {
            vectorFailed(exception, exceptionReturn, String.valueOf(refused.getMessage()));
        }
    }

    /** A vector that cannot be read is a HardFault, with the exception still pending (B1.5.14, table B1-9). */
    private void vectorFailed(int exception, int exceptionReturn, String why) {
        hardFaultStatus |= HFSR_VECTTBL;
        lastFault = "the vector of exception " + exception + " cannot be read: " + why;
        nvic.setPending(exception, exception != Nvic.HARD_FAULT);
        if (exception == Nvic.HARD_FAULT || exception == Nvic.NMI) {
            lockup = "lockup: " + lastFault;
        } else {
            start(Nvic.HARD_FAULT, exceptionReturn);
        }
    }

    /** Returns from the exception that is being handled, to where EXC_RETURN says (B1.5.8). */
    void returnFrom(int exceptionReturn) {
        int finished = s.exception;
        int kind = exceptionReturn & 15;
        boolean toThread = kind != 1;
        boolean valid = (exceptionReturn & 0x0FFF_FFE0) == 0x0FFF_FFE0
                && (kind == 1 || kind == 9 || kind == 13)
                && nvic.isActive(finished);
        boolean nested = nvic.activeCount() > 1;
        if (!valid || toThread && nested && (configuration & NONBASETHRDENA) == 0 || !toThread && !nested) {
            nvic.setActive(finished, false);
            s.r[Registers.LR] = exceptionReturn;
            take(Fault.usage(Fault.INVPC, "exception return with 0x" + Integer.toHexString(exceptionReturn)));
            return;
        }
        if (finished != Nvic.NMI) {
            s.faultmask = false;
        }
        nvic.leave(finished);
        if (nvic.candidatePriority() < executionPriority()) { // tail-chaining: the frame stays
            start(nvic.candidate(), exceptionReturn);
            return;
        }
        if (!unstack(exceptionReturn, kind, toThread)) {
            return;
        }
        system.event = true;
        if (toThread && (systemControl & 2) != 0 && s.exception == 0) { // SLEEPONEXIT
            system.sleep = true;
            system.sleepForEvent = false;
        }
    }

    private boolean unstack(int exceptionReturn, int kind, boolean toThread) {
        boolean extended = (exceptionReturn & 16) == 0;
        int frame = kind == 13 ? s.otherSp : s.r[Registers.SP];
        int[] saved = new int[8];
        if (!port.allows(frame, false) || !port.allows(frame + FRAME - 4, false)) {
            take(Nvic.MEM_MANAGE, Fault.MUNSTKERR, "unstacking: the MPU does not allow reads of the stack");
            return false;
        }
        try {
            for (int i = 0; i < saved.length; i++) {
                saved[i] = bus.read(frame + 4 * i, 4);
            }
            if (extended) {
                fpu.unstack(frame + FRAME);
            }
        } catch (BusFault refused) {
            take(Nvic.BUS_FAULT, Fault.UNSTKERR, "unstacking: " + refused.getMessage());
            return false;
        }
        int xpsr = saved[7];
        int exception = xpsr & 0x1FF;
        if (toThread != (exception == 0)) {
            s.r[Registers.LR] = exceptionReturn;
            take(Fault.usage(Fault.INVPC, "exception return to a mode that does not fit the saved xPSR"));
            return false;
        }
        int top = frame
                + FRAME
                + (extended ? Fpu.FRAME : 0)
                + ((xpsr & 1 << 9) != 0 && (configuration & STKALIGN) != 0 ? 4 : 0);
        if (kind == 13) {
            s.otherSp = top;
        } else {
            s.r[Registers.SP] = top;
        }
        s.setMode(exception, s.control & ~6 | (kind == 13 ? 2 : 0) | (extended ? 4 : 0));
        System.arraycopy(saved, 0, s.r, 0, 4);
        s.r[12] = saved[4];
        s.r[Registers.LR] = saved[5];
        s.r[Registers.PC] = saved[6] & ~1;
        s.setXpsrExceptMode(xpsr);
        s.exclusive = -1;
        return true;
    }

    private void take(int exception, int status, String why) {
        configurableFaultStatus |= status;
        take(exception, why);
    }

    int[] save() {
        return new int[] {
            vectorTable,
            configuration,
            configurableFaultStatus,
            hardFaultStatus,
            memManageAddress,
            busFaultAddress,
            systemControl
        };
    }

    void restore(int[] from) {
        vectorTable = from[0];
        configuration = from[1];
        configurableFaultStatus = from[2];
        hardFaultStatus = from[3];
        memManageAddress = from[4];
        busFaultAddress = from[5];
        systemControl = from[6];
    }
}
