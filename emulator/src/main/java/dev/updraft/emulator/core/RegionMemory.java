package dev.updraft.emulator.core;

import static dev.updraft.emulator.core.RegionCompiler.BYTES;
import static dev.updraft.emulator.core.RegionCompiler.PORT;
import static dev.updraft.emulator.core.RegionCompiler.PORT_SLOT;
import static dev.updraft.emulator.core.RegionCompiler.RAM;
import static dev.updraft.emulator.core.RegionCompiler.RAM_BASE;
import static dev.updraft.emulator.core.RegionCompiler.RAM_LIMIT;

import dev.updraft.emulator.instruction.Insn;
import dev.updraft.emulator.instruction.Op;
import dev.updraft.emulator.memory.LittleEndian;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/** Writes the bytecode of loads and stores: RAM straight, flash by a call, anything else by the interpreter. */
final class RegionMemory {
    private static final ClassDesc INT = ConstantDescs.CD_int;
    private static final ClassDesc SHORT = ConstantDescs.CD_short;
    private static final ClassDesc LITTLE_ENDIAN = ClassDesc.ofDescriptor(LittleEndian.class.descriptorString());
    private static final MethodTypeDesc COMPARE = MethodTypeDesc.of(INT, INT, INT);
    private static final int ADDRESS = 33;
    private static final int OFFSET = 34;
    private static final int LOADED = 35;

    private final RegionCompiler region;
    private final CodeBuilder b;

    RegionMemory(RegionCompiler region, CodeBuilder b) {
        this.region = region;
        this.b = b;
    }

    /** Returns false when the instruction is neither a load nor a store. */
    boolean emit(Insn insn, int remaining) {
        if (insn.op >= Op.LDR && insn.op <= Op.STRB_REG || insn.op == Op.ACCESS) {
            Label bail = region.bail(insn, remaining);
            address(insn);
            if (insn.sub <= 4) {
                load(insn.sub, insn.rn != Registers.SP, bail);
                writeBack(insn);
                if (insn.rd == Registers.SP) {
                    b.loadConstant(~3).iand();
                }
                region.set(insn.rd);
            } else {
                offset(bail);
                store(insn.sub, insn.rd, 0);
                writeBack(insn);
            }
            return true;
        }
        switch (insn.op) {
            case Op.LDR_LITERAL -> {
                b.loadConstant(insn.imm).istore(ADDRESS);
                load(0, true, region.bail(insn, remaining));
                region.set(insn.rd);
            }
            case Op.LDM, Op.LDM_PC -> loadMultiple(insn, region.bail(insn, remaining));
            case Op.STM -> storeMultiple(insn, region.bail(insn, remaining));
            case Op.LDRD, Op.STRD -> dual(insn, region.bail(insn, remaining));
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Goes on at the address on the stack, if that is ordinary Thumb code. */
    void branchExchange(Label bail) {
        b.istore(ADDRESS);
        b.iload(ADDRESS).loadConstant(28).iushr().loadConstant(15).if_icmpeq(bail);
        b.iload(ADDRESS).loadConstant(1).iand().ifeq(bail);
        b.iload(ADDRESS).loadConstant(1).isub();
        region.leaveToStack();
    }

    private void address(Insn insn) {
        if (insn.rn == 15) {
            b.loadConstant(insn.imm);
        } else {
            region.get(insn.rn);
            if (!insn.postIndexed) {
                if (insn.byRegister) {
                    region.get(insn.rm);
                    if (insn.shift != 0) {
                        b.loadConstant(insn.shift).ishl();
                    }
                    b.iadd();
                } else if (insn.imm != 0) {
                    b.loadConstant(insn.imm).iadd();
                }
            }
        }
        b.istore(ADDRESS);
    }

    private void writeBack(Insn insn) {
        if (insn.writeBack) {
            region.increase(insn.rn, insn.imm);
        }
    }

    /** OFFSET of ADDRESS in the RAM window; elsewhere when it is outside. */
    private void offset(Label elsewhere) {
        b.iload(ADDRESS).iload(RAM_BASE).isub().dup().istore(OFFSET);
        b.iload(RAM_LIMIT).invokestatic(ConstantDescs.CD_Integer, "compareUnsigned", COMPARE);
        b.ifge(elsewhere);
    }

    /** Pushes what is at ADDRESS. */
    private void load(int sub, boolean maybeFlash, Label bail) {
        if (!maybeFlash) {
            offset(bail);
            fast(sub, 0);
            return;
        }
        Label miss = b.newLabel();
        Label join = b.newLabel();
        offset(miss);
        fast(sub, 0);
        b.istore(LOADED);
        b.labelBinding(join);
        b.iload(LOADED);
        region.later(() -> {
            b.labelBinding(miss);
            b.aload(PORT_SLOT).iload(ADDRESS).loadConstant(Op.width(sub));
            b.invokevirtual(PORT, "flash", MethodTypeDesc.of(INT, INT, INT));
            if (sub == 3) {
                b.i2s();
            } else if (sub == 4) {
                b.i2b();
            }
            b.istore(LOADED);
            b.aload(PORT_SLOT)
                    .getfield(PORT, "missed", ConstantDescs.CD_boolean)
                    .ifne(bail);
            b.goto_(join);
        });
    }

    private void handle(String name) {
        b.getstatic(LITTLE_ENDIAN, name, ConstantDescs.CD_VarHandle);
    }

    private void offsetPlus(int more) {
        b.iload(OFFSET);
        if (more != 0) {
            b.loadConstant(more).iadd();
        }
    }

    private void fast(int sub, int more) {
        switch (Op.width(sub)) {
            case 4 -> {
                handle("INT");
                b.aload(RAM);
                offsetPlus(more);
                b.invokevirtual(ConstantDescs.CD_VarHandle, "get", MethodTypeDesc.of(INT, BYTES, INT));
            }
            case 2 -> {
                handle("SHORT");
                b.aload(RAM);
                offsetPlus(more);
                b.invokevirtual(ConstantDescs.CD_VarHandle, "get", MethodTypeDesc.of(SHORT, BYTES, INT));
                if (sub == 1) {
                    b.loadConstant(0xFFFF).iand();
                }
            }
            default -> {
                b.aload(RAM);
                offsetPlus(more);
                b.baload();
                if (sub == 2) {
                    b.loadConstant(0xFF).iand();
                }
            }
        }
    }

    private void store(int sub, int register, int more) {
        switch (Op.width(sub)) {
            case 4 -> {
                handle("INT");
                b.aload(RAM);
                offsetPlus(more);
                region.get(register);
                b.invokevirtual(
                        ConstantDescs.CD_VarHandle, "set", MethodTypeDesc.of(ConstantDescs.CD_void, BYTES, INT, INT));
            }
            case 2 -> {
                handle("SHORT");
                b.aload(RAM);
                offsetPlus(more);
                region.get(register);
                b.i2s();
                b.invokevirtual(
                        ConstantDescs.CD_VarHandle, "set", MethodTypeDesc.of(ConstantDescs.CD_void, BYTES, INT, SHORT));
            }
            default -> {
                b.aload(RAM);
                offsetPlus(more);
                region.get(register);
                b.bastore();
            }
        }
    }

    /** Sets ADDRESS and OFFSET to the first of some words, all of which must lie in the RAM window, aligned. */
    private void range(int register, int plus, int bytes, Label bail) {
        region.get(register);
        if (plus != 0) {
            b.loadConstant(plus).iadd();
        }
        b.istore(ADDRESS);
        b.iload(ADDRESS).loadConstant(3).iand().ifne(bail);
        offset(bail);
        b.iload(OFFSET).loadConstant(bytes - 4).iadd().iload(RAM_LIMIT);
        b.invokestatic(ConstantDescs.CD_Integer, "compareUnsigned", COMPARE).ifge(bail);
    }

    private void loadMultiple(Insn insn, Label bail) {
        int bytes = Integer.bitCount(insn.imm) * 4;
        range(insn.rn, insn.descending ? -bytes : 0, bytes, bail);
        boolean jumps = insn.op == Op.LDM_PC;
        if (jumps) { // before anything changes: only an ordinary return is made here
            fast(0, bytes - 4);
            b.istore(LOADED);
            b.iload(LOADED).loadConstant(28).iushr().loadConstant(15).if_icmpeq(bail);
            b.iload(LOADED).loadConstant(1).iand().ifeq(bail);
        }
        if (insn.writeBack) {
            region.increase(insn.rn, insn.descending ? -bytes : bytes);
        }
        int more = 0;
        for (int list = insn.imm & 0x7FFF; list != 0; list &= list - 1) {
            fast(0, more);
            region.set(Integer.numberOfTrailingZeros(list));
            more += 4;
        }
        if (jumps) {
            b.iload(LOADED).loadConstant(1).isub();
            region.leaveToStack();
        }
    }

    private void storeMultiple(Insn insn, Label bail) {
        int bytes = Integer.bitCount(insn.imm) * 4;
        range(insn.rn, insn.descending ? -bytes : 0, bytes, bail);
        int more = 0;
        for (int list = insn.imm; list != 0; list &= list - 1) {
            store(5, Integer.numberOfTrailingZeros(list), more);
            more += 4;
        }
        if (insn.writeBack) {
            region.increase(insn.rn, insn.descending ? -bytes : bytes);
        }
    }

    private void dual(Insn insn, Label bail) {
        range(insn.rn, insn.postIndexed ? 0 : insn.imm, 8, bail);
        if (insn.op == Op.STRD) {
            store(5, insn.rd, 0);
            store(5, insn.ra, 4);
            writeBack(insn);
        } else {
            writeBack(insn);
            fast(0, 0);
            region.set(insn.rd);
            fast(0, 4);
            region.set(insn.ra);
        }
    }
}
