package dev.updraft.emulator.core;

import dev.updraft.emulator.instruction.Insn;
import dev.updraft.emulator.instruction.Op;
import dev.updraft.emulator.memory.BusFault;

/** Executes decoded instructions one by one. The common ones are here, the others in {@link SystemInstructions}. */
final class Interpreter {
    private final Registers s;
    private final DataPort port;
    private final PendingWork attention;
    private final SystemInstructions rare;

    /** Instructions executed by the last call of {@link #execute}, which may have ended with an exception. */
    int done;

    Interpreter(Registers registers, DataPort port, PendingWork attention, SystemInstructions rare) {
        this.s = registers;
        this.port = port;
        this.attention = attention;
        this.rare = rare;
    }

    /** Whether a condition holds (A7.3). */
    static boolean holds(Registers s, int cond) {
        boolean result = switch (cond >>> 1) {
            case 0 -> s.z == 0;
            case 1 -> s.c != 0;
            case 2 -> s.n < 0;
            case 3 -> s.v < 0;
            case 4 -> s.c != 0 && s.z != 0;
            case 5 -> (s.n ^ s.v) >= 0;
            case 6 -> (s.n ^ s.v) >= 0 && s.z != 0;
            default -> true;
        };
        return result ^ ((cond & 1) != 0 && cond != 15);
    }

    /**
     * Executes the first {@code count} instructions of a block, fewer when a device or an exception asks for attention.
     * Afterwards pc and ITSTATE are those of the next instruction; of the same one when this throws.
     */
    void execute(Insn[] code, int count) {
        int i = 0;
        s.r[Registers.PC] = code[count - 1].next();
        try {
            i = executeStraight(code, count);
        } catch (BusFault | Fault fault) {
            s.r[Registers.PC] = code[s.at].pc;
            s.it = code[s.at].it;
            done = s.at;
            throw fault;
        }
        done = i;
        int it = code[i - 1].it;
        if (code[i - 1].op == Op.IT) {
            s.it = code[i - 1].imm;
        } else if (it != 0) {
            s.it = CodeCache.advance(it);
        } else {
            s.it = 0;
        }
        if (i < count) {
            s.r[Registers.PC] = code[i - 1].next();
        }
    }

    private int executeStraight(Insn[] code, int count) {
        int[] r = s.r;
        next:
        for (int i = 0; i < count; i++) {
            Insn insn = code[i];
            access:
            while (true) {
                int a = r[insn.rn];
                int b = insn.byRegister ? r[insn.rm] << insn.shift : insn.imm;
                switch (insn.op) {
                    case Op.IMM + Op.AND, Op.REG + Op.AND -> r[insn.rd] = a & b;
                    case Op.IMM + Op.BIC, Op.REG + Op.BIC -> r[insn.rd] = a & ~b;
                    case Op.IMM + Op.ORR, Op.REG + Op.ORR -> r[insn.rd] = a | b;
                    case Op.IMM + Op.ORN, Op.REG + Op.ORN -> r[insn.rd] = a | ~b;
                    case Op.IMM + Op.EOR, Op.REG + Op.EOR -> r[insn.rd] = a ^ b;
                    case Op.IMM + Op.ADD, Op.REG + Op.ADD -> r[insn.rd] = a + b;
                    case Op.IMM + Op.ADC, Op.REG + Op.ADC -> r[insn.rd] = a + b + s.c;
                    case Op.IMM + Op.SBC, Op.REG + Op.SBC -> r[insn.rd] = a - b - 1 + s.c;
                    case Op.IMM + Op.SUB, Op.REG + Op.SUB -> r[insn.rd] = a - b;
                    case Op.IMM + Op.RSB, Op.REG + Op.RSB -> r[insn.rd] = b - a;
                    case Op.IMM + Op.MOV, Op.REG + Op.MOV -> r[insn.rd] = b;
                    case Op.IMM + Op.MVN, Op.REG + Op.MVN -> r[insn.rd] = ~b;
                    case Op.IMM_S + Op.AND, Op.REG_S + Op.AND -> r[insn.rd] = logic(insn, a & b);
                    case Op.IMM_S + Op.BIC, Op.REG_S + Op.BIC -> r[insn.rd] = logic(insn, a & ~b);
                    case Op.IMM_S + Op.ORR, Op.REG_S + Op.ORR -> r[insn.rd] = logic(insn, a | b);
                    case Op.IMM_S + Op.ORN, Op.REG_S + Op.ORN -> r[insn.rd] = logic(insn, a | ~b);
                    case Op.IMM_S + Op.EOR, Op.REG_S + Op.EOR -> r[insn.rd] = logic(insn, a ^ b);
                    case Op.IMM_S + Op.MOV, Op.REG_S + Op.MOV -> r[insn.rd] = logic(insn, b);
                    case Op.IMM_S + Op.MVN, Op.REG_S + Op.MVN -> r[insn.rd] = logic(insn, ~b);
                    case Op.IMM_S + Op.TST, Op.REG_S + Op.TST -> logic(insn, a & b);
                    case Op.IMM_S + Op.TEQ, Op.REG_S + Op.TEQ -> logic(insn, a ^ b);
                    case Op.IMM_S + Op.ADD, Op.REG_S + Op.ADD -> r[insn.rd] = s.add(a, b);
                    case Op.IMM_S + Op.CMN, Op.REG_S + Op.CMN -> s.add(a, b);
                    case Op.IMM_S + Op.SUB, Op.REG_S + Op.SUB -> r[insn.rd] = s.subtract(a, b);
                    case Op.IMM_S + Op.CMP, Op.REG_S + Op.CMP -> s.subtract(a, b);
                    case Op.IMM_S + Op.RSB, Op.REG_S + Op.RSB -> r[insn.rd] = s.subtract(b, a);
                    case Op.IMM_S + Op.ADC, Op.REG_S + Op.ADC -> r[insn.rd] = s.addWithCarry(a, b);
                    case Op.IMM_S + Op.SBC, Op.REG_S + Op.SBC -> r[insn.rd] = s.addWithCarry(a, ~b);
                    case Op.LSL_IMM -> r[insn.rd] = r[insn.rm] << insn.imm;
                    case Op.LSL_IMM_S -> {
                        int value = r[insn.rm];
                        s.c = value >>> (32 - insn.imm) & 1;
                        r[insn.rd] = s.result(value << insn.imm);
                    }
                    case Op.LSR_IMM -> r[insn.rd] = r[insn.rm] >>> 1 >>> insn.imm - 1;
                    case Op.LSR_IMM_S -> {
                        int value = r[insn.rm] >>> insn.imm - 1;
                        s.c = value & 1;
                        r[insn.rd] = s.result(value >>> 1);
                    }
                    case Op.ASR_IMM -> r[insn.rd] = r[insn.rm] >> 1 >> insn.imm - 1;
                    case Op.ASR_IMM_S -> {
                        int value = r[insn.rm] >> insn.imm - 1;
                        s.c = value & 1;
                        r[insn.rd] = s.result(value >> 1);
                    }
                    case Op.SHIFTED -> s.shifted(insn);
                    case Op.SHIFT_REG -> s.shiftByRegister(insn);
                    case Op.MOVT -> r[insn.rd] = r[insn.rd] & 0xFFFF | b;
                    case Op.LDR, Op.LDR_REG -> {
                        s.at = i;
                        r[insn.rd] = port.load32(a + b, i);
                        break access;
                    }
                    case Op.LDRH, Op.LDRH_REG -> {
                        s.at = i;
                        r[insn.rd] = port.load16(a + b, i);
                        break access;
                    }
                    case Op.LDRB, Op.LDRB_REG -> {
                        s.at = i;
                        r[insn.rd] = port.load8(a + b, i);
                        break access;
                    }
                    case Op.LDRSH, Op.LDRSH_REG -> {
                        s.at = i;
                        r[insn.rd] = (short) port.load16(a + b, i);
                        break access;
                    }
                    case Op.LDRSB, Op.LDRSB_REG -> {
                        s.at = i;
                        r[insn.rd] = (byte) port.load8(a + b, i);
                        break access;
                    }
                    case Op.STR, Op.STR_REG -> {
                        s.at = i;
                        port.store32(a + b, r[insn.rd], i);
                        break access;
                    }
                    case Op.STRH, Op.STRH_REG -> {
                        s.at = i;
                        port.store16(a + b, r[insn.rd], i);
                        break access;
                    }
                    case Op.STRB, Op.STRB_REG -> {
                        s.at = i;
                        port.store8(a + b, r[insn.rd], i);
                        break access;
                    }
                    case Op.LDR_LITERAL -> {
                        s.at = i;
                        r[insn.rd] = port.load32(b, i);
                        break access;
                    }
                    case Op.LDM, Op.LDM_PC -> {
                        s.at = i;
                        loadMultiple(insn, i);
                        break access;
                    }
                    case Op.STM -> {
                        s.at = i;
                        storeMultiple(insn, i);
                        break access;
                    }
                    case Op.B -> r[Registers.PC] = b;
                    case Op.B_COND -> {
                        if (holds(s, insn.cond)) {
                            r[Registers.PC] = b;
                        }
                    }
                    case Op.BL -> {
                        r[Registers.LR] = insn.next() | 1;
                        r[Registers.PC] = b;
                    }
                    case Op.BX -> s.branchExchange(r[insn.rm]);
                    case Op.CBZ -> {
                        if (a == 0) {
                            r[Registers.PC] = b;
                        }
                    }
                    case Op.CBNZ -> {
                        if (a != 0) {
                            r[Registers.PC] = b;
                        }
                    }
                    case Op.MUL -> r[insn.rd] = a * r[insn.rm];
                    case Op.MLA -> r[insn.rd] = r[insn.ra] + a * r[insn.rm];
                    case Op.MLS -> r[insn.rd] = r[insn.ra] - a * r[insn.rm];
                    case Op.UMULL -> {
                        long product = (a & 0xFFFF_FFFFL) * (r[insn.rm] & 0xFFFF_FFFFL);
                        r[insn.rd] = (int) product;
                        r[insn.ra] = (int) (product >>> 32);
                    }
                    case Op.UMAAL -> {
                        long sum = (a & 0xFFFF_FFFFL) * (r[insn.rm] & 0xFFFF_FFFFL)
                                + (r[insn.rd] & 0xFFFF_FFFFL)
                                + (r[insn.ra] & 0xFFFF_FFFFL);
                        r[insn.rd] = (int) sum;
                        r[insn.ra] = (int) (sum >>> 32);
                    }
                    case Op.UXTB -> r[insn.rd] = Integer.rotateRight(r[insn.rm], insn.imm) & 0xFF;
                    case Op.UXTH -> r[insn.rd] = Integer.rotateRight(r[insn.rm], insn.imm) & 0xFFFF;
                    case Op.UBFX -> r[insn.rd] = a >>> insn.shift & -1 >>> 32 - insn.imm;
                    case Op.IT, Op.NOP -> {}
                    case Op.CONDITIONAL -> {
                        if (!holds(s, insn.cond)) {
                            continue next;
                        }
                        insn = insn.inner();
                        continue access;
                    }
                    default -> {
                        s.at = i;
                        rare.execute(insn, i);
                        break access;
                    }
                }
                continue next;
            }
            if (attention.asked) {
                return i + 1;
            }
        }
        return count;
    }

    private int logic(Insn insn, int value) {
        if (insn.carry >= 0) {
            s.c = insn.carry;
        }
        return s.result(value);
    }

    private void loadMultiple(Insn insn, int i) {
        int[] r = s.r;
        int bytes = Integer.bitCount(insn.imm) * 4;
        int base = r[insn.rn];
        int address = insn.descending ? base - bytes : base;
        DataPort.requireWordAligned(address);
        int[] loaded = rare.buffer;
        int count = 0;
        for (int list = insn.imm; list != 0; list &= list - 1) {
            loaded[count++] = port.load32(address, i);
            address += 4;
        }
        if (insn.writeBack) {
            r[insn.rn] = insn.descending ? base - bytes : base + bytes;
        }
        count = 0;
        for (int list = insn.imm & 0x7FFF; list != 0; list &= list - 1) {
            r[Integer.numberOfTrailingZeros(list)] = loaded[count++];
        }
        if (insn.op == Op.LDM_PC) {
            s.branchExchange(loaded[count]);
        }
    }

    private void storeMultiple(Insn insn, int i) {
        int[] r = s.r;
        int bytes = Integer.bitCount(insn.imm) * 4;
        int base = r[insn.rn];
        int address = insn.descending ? base - bytes : base;
        DataPort.requireWordAligned(address);
        for (int list = insn.imm; list != 0; list &= list - 1) {
            port.store32(address, r[Integer.numberOfTrailingZeros(list)], i);
            address += 4;
        }
        if (insn.writeBack) {
            r[insn.rn] = insn.descending ? base - bytes : base + bytes;
        }
    }
}
