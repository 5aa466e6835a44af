package dev.updraft.emulator.core;

import dev.updraft.emulator.instruction.Insn;

/** An instruction that could not be executed: the guest takes this exception with these bits in CFSR (B1.5.14, B3.2.15). */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    static final int IACCVIOL = 1;
    private static final int DACCVIOL = 1 << 1;
    static final int MUNSTKERR = 1 << 3;
    static final int MSTKERR = 1 << 4;
    private static final int MLSPERR = 1 << 5;
    private static final int MMARVALID = 1 << 7;
    static final int IBUSERR = 1 << 8;
    static final int PRECISERR = 1 << 9;
    static final int UNSTKERR = 1 << 11;
    static final int STKERR = 1 << 12;
    private static final int LSPERR = 1 << 13;
    static final int BFARVALID = 1 << 15;
    static final int UNDEFINSTR = 1 << 16;
    static final int INVSTATE = 1 << 17;
    static final int INVPC = 1 << 18;
    static final int NOCP = 1 << 19;
    static final int UNALIGNED = 1 << 24;
    static final int DIVBYZERO = 1 << 25;

    final int exception;
    final int status;

    /** Not an exception of the guest: BKPT, or an instruction that the emulator does not know. */
    static final int EMULATOR = 0;

    private Fault(int exception, int status, String why) {
        super(why, null, false, false);
        this.exception = exception;
        this.status = status;
    }

    /** {@link #status} is the number of the breakpoint. */
    static Fault breakpoint(int number) {
        return new Fault(EMULATOR, number, "breakpoint");
    }

    /** A watched access, before it is made. */
    static Fault watchpoint() {
        return new Fault(EMULATOR, DebugUnit.WATCHPOINT, "watchpoint");
    }

    static Fault unknown(Insn insn) {
        return new Fault(EMULATOR, -1, "unknown instruction 0x" + Integer.toHexString(insn.encoding));
    }

    static Fault undefined(Insn insn) {
        return usage(
                UNDEFINSTR,
                "undefined instruction 0x" + Integer.toHexString(insn.encoding) + " at 0x"
                        + Integer.toHexString(insn.pc));
    }

    static Fault usage(int status, String why) {
        return new Fault(Nvic.USAGE_FAULT, status, why);
    }

    static Fault noExecute(int address) {
        return new Fault(
                Nvic.MEM_MANAGE,
                IACCVIOL,
                "code fetch at 0x" + Integer.toHexString(address) + ", which is no memory for code");
    }

    /** A data access that the MPU does not allow. */
    static Fault protection(int address, boolean write) {
        String access = write ? "write to" : "read of";
        return new Fault(
                Nvic.MEM_MANAGE,
                DACCVIOL | MMARVALID,
                access + " 0x" + Integer.toHexString(address) + ", which the MPU does not allow");
    }

    /** The floating-point state could not be stacked when it was needed at last. */
    static Fault lazyStacking(boolean protection, String why) {
        return new Fault(
                protection ? Nvic.MEM_MANAGE : Nvic.BUS_FAULT, protection ? MLSPERR : LSPERR, "lazy stacking: " + why);
    }

    static Fault fetch(String why) {
        return new Fault(Nvic.BUS_FAULT, IBUSERR, why);
    }
}
