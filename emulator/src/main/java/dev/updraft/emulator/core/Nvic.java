package dev.updraft.emulator.core;

/**
 * Which exceptions are pending, enabled and active, and which one runs next (Armv7-M ARM B1.5, B3.4). Interrupt lines are
 * levels: a line that is still high when its handler returns makes the interrupt pending again.
 */
public final class Nvic {
    static final int RESET = 1;
    static final int NMI = 2;
    static final int HARD_FAULT = 3;
    static final int MEM_MANAGE = 4;
    static final int BUS_FAULT = 5;
    static final int USAGE_FAULT = 6;
    static final int SV_CALL = 11;
    static final int DEBUG_MONITOR = 12;
    static final int PEND_SV = 14;
    static final int SYS_TICK = 15;
    /** Exception number of interrupt 0. */
    static final int IRQ0 = 16;

    /** A priority that nothing has: thread mode without masks. */
    static final int LOWEST = 256;

    private final int exceptions;
    private final int priorityMask;
    private final boolean[] enabled;
    private final boolean[] pending;
    private final boolean[] active;
    private final boolean[] line;
    private final int[] priority;
    private int grouping;
    private int activeCount;
    private int candidate;
    private int candidatePriority = LOWEST;
    private int activePriority = LOWEST;
    private int running;
    private int timesPended;
    private Runnable changed = () -> {};

    Nvic(int interrupts, int priorityBits) {
        exceptions = IRQ0 + interrupts;
        priorityMask = 0xFF << (8 - priorityBits) & 0xFF;
        enabled = new boolean[exceptions];
        pending = new boolean[exceptions];
        active = new boolean[exceptions];
        line = new boolean[exceptions];
        priority = new int[exceptions];
        reset();
    }

    /** Drives an interrupt line high. */
    public void raise(int irq) {
        int exception = exceptionOf(irq);
        if (!line[exception]) {
            line[exception] = true;
            pend(exception);
            update();
        }
    }

    /** Drives an interrupt line low; an interrupt that became pending stays so (B3.4.1: the pending state is latched). */
    public void lower(int irq) {
        line[exceptionOf(irq)] = false;
    }

    /** Raises the non-maskable interrupt. */
    public void nmi() {
        setPending(NMI, true);
    }

    /** Number of interrupt lines. */
    public int interrupts() {
        return exceptions - IRQ0;
    }

    private int exceptionOf(int irq) {
        if (irq < 0 || irq >= interrupts()) {
            throw new IllegalArgumentException("interrupt " + irq + " is not one of " + interrupts());
        }
        return IRQ0 + irq;
    }

    void onChange(Runnable action) {
        changed = action;
    }

    void reset() {
        for (int i = 0; i < exceptions; i++) {
            enabled[i] = i < IRQ0 && (i < MEM_MANAGE || i > USAGE_FAULT);
            pending[i] = false;
            active[i] = false;
            priority[i] = 0;
        }
        priority[RESET] = -3;
        priority[NMI] = -2;
        priority[HARD_FAULT] = -1;
        grouping = 0;
        activeCount = 0;
        for (int i = IRQ0; i < exceptions; i++) {
            pending[i] = line[i];
        }
        update();
    }

    boolean isEnabled(int exception) {
        return enabled[exception];
    }

    boolean isPending(int exception) {
        return pending[exception];
    }

    boolean isActive(int exception) {
        return active[exception];
    }

    void setEnabled(int exception, boolean on) {
        enabled[exception] = on;
        update();
    }

    void setPending(int exception, boolean on) {
        if (on || line[exception]) {
            pend(exception);
        } else {
            pending[exception] = false;
        }
        update();
    }

    private void pend(int exception) {
        timesPended += pending[exception] ? 0 : 1;
        pending[exception] = true;
    }

    /** Counts what became pending. */
    int timesPended() {
        return timesPended;
    }

    int priority(int exception) {
        return priority[exception];
    }

    void setPriority(int exception, int value) {
        if (exception > HARD_FAULT) {
            priority[exception] = value & priorityMask;
            update();
        }
    }

    /** AIRCR.PRIGROUP: bits of a priority up to this one do not preempt. */
    void setGrouping(int bits) {
        grouping = bits;
        update();
    }

    int grouping() {
        return grouping;
    }

    int maskPriority(int value) {
        return value & priorityMask;
    }

    /** The part of a priority that decides about preemption (B1.5.4). */
    int groupPriority(int value) {
        return value < 0 ? value : value & -1 << (grouping + 1);
    }

    int exceptions() {
        return exceptions;
    }

    /** The pending exception that would be taken first; 0 when none is pending. */
    int candidate() {
        return candidate;
    }

    /** Group priority of the candidate, {@link #LOWEST} when there is none. */
    int candidatePriority() {
        return candidatePriority;
    }

    /** Group priority of the most urgent active exception, {@link #LOWEST} when none is active. */
    int activePriority() {
        return activePriority;
    }

    /** The active exception that is being handled: the most urgent one. */
    int runningException() {
        return running;
    }

    int activeCount() {
        return activeCount;
    }

    /** Pending becomes active. */
    void enter(int exception) {
        pending[exception] = false;
        setActive(exception, true);
    }

    /** The handler returned; a line that is still high asks again. */
    void leave(int exception) {
        setActive(exception, false);
        if (line[exception]) {
            pend(exception);
            update();
        }
    }

    void setActive(int exception, boolean on) {
        if (active[exception] != on) {
            active[exception] = on;
            activeCount += on ? 1 : -1;
        }
        update();
    }

    private void update() {
        int best = 0;
        int bestPriority = LOWEST;
        int activeBest = LOWEST;
        int activeException = 0;
        for (int i = 1; i < exceptions; i++) {
            if (pending[i] && enabled[i] && priority[i] < bestPriority) {
                best = i;
                bestPriority = priority[i];
            }
            if (active[i] && groupPriority(priority[i]) < activeBest) {
                activeBest = groupPriority(priority[i]);
                activeException = i;
            }
        }
        candidate = best;
        candidatePriority = best == 0 ? LOWEST : groupPriority(bestPriority);
        activePriority = activeBest;
        running = activeException;
        changed.run();
    }

    /** Everything that a reset would clear, and the lines. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Snapshot(
            boolean[] enabled, boolean[] pending, boolean[] active, boolean[] line, int[] priority, int grouping) {}

    Snapshot save() {
        return new Snapshot(enabled.clone(), pending.clone(), active.clone(), line.clone(), priority.clone(), grouping);
    }

    void restore(Snapshot from) {
        System.arraycopy(from.enabled, 0, enabled, 0, exceptions);
        System.arraycopy(from.pending, 0, pending, 0, exceptions);
        System.arraycopy(from.active, 0, active, 0, exceptions);
        System.arraycopy(from.line, 0, line, 0, exceptions);
        System.arraycopy(from.priority, 0, priority, 0, exceptions);
        grouping = from.grouping;
        activeCount = 0;
        for (boolean is : active) {
            activeCount += is ? 1 : 0;
        }
        update();
    }
}
