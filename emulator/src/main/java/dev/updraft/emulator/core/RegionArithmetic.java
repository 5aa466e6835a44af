package dev.updraft.emulator.core;

import static dev.updraft.emulator.core.RegionCompiler.C;
import static dev.updraft.emulator.core.RegionCompiler.N;
import static dev.updraft.emulator.core.RegionCompiler.Z;

import dev.updraft.emulator.instruction.Insn;
import dev.updraft.emulator.instruction.Op;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/** Writes the bytecode of shifts, multiplies, divisions, extensions and bit operations. */
final class RegionArithmetic {
    private static final ClassDesc INT = ConstantDescs.CD_int;
    private static final ClassDesc LONG = ConstantDescs.CD_long;
    private static final ClassDesc INTEGER = ConstantDescs.CD_Integer;
    private static final ClassDesc ARITHMETIC = ClassDesc.ofDescriptor(Arithmetic.class.descriptorString());
    private static final MethodTypeDesc UNARY = MethodTypeDesc.of(INT, INT);
    private static final MethodTypeDesc BINARY = MethodTypeDesc.of(INT, INT, INT);

    private RegionArithmetic() {}

    static void emit(Insn insn, RegionCompiler g, CodeBuilder b, int remaining, Insn outer) {
        switch (insn.op) {
            case Op.IT, Op.NOP -> {}
            case Op.LSL_IMM, Op.LSL_IMM_S, Op.LSR_IMM, Op.LSR_IMM_S, Op.ASR_IMM, Op.ASR_IMM_S -> shift(insn, g, b);
            case Op.SHIFT_REG -> shiftByRegister(insn, g, b);
            case Op.MOVT -> {
                g.get(insn.rd);
                b.loadConstant(0xFFFF).iand().loadConstant(insn.imm).ior();
                g.set(insn.rd);
            }
            case Op.MUL, Op.MUL_S -> {
                g.get(insn.rn);
                g.get(insn.rm);
                b.imul();
                if (insn.op == Op.MUL_S) {
                    b.dup().istore(N).dup().istore(Z);
                }
                g.set(insn.rd);
            }
            case Op.MLA, Op.MLS -> {
                g.get(insn.ra);
                g.get(insn.rn);
                g.get(insn.rm);
                b.imul();
                if (insn.op == Op.MLA) {
                    b.iadd();
                } else {
                    b.isub();
                }
                g.set(insn.rd);
            }
            case Op.UMULL, Op.SMULL, Op.UMLAL, Op.SMLAL -> longMultiply(insn, g, b);
            case Op.UMAAL -> {
                g.get(insn.rn);
                g.get(insn.rm);
                g.get(insn.rd);
                g.get(insn.ra);
                b.invokestatic(ARITHMETIC, "accumulateTwice", MethodTypeDesc.of(LONG, INT, INT, INT, INT));
                RegionCode.pair(insn, g, b);
            }
            case Op.SDIV, Op.UDIV -> {
                g.get(insn.rm);
                b.ifeq(g.bail(outer, remaining));
                g.get(insn.rn);
                g.get(insn.rm);
                if (insn.op == Op.SDIV) {
                    b.idiv();
                } else {
                    b.invokestatic(INTEGER, "divideUnsigned", BINARY);
                }
                g.set(insn.rd);
            }
            case Op.SMLA_HALVES -> {
                b.aload(RegionCompiler.S);
                half(insn.rn, insn.sub >> 1, g, b);
                half(insn.rm, insn.sub & 1, g, b);
                b.imul();
                g.get(insn.ra);
                b.invokestatic(
                        ClassDesc.ofDescriptor(Dsp.class.descriptorString()),
                        "accumulate",
                        MethodTypeDesc.of(INT, RegionCompiler.REGISTERS, INT, INT));
                g.set(insn.rd);
            }
            case Op.SMUL_HALVES -> {
                half(insn.rn, insn.sub >> 1, g, b);
                half(insn.rm, insn.sub & 1, g, b);
                b.imul();
                g.set(insn.rd);
            }
            case Op.BFI, Op.BFC -> {
                int mask = -1 >>> 32 - insn.imm << insn.shift;
                g.get(insn.rd);
                b.loadConstant(~mask).iand();
                if (insn.op == Op.BFI) {
                    g.get(insn.rn);
                    b.loadConstant(insn.shift).ishl().loadConstant(mask).iand().ior();
                }
                g.set(insn.rd);
            }
            case Op.UBFX -> {
                g.get(insn.rn);
                b.loadConstant(insn.shift)
                        .iushr()
                        .loadConstant(-1 >>> 32 - insn.imm)
                        .iand();
                g.set(insn.rd);
            }
            case Op.SBFX -> {
                g.get(insn.rn);
                b.loadConstant(32 - insn.shift - insn.imm)
                        .ishl()
                        .loadConstant(32 - insn.imm)
                        .ishr();
                g.set(insn.rd);
            }
            case Op.REV -> unary(insn, g, b, INTEGER, "reverseBytes");
            case Op.RBIT -> unary(insn, g, b, INTEGER, "reverse");
            case Op.CLZ -> unary(insn, g, b, INTEGER, "numberOfLeadingZeros");
            case Op.REV16 -> unary(insn, g, b, ARITHMETIC, "reverseBytesInHalves");
            case Op.REVSH -> {
                g.get(insn.rm);
                b.invokestatic(INTEGER, "reverseBytes", UNARY).loadConstant(16).ishr();
                g.set(insn.rd);
            }
            case Op.SXTB, Op.SXTH, Op.UXTB, Op.UXTH, Op.SXTAB, Op.SXTAH, Op.UXTAB, Op.UXTAH -> extend(insn, g, b);
            default -> g.interpret(insn);
        }
    }

    private static void unary(Insn insn, RegionCompiler g, CodeBuilder b, ClassDesc owner, String name) {
        g.get(insn.rm);
        b.invokestatic(owner, name, UNARY);
        g.set(insn.rd);
    }

    private static void half(int register, int top, RegionCompiler g, CodeBuilder b) {
        g.get(register);
        if (top == 0) {
            b.i2s();
        } else {
            b.loadConstant(16).ishr();
        }
    }

    private static void shift(Insn insn, RegionCompiler g, CodeBuilder b) {
        boolean flags = (insn.op - Op.LSL_IMM & 1) != 0;
        int type = (insn.op - Op.LSL_IMM) / 2;
        if (flags) {
            g.get(insn.rm);
            int bit = type == 0 ? 32 - insn.imm : insn.imm - 1;
            b.loadConstant(bit).iushr().loadConstant(1).iand().istore(C);
        }
        if (type == 1 && insn.imm == 32) {
            b.loadConstant(0);
        } else {
            g.get(insn.rm);
            b.loadConstant(Math.min(insn.imm, 31));
            switch (type) {
                case 0 -> b.ishl();
                case 1 -> b.iushr();
                default -> b.ishr();
            }
        }
        if (flags) {
            b.dup().istore(N).dup().istore(Z);
        }
        g.set(insn.rd);
    }

    private static void shiftByRegister(Insn insn, RegionCompiler g, CodeBuilder b) {
        g.get(insn.rn);
        g.get(insn.rm);
        b.loadConstant(insn.shiftType).invokestatic(ARITHMETIC, "shift", MethodTypeDesc.of(INT, INT, INT, INT));
        if (insn.setFlags) {
            b.dup().istore(N).istore(Z);
            g.get(insn.rn);
            g.get(insn.rm);
            b.loadConstant(insn.shiftType).iload(C);
            b.invokestatic(ARITHMETIC, "carryOfShift", MethodTypeDesc.of(INT, INT, INT, INT, INT))
                    .istore(C);
            b.iload(N);
        }
        g.set(insn.rd);
    }

    private static void longMultiply(Insn insn, RegionCompiler g, CodeBuilder b) {
        boolean signed = insn.op == Op.SMULL || insn.op == Op.SMLAL;
        g.get(insn.rn);
        if (signed) {
            b.i2l();
            g.get(insn.rm);
            b.i2l().lmul();
        } else {
            g.get(insn.rm);
            b.invokestatic(ARITHMETIC, "unsignedProduct", MethodTypeDesc.of(LONG, INT, INT));
        }
        if (insn.op == Op.UMLAL || insn.op == Op.SMLAL) {
            g.get(insn.rd);
            g.get(insn.ra);
            b.invokestatic(ARITHMETIC, "pair", MethodTypeDesc.of(LONG, INT, INT))
                    .ladd();
        }
        RegionCode.pair(insn, g, b);
    }

    private static void extend(Insn insn, RegionCompiler g, CodeBuilder b) {
        boolean adds = insn.op >= Op.SXTAB;
        if (adds) {
            g.get(insn.rn);
        }
        g.get(insn.rm);
        if (insn.imm != 0) {
            b.loadConstant(insn.imm).invokestatic(INTEGER, "rotateRight", BINARY);
        }
        switch (insn.op) {
            case Op.SXTB, Op.SXTAB -> b.i2b();
            case Op.SXTH, Op.SXTAH -> b.i2s();
            case Op.UXTB, Op.UXTAB -> b.loadConstant(0xFF).iand();
            case Op.UXTH, Op.UXTAH -> b.loadConstant(0xFFFF).iand();
            default -> throw new IllegalStateException("operation " + insn.op);
        }
        if (adds) {
            b.iadd();
        }
        g.set(insn.rd);
    }
}
