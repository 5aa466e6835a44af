package dev.updraft.emulator.core;

import dev.updraft.emulator.instruction.Insn;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the class of one region: {@code static int go(Registers, DataPort, int depth)}. Guest registers and flags live in JVM
 * locals; every way out stores them. Budget: each piece subtracts its length; entry, backward branches and returns from calls leave
 * when less than the whole region is left, so a budget is never overrun.
 */
final class RegionCompiler {
    static final ClassDesc REGISTERS = desc(Registers.class);
    static final ClassDesc PORT = desc(DataPort.class);
    private static final ClassDesc TRANSLATED = desc(Translated.class);
    static final ClassDesc BYTES = ConstantDescs.CD_byte.arrayType();
    private static final ClassDesc SELF = ClassDesc.of(RegionCompiler.class.getPackageName() + ".TranslatedCode");
    private static final MethodTypeDesc GO =
            MethodTypeDesc.of(ConstantDescs.CD_int, REGISTERS, PORT, ConstantDescs.CD_int);
    private static final DirectMethodHandleDesc CONSTANT = ConstantDescs.ofConstantBootstrap(
            ConstantDescs.CD_MethodHandles, "classDataAt", ConstantDescs.CD_Object, ConstantDescs.CD_int);

    /** Guest functions call each other on the JVM's stack up to here; deeper calls go through the interpreter. */
    private static final int DEEPEST = 48;

    static final int S = 0;
    static final int PORT_SLOT = 1;
    private static final int DEPTH = 2;
    private static final int R = 3;
    private static final int R0 = 4;
    static final int N = 19;
    static final int Z = 20;
    static final int C = 21;
    static final int V = 22;
    private static final int LEFT = 23;
    static final int RAM = 24;
    static final int RAM_BASE = 25;
    static final int RAM_LIMIT = 26;
    static final int NEXT = 27;

    private static final int[] FLAGS = {N, Z, C, V};
    private static final String[] FLAG_NAMES = {"n", "z", "c", "v"};

    private final RegionShape shape;
    private int used = 0x7FFF;
    private int written = 0x7FFF;
    private int usedNow;
    private int writtenNow;
    private CodeBuilder b;
    private final Map<Integer, Label> labels = new HashMap<>();
    private final Map<Integer, Label> backward = new HashMap<>();
    private final Map<Integer, Label> exits = new HashMap<>();
    private final List<Runnable> cold = new ArrayList<>();
    private Label leave;
    private Label unwind;
    private int methodSize;
    private final List<Integer> calls = new ArrayList<>();
    private final List<Object> constants = new ArrayList<>();

    @SuppressWarnings("NullAway") // builder and labels are those of the pass under way
    RegionCompiler(RegionShape shape) {
        this.shape = shape;
    }

    private static ClassDesc desc(Class<?> type) {
        return ClassDesc.ofDescriptor(type.descriptorString());
    }

    /** The class file. Written twice: the first pass finds out which registers the region touches. */
    byte[] compile() {
        build();
        used = usedNow | writtenNow;
        written = writtenNow;
        byte[] bytes = build();
        methodSize = ClassFile.of().parse(bytes).methods().stream()
                .filter(method -> method.methodName().equalsString("go"))
                .mapToInt(method ->
                        method.findAttribute(Attributes.code()).orElseThrow().codeLength())
                .sum();
        return bytes;
    }

    /** Bytecodes of the region's method. */
    int methodSize() {
        return methodSize;
    }

    private byte[] build() {
        return ClassFile.of()
                .build(
                        SELF,
                        type -> type.withInterfaceSymbols(TRANSLATED)
                                .withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC)
                                .withMethodBody(
                                        ConstantDescs.INIT_NAME,
                                        ConstantDescs.MTD_void,
                                        0,
                                        code -> code.aload(0)
                                                .invokespecial(
                                                        ConstantDescs.CD_Object,
                                                        ConstantDescs.INIT_NAME,
                                                        ConstantDescs.MTD_void)
                                                .return_())
                                .withMethodBody(
                                        "run",
                                        GO,
                                        ClassFile.ACC_PUBLIC,
                                        code -> code.aload(1)
                                                .aload(2)
                                                .iload(3)
                                                .invokestatic(SELF, "go", GO)
                                                .ireturn())
                                .withMethodBody("go", GO, ClassFile.ACC_STATIC, this::body));
    }

    private void body(CodeBuilder code) {
        b = code;
        usedNow = 0;
        writtenNow = 0;
        labels.clear();
        backward.clear();
        exits.clear();
        cold.clear();
        constants.clear();
        calls.clear();
        leave = b.newLabel();
        unwind = b.newLabel();
        shape.pieces.keySet().forEach(pc -> labels.put(pc, b.newLabel()));
        prologue();
        shape.pieces.forEach((pc, piece) -> {
            b.labelBinding(label(pc));
            b.iinc(LEFT, -piece.length);
            new RegionCode(this, b, piece).emit();
        });
        for (int i = 0; i < cold.size(); i++) { // they add more while they are written
            cold.get(i).run();
        }
        b.labelBinding(leave);
        spill();
        b.labelBinding(unwind);
        b.iload(NEXT).ireturn();
    }

    private void prologue() {
        Label enough = b.newLabel();
        b.aload(S).getfield(REGISTERS, "left", ConstantDescs.CD_int).istore(LEFT);
        b.iload(LEFT).loadConstant(shape.length).if_icmpge(enough);
        b.loadConstant(shape.entry).ireturn();
        b.labelBinding(enough);
        b.aload(S).getfield(REGISTERS, "r", ConstantDescs.CD_int.arrayType()).astore(R);
        b.aload(PORT_SLOT).getfield(PORT, "ram", BYTES).astore(RAM);
        b.aload(PORT_SLOT).getfield(PORT, "ramBase", ConstantDescs.CD_int).istore(RAM_BASE);
        b.aload(PORT_SLOT).getfield(PORT, "ramLimit", ConstantDescs.CD_int).istore(RAM_LIMIT);
        b.loadConstant(0).istore(NEXT);
        fill();
        b.goto_(label(shape.entry));
    }

    private void fill() {
        for (int i = 0; i < 15; i++) {
            if ((used & 1 << i) != 0) {
                b.aload(R).loadConstant(i).iaload().istore(R0 + i);
            }
        }
        for (int i = 0; i < FLAGS.length; i++) {
            b.aload(S).getfield(REGISTERS, FLAG_NAMES[i], ConstantDescs.CD_int).istore(FLAGS[i]);
        }
    }

    private void spill() {
        for (int i = 0; i < 15; i++) {
            if ((written & 1 << i) != 0) {
                b.aload(R).loadConstant(i).iload(R0 + i).iastore();
            }
        }
        for (int i = 0; i < FLAGS.length; i++) {
            b.aload(S).iload(FLAGS[i]).putfield(REGISTERS, FLAG_NAMES[i], ConstantDescs.CD_int);
        }
        b.aload(S).iload(LEFT).putfield(REGISTERS, "left", ConstantDescs.CD_int);
    }

    private Label label(int pc) {
        Label label = labels.get(pc);
        if (label == null) {
            throw new IllegalStateException("no piece at 0x" + Integer.toHexString(pc));
        }
        return label;
    }

    /** Pushes a register. */
    void get(int register) {
        usedNow |= 1 << register;
        b.iload(R0 + register);
    }

    /** Pops into a register. */
    void set(int register) {
        writtenNow |= 1 << register;
        b.istore(R0 + register);
    }

    void increase(int register, int by) {
        usedNow |= 1 << register;
        writtenNow |= 1 << register;
        b.iinc(R0 + register, by);
    }

    /** Code to be written behind the hot path. */
    void later(Runnable writer) {
        cold.add(writer);
    }

    /** Where to jump in order to go on at a guest address, coming from a piece. */
    Label edge(int target, int piece) {
        if (!labels.containsKey(target)) {
            return exit(target);
        }
        if (Integer.compareUnsigned(target, piece) > 0) {
            return label(target);
        }
        return backward.computeIfAbsent(target, pc -> {
            Label check = b.newLabel();
            Label out = exit(pc);
            later(() -> {
                b.labelBinding(check);
                b.iload(LEFT).loadConstant(shape.length).if_icmplt(out);
                b.goto_(label(pc));
            });
            return check;
        });
    }

    /** Leaves the region, to go on at a guest address. */
    Label exit(int target) {
        return exits.computeIfAbsent(target, pc -> {
            Label label = b.newLabel();
            later(() -> {
                b.labelBinding(label);
                b.loadConstant(pc).istore(NEXT).goto_(leave);
            });
            return label;
        });
    }

    /** Leaves the region for the interpreter to execute this instruction, the {@code remaining}th last of its piece. */
    Label bail(Insn insn, int remaining) {
        Label label = b.newLabel();
        later(() -> {
            b.labelBinding(label);
            b.iinc(LEFT, remaining);
            if (insn.it != 0) {
                b.aload(S).loadConstant(insn.it).putfield(REGISTERS, "it", ConstantDescs.CD_int);
            }
            b.loadConstant(insn.pc).istore(NEXT).goto_(leave);
        });
        return label;
    }

    /** Leaves the region, to go on at the guest address that is on the stack. */
    void leaveToStack() {
        b.istore(NEXT).goto_(leave);
    }

    /** A guest call: the callee on the JVM's stack when it is translated, and the way back. */
    void call(int target, int returnAddress) {
        b.iload(DEPTH).loadConstant(DEEPEST).if_icmpge(exit(target));
        spill();
        calls.add(target);
        b.aload(S).getfield(REGISTERS, "links", TRANSLATED.arrayType());
        b.loadConstant(CodeLibrary.link(target)).aaload();
        b.aload(S).aload(PORT_SLOT).iload(DEPTH).loadConstant(1).iadd();
        b.invokeinterface(TRANSLATED, "run", GO);
        comeBack(returnAddress);
    }

    /** A guest call to the address in NEXT. */
    void callThrough(int returnAddress) {
        b.iload(DEPTH).loadConstant(DEEPEST).if_icmpge(leave);
        spill();
        b.aload(S).aload(PORT_SLOT).iload(DEPTH).loadConstant(1).iadd().iload(NEXT);
        b.invokestatic(
                desc(Translator.class),
                "callThrough",
                MethodTypeDesc.of(ConstantDescs.CD_int, REGISTERS, PORT, ConstantDescs.CD_int, ConstantDescs.CD_int));
        comeBack(returnAddress);
    }

    private void comeBack(int returnAddress) {
        b.istore(NEXT).iload(NEXT).loadConstant(returnAddress).if_icmpne(unwind);
        fill();
        b.aload(S).getfield(REGISTERS, "left", ConstantDescs.CD_int).istore(LEFT);
        Label here = labels.get(returnAddress);
        if (here == null) {
            b.goto_(exit(returnAddress));
            return;
        }
        b.iload(LEFT).loadConstant(shape.length).if_icmplt(exit(returnAddress));
        b.goto_(here);
    }

    /** Has an operation on registers done as the interpreter does it. */
    void interpret(Insn insn) {
        int operands = (1 << insn.rn | 1 << insn.rm | 1 << insn.ra | 1 << insn.rd) & 0x7FFF;
        for (int i = 0; i < 15; i++) {
            if ((operands & 1 << i) != 0) {
                b.aload(R).loadConstant(i);
                get(i);
                b.iastore();
            }
        }
        constants.add(insn);
        b.loadConstant(DynamicConstantDesc.ofNamed(
                CONSTANT, ConstantDescs.DEFAULT_NAME, desc(Insn.class), constants.size() - 1));
        b.aload(S);
        b.invokestatic(
                desc(Dsp.class), "translated", MethodTypeDesc.of(ConstantDescs.CD_void, desc(Insn.class), REGISTERS));
        for (int i = 0; i < 15; i++) {
            if ((operands & 1 << i) != 0) {
                b.aload(R).loadConstant(i).iaload();
                set(i);
            }
        }
    }

    /** What the class needs as class data. */
    List<Object> constants() {
        return constants;
    }

    /** The guest functions that are called. */
    List<Integer> calls() {
        return calls;
    }

    /** The targets of a table branch, or null when they are not known. */
    int @Nullable [] table(Insn branch) {
        return shape.tables.get(branch.pc);
    }
}
