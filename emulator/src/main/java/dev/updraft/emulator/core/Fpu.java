package dev.updraft.emulator.core;

import dev.updraft.emulator.instruction.Insn;
import dev.updraft.emulator.memory.Bus;
import dev.updraft.emulator.memory.BusFault;
import dev.updraft.emulator.softfloat.FloatMath;

/**
 * The floating-point unit: registers, the state that exceptions save (Armv7-M ARM B1.5.7), transfers and memory accesses
 * (A6.6). {@link FloatOperations} computes.
 */
final class Fpu {
    private static final int FPCA = 4;
    /** The bits of FPSCR that exist (A2.5.3). */
    private static final int STATUS = 0xF7C0_009F;

    private static final int ASPEN = 1 << 31;
    private static final int LSPEN = 1 << 30;
    private static final int LSPACT = 1;
    /** S0 to S15, FPSCR, and a word that keeps the frame aligned. */
    static final int FRAME = 18 * 4;

    private final Registers s;
    private final DataPort port;
    private final Bus bus;
    private final FloatMath math = new FloatMath();
    private final FloatOperations operations;

    /** S0 to S31; D0 is S0 and S1. */
    final int[] registers = new int[32];

    /** FPCCR. */
    int contextControl = ASPEN | LSPEN;
    /** FPCAR: where the state that was not stacked yet belongs. */
    int contextAddress;
    /** FPDSCR. */
    int defaultStatus;
    /** CPACR. */
    int access;

    Fpu(CpuModel model, Registers s, DataPort port, Bus bus) {
        this.s = s;
        this.port = port;
        this.bus = bus;
        operations = new FloatOperations(math, s, registers, model);
    }

    /** FPSCR. */
    int status() {
        return math.status;
    }

    void setStatus(int value) {
        math.status = value & STATUS;
    }

    void reset() {
        setStatus(0);
        contextControl = ASPEN | LSPEN;
        contextAddress = 0;
        defaultStatus = 0;
        access = 0;
    }

    int[] save() {
        int[] out = java.util.Arrays.copyOf(registers, 37);
        out[32] = status();
        out[33] = contextControl;
        out[34] = contextAddress;
        out[35] = defaultStatus;
        out[36] = access;
        return out;
    }

    void restore(int[] from) {
        System.arraycopy(from, 0, registers, 0, 32);
        setStatus(from[32]);
        contextControl = from[33];
        contextAddress = from[34];
        defaultStatus = from[35];
        access = from[36];
    }

    /** Exception entry: the state is stacked above the basic frame at once, or when it is first needed. */
    void stack(int address) {
        contextAddress = address;
        if ((contextControl & LSPEN) != 0) {
            contextControl |= LSPACT;
        } else {
            push();
        }
    }

    private void pushLate() {
        if (!port.allows(contextAddress, true) || !port.allows(contextAddress + FRAME - 4, true)) {
            throw Fault.lazyStacking(true, "the MPU does not allow writes to 0x" + Integer.toHexString(contextAddress));
        }
        try {
            push();
        } catch (BusFault refused) {
            throw Fault.lazyStacking(false, String.valueOf(refused.getMessage()));
        }
    }

    private void push() {
        for (int i = 0; i < 16; i++) {
            bus.write(contextAddress + 4 * i, 4, registers[i]);
        }
        bus.write(contextAddress + 64, 4, status());
    }

    /** Exception return with an extended frame. */
    void unstack(int address) {
        if ((contextControl & LSPACT) != 0) {
            contextControl &= ~LSPACT; // never stacked, still in the registers
            return;
        }
        for (int i = 0; i < 16; i++) {
            registers[i] = bus.read(address + 4 * i, 4);
        }
        setStatus(bus.read(address + 64, 4));
    }

    void execute(Insn insn, int i) {
        int rights = access >>> 20 & 3;
        if (rights == 0 || rights == 1 && !s.privileged()) {
            throw Fault.usage(
                    Fault.NOCP,
                    "floating-point instruction at 0x" + Integer.toHexString(insn.pc) + " while CPACR forbids it");
        }
        if ((contextControl & LSPACT) != 0) {
            contextControl &= ~LSPACT;
            pushLate();
        }
        if ((contextControl & ASPEN) != 0 && (s.control & FPCA) == 0) {
            setStatus(defaultStatus);
            s.control |= FPCA;
        }
        int hw1 = insn.encoding >>> 16;
        int hw2 = insn.encoding & 0xFFFF;
        if ((hw1 & 0x1000) != 0 || (hw1 & 0x200) != 0 && (hw2 & 0x10) == 0) {
            if ((hw1 & 0x200) == 0 || (hw2 & 0x10) != 0 || !operations.execute(insn.encoding)) {
                throw Fault.undefined(insn);
            }
        } else if ((hw1 & 0x200) == 0) {
            if ((hw1 & 0x1E0) == 0x040) {
                transferPair(hw1, hw2);
            } else {
                loadOrStore(insn, hw1, hw2, i);
            }
        } else {
            transfer(insn, hw1, hw2);
        }
    }

    /** VMOV between two core registers and two singles or a double. */
    private void transferPair(int hw1, int hw2) {
        int first = (hw2 & 0x100) != 0 ? 2 * (hw2 >>> 1 & 16 | hw2 & 15) : (hw2 & 15) << 1 | hw2 >>> 5 & 1;
        int rt = hw2 >>> 12;
        int rt2 = hw1 & 15;
        if ((hw1 & 0x10) != 0) {
            s.r[rt] = registers[first & 31];
            s.r[rt2] = registers[first + 1 & 31];
        } else {
            registers[first & 31] = s.r[rt];
            registers[first + 1 & 31] = s.r[rt2];
        }
    }

    /** VLDR, VSTR, VLDM, VSTM, VPUSH, VPOP. */
    private void loadOrStore(Insn insn, int hw1, int hw2, int i) {
        boolean pairs = (hw2 & 0x100) != 0;
        boolean up = (hw1 & 0x80) != 0;
        boolean writeBack = (hw1 & 0x20) != 0;
        boolean single = (hw1 & 0x120) == 0x100;
        int d = hw1 >>> 6 & 1;
        int first = pairs ? 2 * (d << 4 | hw2 >>> 12) : hw2 >>> 12 << 1 | d;
        int words = single ? (pairs ? 2 : 1) : (hw2 & 0xFF) & (pairs ? ~1 : ~0);
        int offset = (hw2 & 0xFF) * 4;
        int rn = hw1 & 15;
        int base = rn == 15 ? insn.pc + 4 & ~3 : s.r[rn];
        int address = up ? (single ? base + offset : base) : base - offset;
        DataPort.requireWordAligned(address);
        if (first + words > 32) {
            throw Fault.undefined(insn);
        }
        if ((hw1 & 0x10) != 0) {
            int[] loaded = new int[words];
            for (int n = 0; n < words; n++) {
                loaded[n] = port.load32(address + 4 * n, i);
            }
            System.arraycopy(loaded, 0, registers, first, words);
        } else {
            for (int n = 0; n < words; n++) {
                port.store32(address + 4 * n, registers[first + n], i);
            }
        }
        if (writeBack) {
            s.r[rn] = up ? base + offset : base - offset;
        }
    }

    /** VMOV between a core register and a single or half a double; VMRS, VMSR. */
    private void transfer(Insn insn, int hw1, int hw2) {
        int rt = hw2 >>> 12;
        boolean toCore = (hw1 & 0x10) != 0;
        int opcode = hw1 >>> 5 & 7;
        if ((hw2 & 0x100) != 0) {
            int at = 2 * (hw2 >>> 3 & 16 | hw1 & 15) + (opcode & 1) & 31;
            move(rt, at, toCore);
        } else if (opcode == 0) {
            move(rt, (hw1 & 15) << 1 | hw2 >>> 7 & 1, toCore);
        } else if (opcode == 7 && (hw1 & 15) == 1) {
            if (!toCore) {
                setStatus(s.r[rt]);
            } else if (rt == 15) {
                int q = s.q;
                s.setNzcvq(status());
                s.q = q;
            } else {
                s.r[rt] = status();
            }
        } else {
            throw Fault.undefined(insn);
        }
    }

    private void move(int rt, int at, boolean toCore) {
        if (toCore) {
            s.r[rt] = registers[at];
        } else {
            registers[at] = s.r[rt];
        }
    }
}
