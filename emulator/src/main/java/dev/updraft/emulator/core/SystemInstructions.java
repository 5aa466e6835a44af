package dev.updraft.emulator.core;

import dev.updraft.emulator.instruction.Insn;
import dev.updraft.emulator.instruction.Op;

/** The instructions that {@link Interpreter} does not execute itself. */
final class SystemInstructions {
    private static final long LOW = 0xFFFF_FFFFL;

    private final Registers s;
    private final DataPort port;
    private final SystemOperations system;
    private final Fpu fpu;

    /** Room for the words of one LDM. */
    final int[] buffer = new int[16];

    SystemInstructions(Registers registers, DataPort port, SystemOperations system, Fpu fpu) {
        this.fpu = fpu;
        this.s = registers;
        this.port = port;
        this.system = system;
    }

    void execute(Insn insn, int i) {
        int[] r = s.r;
        int a = r[insn.rn];
        int b = r[insn.rm];
        switch (insn.op) {
            case Op.ACCESS -> access(insn, i);
            case Op.LDR_PC -> s.branchExchange(load(insn, i, address(insn)));
            case Op.LDRD -> loadDual(insn, i);
            case Op.STRD -> storeDual(insn, i);
            case Op.LDREX -> loadExclusive(insn, i);
            case Op.STREX -> storeExclusive(insn, i);
            case Op.FLOATING_POINT -> fpu.execute(insn, i);
            case Op.CLREX -> s.exclusive = -1;
            case Op.TABLE_BRANCH -> tableBranch(insn, i);
            case Op.BLX -> {
                r[Registers.LR] = insn.next() | 1;
                s.branchExchange(b);
            }
            case Op.MOV_PC -> r[Registers.PC] = b & ~1;
            case Op.ADD_PC -> r[Registers.PC] = insn.pc + 4 + b & ~1;
            case Op.MUL_S -> r[insn.rd] = s.result(a * b);
            case Op.SMULL -> pair(insn, (long) a * b);
            case Op.UMLAL -> pair(insn, (a & LOW) * (b & LOW) + pair(insn));
            case Op.SMLAL -> pair(insn, (long) a * b + pair(insn));
            case Op.SDIV -> r[insn.rd] = b == 0 ? system.divideByZero() : a / b;
            case Op.UDIV -> r[insn.rd] = b == 0 ? system.divideByZero() : Integer.divideUnsigned(a, b);
            case Op.SXTB -> r[insn.rd] = (byte) Integer.rotateRight(b, insn.imm);
            case Op.SXTH -> r[insn.rd] = (short) Integer.rotateRight(b, insn.imm);
            case Op.SXTAB -> r[insn.rd] = a + (byte) Integer.rotateRight(b, insn.imm);
            case Op.SXTAH -> r[insn.rd] = a + (short) Integer.rotateRight(b, insn.imm);
            case Op.UXTAB -> r[insn.rd] = a + (Integer.rotateRight(b, insn.imm) & 0xFF);
            case Op.UXTAH -> r[insn.rd] = a + (Integer.rotateRight(b, insn.imm) & 0xFFFF);
            case Op.BFI -> {
                int mask = -1 >>> 32 - insn.imm << insn.shift;
                r[insn.rd] = r[insn.rd] & ~mask | a << insn.shift & mask;
            }
            case Op.BFC -> r[insn.rd] &= ~(-1 >>> 32 - insn.imm << insn.shift);
            case Op.SBFX -> r[insn.rd] = a << 32 - insn.shift - insn.imm >> 32 - insn.imm;
            case Op.REV -> r[insn.rd] = Integer.reverseBytes(b);
            case Op.REV16 -> r[insn.rd] = (b & 0xFF00FF) << 8 | b >>> 8 & 0xFF00FF;
            case Op.REVSH -> r[insn.rd] = Short.reverseBytes((short) b);
            case Op.RBIT -> r[insn.rd] = Integer.reverse(b);
            case Op.CLZ -> r[insn.rd] = Integer.numberOfLeadingZeros(b);
            default -> {
                if (!Dsp.execute(insn, s)) {
                    system.execute(insn, i);
                }
            }
        }
    }

    private long pair(Insn insn) {
        return (long) s.r[insn.ra] << 32 | s.r[insn.rd] & LOW;
    }

    private void pair(Insn insn, long value) {
        s.r[insn.rd] = (int) value;
        s.r[insn.ra] = (int) (value >>> 32);
    }

    /** The address of a load or store; rn 15 stands for the absolute address in imm. */
    private int address(Insn insn) {
        if (insn.rn == 15) {
            return insn.imm;
        }
        int base = s.r[insn.rn];
        if (insn.postIndexed) {
            return base;
        }
        return base + (insn.byRegister ? s.r[insn.rm] << insn.shift : insn.imm);
    }

    private void writeBack(Insn insn) {
        if (insn.writeBack) {
            s.r[insn.rn] += insn.imm;
        }
    }

    private int load(Insn insn, int i, int address) {
        int value = switch (insn.sub) {
            case 0 -> port.load32(address, i);
            case 1 -> port.load16(address, i);
            case 2 -> port.load8(address, i);
            case 3 -> (short) port.load16(address, i);
            default -> (byte) port.load8(address, i);
        };
        writeBack(insn);
        return value;
    }

    private void access(Insn insn, int i) {
        int address = address(insn);
        if (insn.sub <= 4) {
            int value = load(insn, i, address);
            s.r[insn.rd] = insn.rd == Registers.SP ? value & ~3 : value;
            return;
        }
        int value = s.r[insn.rd];
        switch (insn.sub) {
            case 5 -> port.store32(address, value, i);
            case 6 -> port.store16(address, value, i);
            default -> port.store8(address, value, i);
        }
        writeBack(insn);
    }

    private void loadDual(Insn insn, int i) {
        int address = insn.sub == 1 ? (insn.pc + 4 & ~3) + insn.imm : address(insn);
        DataPort.requireWordAligned(address);
        int low = port.load32(address, i);
        int high = port.load32(address + 4, i);
        writeBack(insn);
        s.r[insn.rd] = low;
        s.r[insn.ra] = high;
    }

    private void storeDual(Insn insn, int i) {
        int address = address(insn);
        DataPort.requireWordAligned(address);
        port.store32(address, s.r[insn.rd], i);
        port.store32(address + 4, s.r[insn.ra], i);
        writeBack(insn);
    }

    private void loadExclusive(Insn insn, int i) {
        int address = s.r[insn.rn] + insn.imm;
        requireAligned(address, insn.sub);
        s.r[insn.rd] = switch (insn.sub) {
            case 1 -> port.load8(address, i);
            case 2 -> port.load16(address, i);
            default -> port.load32(address, i);
        };
        s.exclusive = address;
    }

    /** One processor, so an exclusive store succeeds when the monitor is still set (A3.4.1). */
    private void storeExclusive(Insn insn, int i) {
        int address = s.r[insn.rn] + insn.imm;
        requireAligned(address, insn.sub);
        if (s.exclusive != address) {
            s.exclusive = -1;
            s.r[insn.ra] = 1;
            return;
        }
        switch (insn.sub) {
            case 1 -> port.store8(address, s.r[insn.rd], i);
            case 2 -> port.store16(address, s.r[insn.rd], i);
            default -> port.store32(address, s.r[insn.rd], i);
        }
        s.exclusive = -1;
        s.r[insn.ra] = 0;
    }

    private static void requireAligned(int address, int width) {
        if ((address & width - 1) != 0) {
            throw Fault.usage(Fault.UNALIGNED, "unaligned exclusive access at 0x" + Integer.toHexString(address));
        }
    }

    private void tableBranch(Insn insn, int i) {
        int base = insn.rn == 15 ? insn.pc + 4 : s.r[insn.rn];
        int entry = insn.sub == 2 ? port.load16(base + s.r[insn.rm] * 2, i) : port.load8(base + s.r[insn.rm], i);
        s.r[Registers.PC] = insn.pc + 4 + entry * 2;
    }
}
