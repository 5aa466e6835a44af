package dev.updraft.emulator.core;

import static dev.updraft.emulator.core.RegionCompiler.C;
import static dev.updraft.emulator.core.RegionCompiler.N;
import static dev.updraft.emulator.core.RegionCompiler.V;
import static dev.updraft.emulator.core.RegionCompiler.Z;

import dev.updraft.emulator.instruction.Insn;
import dev.updraft.emulator.instruction.Op;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/** Writes the bytecode of one straight-line piece. What it does not know is left to the interpreter. */
final class RegionCode {
    private static final ClassDesc INT = ConstantDescs.CD_int;
    private static final ClassDesc INTEGER = ConstantDescs.CD_Integer;
    private static final ClassDesc ARITHMETIC = ClassDesc.ofDescriptor(Arithmetic.class.descriptorString());

    /** Operands of the last comparison or subtraction. */
    private static final int LEFT_OPERAND = 28;

    private static final int RIGHT_OPERAND = 29;
    private static final int VALUE = 30;
    private static final int WIDE = 31;

    private final RegionCompiler region;
    private final CodeBuilder b;
    private final Insn[] piece;
    private final RegionMemory memory;
    /** The flags are those of LEFT_OPERAND - RIGHT_OPERAND. */
    private boolean compared;

    RegionCode(RegionCompiler region, CodeBuilder b, Insn[] piece) {
        this.region = region;
        this.b = b;
        this.piece = piece;
        memory = new RegionMemory(region, b);
    }

    /** Whether this is more than leaving it to the interpreter. */
    static boolean translates(Insn insn) {
        return switch (insn.op) {
            case Op.LDREX, Op.STREX, Op.CLREX, Op.LDR_PC, Op.MOV_PC, Op.ADD_PC, Op.WFI, Op.WFE, Op.SEV -> false;
            case Op.SVC, Op.BKPT, Op.CPS, Op.MRS, Op.MSR, Op.BARRIER, Op.UNDEFINED, Op.UNKNOWN -> false;
            case Op.NO_COPROCESSOR -> false;
            case Op.LDRD, Op.STRD -> insn.rn != 15;
            case Op.SHIFTED -> insn.shiftType != 4 && insn.rm != 15;
            default -> insn.op < Op.FLOATING_POINT;
        };
    }

    void emit() {
        boolean open = true;
        for (int i = 0; i < piece.length && open; i++) {
            Insn insn = piece[i];
            Insn inner = RegionShape.bare(insn);
            int remaining = piece.length - i;
            if (!translates(inner)) {
                b.goto_(region.bail(insn, remaining));
                return;
            }
            if (insn != inner) {
                Label skip = b.newLabel();
                jump(insn.cond ^ 1, skip);
                boolean before = compared;
                one(inner, i, remaining);
                compared = before && !setsFlags(inner);
                b.labelBinding(skip);
            } else {
                open = one(insn, i, remaining);
                compared &= !setsFlags(insn) || comparesOperands(insn);
            }
        }
        if (open) {
            b.goto_(region.edge(piece[piece.length - 1].next(), piece[0].pc));
        }
    }

    /** Data processing keeps track itself of what the flags are. */
    private static boolean comparesOperands(Insn insn) {
        return insn.op < Op.LSL_IMM || insn.op == Op.SHIFTED;
    }

    private static boolean setsFlags(Insn insn) {
        return insn.op >= Op.IMM_S && insn.op < Op.REG
                || insn.op >= Op.REG_S && insn.op < Op.LSL_IMM
                || insn.op == Op.LSL_IMM_S
                || insn.op == Op.LSR_IMM_S
                || insn.op == Op.ASR_IMM_S
                || insn.op == Op.MUL_S
                || insn.setFlags;
    }

    /** Returns whether the next instruction can follow. */
    private boolean one(Insn insn, int index, int remaining) {
        int from = piece[0].pc;
        int op = insn.op;
        if (op < Op.LSL_IMM || op == Op.SHIFTED) {
            data(insn);
            return true;
        }
        if (memory.emit(insn, remaining)) {
            return op != Op.LDM_PC;
        }
        switch (op) {
            case Op.B -> b.goto_(region.edge(insn.imm, from));
            case Op.B_COND -> {
                jump(insn.cond, region.edge(insn.imm, from));
                return true;
            }
            case Op.CBZ, Op.CBNZ -> {
                region.get(insn.rn);
                Label target = region.edge(insn.imm, from);
                if (op == Op.CBZ) {
                    b.ifeq(target);
                } else {
                    b.ifne(target);
                }
                return true;
            }
            case Op.BL -> {
                b.loadConstant(insn.next() | 1);
                region.set(Registers.LR);
                region.call(insn.imm, insn.next());
            }
            case Op.BLX -> callThrough(insn, region.bail(piece[index], remaining));
            case Op.TABLE_BRANCH -> tableBranch(insn, region.bail(piece[index], remaining));
            case Op.BX -> {
                region.get(insn.rm);
                memory.branchExchange(region.bail(piece[index], remaining));
            }
            default -> {
                RegionArithmetic.emit(insn, region, b, remaining, piece[index]);
                return true;
            }
        }
        return false;
    }

    private void callThrough(Insn insn, Label bail) {
        region.get(insn.rm);
        b.istore(VALUE);
        b.iload(VALUE).loadConstant(28).iushr().loadConstant(15).if_icmpeq(bail);
        b.iload(VALUE).loadConstant(1).iand().ifeq(bail);
        b.loadConstant(insn.next() | 1);
        region.set(Registers.LR);
        b.iload(VALUE).loadConstant(1).isub().istore(RegionCompiler.NEXT);
        region.callThrough(insn.next());
    }

    private void tableBranch(Insn insn, Label bail) {
        int[] targets = region.table(insn);
        if (targets == null) {
            b.goto_(bail);
            return;
        }
        List<SwitchCase> cases = new ArrayList<>();
        for (int i = 0; i < targets.length; i++) {
            cases.add(SwitchCase.of(i, region.edge(targets[i], piece[0].pc)));
        }
        region.get(insn.rm);
        b.tableswitch(0, targets.length - 1, bail, cases);
    }

    /** Jumps when a condition holds. */
    private void jump(int cond, Label target) {
        if (compared && cond != 6 && cond != 7) {
            b.iload(LEFT_OPERAND);
            boolean unsigned = cond == 2 || cond == 3 || cond == 8 || cond == 9;
            if (cond == 4 || cond == 5) {
                b.iload(RIGHT_OPERAND).isub();
            } else {
                b.iload(RIGHT_OPERAND);
            }
            if (unsigned) {
                b.invokestatic(INTEGER, "compareUnsigned", MethodTypeDesc.of(INT, INT, INT));
            }
            switch (cond) {
                case 0 -> b.if_icmpeq(target);
                case 1 -> b.if_icmpne(target);
                case 2 -> b.ifge(target);
                case 3 -> b.iflt(target);
                case 4 -> b.iflt(target);
                case 5 -> b.ifge(target);
                case 8 -> b.ifgt(target);
                case 9 -> b.ifle(target);
                case 10 -> b.if_icmpge(target);
                case 11 -> b.if_icmplt(target);
                case 12 -> b.if_icmpgt(target);
                default -> b.if_icmple(target);
            }
            return;
        }
        switch (cond) {
            case 0 -> b.iload(Z).ifeq(target);
            case 1 -> b.iload(Z).ifne(target);
            case 2 -> b.iload(C).ifne(target);
            case 3 -> b.iload(C).ifeq(target);
            case 4 -> b.iload(N).iflt(target);
            case 5 -> b.iload(N).ifge(target);
            case 6 -> b.iload(V).iflt(target);
            case 7 -> b.iload(V).ifge(target);
            case 8, 12 -> { // HI, GT: two things hold
                Label no = b.newLabel();
                b.iload(Z).ifeq(no);
                if (cond == 8) {
                    b.iload(C).ifne(target);
                } else {
                    b.iload(N).iload(V).ixor().ifge(target);
                }
                b.labelBinding(no);
            }
            case 9 -> {
                b.iload(Z).ifeq(target);
                b.iload(C).ifeq(target);
            }
            case 10 -> b.iload(N).iload(V).ixor().ifge(target);
            case 11 -> b.iload(N).iload(V).ixor().iflt(target);
            default -> {
                b.iload(Z).ifeq(target);
                b.iload(N).iload(V).ixor().iflt(target);
            }
        }
    }

    /** Pushes the second operand. */
    private void second(Insn insn) {
        if (!insn.byRegister) {
            b.loadConstant(insn.imm);
            return;
        }
        region.get(insn.rm);
        if (insn.shift == 0) {
            return;
        }
        switch (insn.shiftType) {
            case 0 -> b.loadConstant(insn.shift).ishl();
            case 1 -> {
                if (insn.shift == 32) {
                    b.pop().loadConstant(0);
                } else {
                    b.loadConstant(insn.shift).iushr();
                }
            }
            case 2 -> b.loadConstant(Math.min(insn.shift, 31)).ishr();
            default ->
                b.loadConstant(insn.shift).invokestatic(INTEGER, "rotateRight", MethodTypeDesc.of(INT, INT, INT));
        }
    }

    private void data(Insn insn) {
        int function = insn.op == Op.SHIFTED ? insn.sub : insn.op & 15;
        boolean flags =
                insn.op == Op.SHIFTED ? insn.setFlags : insn.op >= Op.IMM_S && insn.op < Op.REG || insn.op >= Op.REG_S;
        if (flags) {
            switch (function) {
                case Op.ADD, Op.CMN, Op.ADC, Op.SBC, Op.SUB, Op.CMP, Op.RSB -> arithmeticWithFlags(insn, function);
                default -> logicWithFlags(insn, function);
            }
            return;
        }
        plain(insn, function);
        if (insn.rd == Registers.SP && insn.op == Op.SHIFTED) {
            b.loadConstant(~3).iand();
        }
        region.set(insn.rd);
    }

    /** Pushes rn FUNCTION second operand. */
    private void plain(Insn insn, int function) {
        if (function == Op.RSB) {
            second(insn);
            region.get(insn.rn);
            b.isub();
            return;
        }
        if (function != Op.MOV && function != Op.MVN) {
            region.get(insn.rn);
        }
        second(insn);
        switch (function) {
            case Op.AND, Op.TST -> b.iand();
            case Op.BIC -> b.loadConstant(-1).ixor().iand();
            case Op.ORR -> b.ior();
            case Op.ORN -> b.loadConstant(-1).ixor().ior();
            case Op.EOR, Op.TEQ -> b.ixor();
            case Op.ADD -> b.iadd();
            case Op.ADC -> b.iadd().iload(C).iadd();
            case Op.SBC -> b.isub().loadConstant(1).isub().iload(C).iadd();
            case Op.SUB -> b.isub();
            case Op.MVN -> b.loadConstant(-1).ixor();
            default -> {}
        }
    }

    private void logicWithFlags(Insn insn, int function) {
        plain(insn, function);
        b.istore(VALUE);
        if (insn.byRegister && insn.shift != 0) {
            region.get(insn.rm);
            int bit = switch (insn.shiftType) {
                case 0 -> 32 - insn.shift;
                case 1, 3 -> insn.shift - 1;
                default -> Math.min(insn.shift - 1, 31);
            };
            b.loadConstant(bit).iushr().loadConstant(1).iand().istore(C);
        } else if (!insn.byRegister && insn.carry >= 0) {
            b.loadConstant(insn.carry).istore(C);
        }
        b.iload(VALUE).istore(N).iload(VALUE).istore(Z);
        if (function != Op.TST && function != Op.TEQ) {
            b.iload(VALUE);
            region.set(insn.rd);
        }
        compared = false;
    }

    private void arithmeticWithFlags(Insn insn, int function) {
        if (function == Op.RSB) {
            second(insn);
            region.get(insn.rn);
        } else {
            region.get(insn.rn);
            second(insn);
        }
        if (function == Op.SBC) {
            b.loadConstant(-1).ixor();
        }
        b.istore(RIGHT_OPERAND).istore(LEFT_OPERAND);
        boolean difference = function == Op.SUB || function == Op.CMP || function == Op.RSB;
        b.iload(LEFT_OPERAND).iload(RIGHT_OPERAND);
        if (difference) {
            b.isub();
        } else {
            b.iadd();
            if (function == Op.ADC || function == Op.SBC) {
                b.iload(C).iadd();
            }
        }
        b.istore(VALUE);
        b.iload(VALUE).istore(N).iload(VALUE).istore(Z);
        b.iload(LEFT_OPERAND).iload(RIGHT_OPERAND);
        if (difference) {
            call("carryOfSubtract", INT, INT, INT);
            b.istore(C).iload(LEFT_OPERAND).iload(RIGHT_OPERAND);
            call("overflowOfSubtract", INT, INT, INT);
        } else {
            b.iload(VALUE);
            call("carryOfAddWithCarry", INT, INT, INT, INT);
            b.istore(C).iload(LEFT_OPERAND).iload(RIGHT_OPERAND).iload(VALUE);
            call("overflowOfAdd", INT, INT, INT, INT);
        }
        b.istore(V);
        if (function != Op.CMP && function != Op.CMN) {
            b.iload(VALUE);
            region.set(insn.rd);
        }
        compared = difference;
    }

    private void call(String name, ClassDesc result, ClassDesc... operands) {
        b.invokestatic(ARITHMETIC, name, MethodTypeDesc.of(result, operands));
    }

    /** Pops a long into two registers. */
    static void pair(Insn insn, RegionCompiler region, CodeBuilder b) {
        b.lstore(WIDE).lload(WIDE).l2i();
        region.set(insn.rd);
        b.lload(WIDE).loadConstant(32).lushr().l2i();
        region.set(insn.ra);
    }
}
