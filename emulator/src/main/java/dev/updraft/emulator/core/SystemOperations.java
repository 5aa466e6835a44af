package dev.updraft.emulator.core;

import dev.updraft.emulator.instruction.Insn;
import dev.updraft.emulator.instruction.Op;

/** Instructions that concern the processor as a whole: special registers, masks, sleep, supervisor calls. */
final class SystemOperations {
    private final Registers s;
    private final Nvic nvic;
    private final PendingWork attention;

    /** SVC was executed. */
    boolean supervisorCall;
    /** WFI or WFE was executed and there is reason to sleep. */
    boolean sleep;
    /** The sleep is one that events end, too. */
    boolean sleepForEvent;
    /** Event register (B1.5.18). */
    boolean event;
    /** CCR.DIV_0_TRP. */
    boolean divisionTrap;

    SystemOperations(Registers registers, Nvic nvic, PendingWork attention) {
        this.s = registers;
        this.nvic = nvic;
        this.attention = attention;
    }

    int divideByZero() {
        if (divisionTrap) {
            throw Fault.usage(Fault.DIVBYZERO, "division by zero");
        }
        return 0;
    }

    void execute(Insn insn, int i) {
        switch (insn.op) {
            case Op.BARRIER -> {}
            case Op.WFI -> sleep(false);
            case Op.WFE -> {
                if (event) {
                    event = false;
                } else {
                    sleep(true);
                }
            }
            case Op.SEV -> event = true;
            case Op.SVC -> {
                supervisorCall = true;
                attention.asked = true;
            }
            case Op.BKPT -> throw Fault.breakpoint(insn.imm);
            case Op.CPS -> changeMasks(insn.imm);
            case Op.MRS -> s.r[insn.rd] = readSpecial(insn.imm);
            case Op.MSR -> writeSpecial(insn.imm, insn.sub, s.r[insn.rn]);
            case Op.NO_COPROCESSOR -> throw Fault.usage(Fault.NOCP, "no coprocessor for " + name(insn));
            case Op.UNDEFINED -> throw Fault.usage(Fault.UNDEFINSTR, "undefined instruction " + name(insn));
            default -> throw Fault.unknown(insn);
        }
    }

    private static String name(Insn insn) {
        return "0x" + Integer.toHexString(insn.encoding) + " at 0x" + Integer.toHexString(insn.pc);
    }

    private void sleep(boolean forEvent) {
        sleep = true;
        sleepForEvent = forEvent;
        attention.asked = true;
    }

    /** CPSIE and CPSID: bit 4 disables, bit 1 is PRIMASK, bit 0 FAULTMASK (B5.2.1). */
    private void changeMasks(int imm) {
        if (!s.privileged()) {
            return;
        }
        boolean mask = (imm & 16) != 0;
        if ((imm & 2) != 0) {
            s.primask = mask;
        }
        if ((imm & 1) != 0) {
            setFaultmask(mask);
        }
        attention.asked = true;
    }

    private void setFaultmask(boolean mask) {
        if (!mask || nvic.activePriority() > -1) {
            s.faultmask = mask;
        }
    }

    /** MRS (B5.2.2); SYSm as encoded. */
    int readSpecial(int register) {
        if (register < 8) {
            int value = (register & 4) == 0 ? s.apsr() : 0;
            return (register & 1) != 0 ? value | s.exception : value;
        }
        if (!s.privileged() && register != 20) {
            return 0;
        }
        return switch (register) {
            case 8 -> s.msp();
            case 9 -> s.psp();
            case 16 -> s.primask ? 1 : 0;
            case 17, 18 -> s.basepri;
            case 19 -> s.faultmask ? 1 : 0;
            case 20 -> s.control;
            default -> 0;
        };
    }

    /** MSR (B5.2.3). */
    void writeSpecial(int register, int mask, int value) {
        if (register < 4) {
            if ((mask & 2) != 0) {
                s.setNzcvq(value);
            }
            if ((mask & 1) != 0) {
                s.ge = value >>> 16 & 15;
            }
            return;
        }
        if (!s.privileged()) {
            return;
        }
        switch (register) {
            case 8 -> s.setMsp(value);
            case 9 -> s.setPsp(value);
            case 16 -> s.primask = (value & 1) != 0;
            case 17 -> s.basepri = nvic.maskPriority(value);
            case 18 -> raiseBasepri(nvic.maskPriority(value));
            case 19 -> setFaultmask((value & 1) != 0);
            case 20 -> setControl(value);
            default -> {}
        }
        attention.asked = true;
    }

    private void raiseBasepri(int value) {
        if (value != 0 && (value < s.basepri || s.basepri == 0)) {
            s.basepri = value;
        }
    }

    private void setControl(int value) {
        int fpca = value & 4;
        if (s.exception == 0) {
            s.setMode(0, value & 3 | fpca);
        } else {
            s.control = s.control & 2 | value & 1 | fpca;
        }
    }
}
