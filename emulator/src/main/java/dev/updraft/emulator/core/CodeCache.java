package dev.updraft.emulator.core;

import dev.updraft.emulator.instruction.Armv6M;
import dev.updraft.emulator.instruction.Insn;
import dev.updraft.emulator.instruction.NarrowDecoder;
import dev.updraft.emulator.instruction.Op;
import dev.updraft.emulator.instruction.WideDecoder;
import dev.updraft.emulator.memory.Bus;
import dev.updraft.emulator.memory.BusFault;
import dev.updraft.emulator.memory.Flash;
import dev.updraft.emulator.memory.LittleEndian;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Decoded blocks by address; flash that changes discards exactly the blocks that it held. */
final class CodeCache implements Bus.CodeListener {
    private static final int LONGEST = 64;
    private static final int PAGE_SHIFT = 9;
    private static final int PAGE = 1 << PAGE_SHIFT - 1;

    private final Bus bus;
    private final CpuModel model;
    private IntPredicate stops = address -> false;
    private final @Nullable Block[][][] directory = new Block[4096][][];

    CodeCache(Bus bus, CpuModel model) {
        this.bus = bus;
        this.model = model;
        bus.addListener(this);
    }

    /** Has decoded code stop at some addresses; it must be told of those that change as of changed code. */
    void stopAt(IntPredicate addresses) {
        stops = addresses;
    }

    /** The block at an address outside of an IT block. */
    Block at(int pc) {
        Block block = known(pc);
        if (block != null && block.current()) {
            return block;
        }
        return decode(pc);
    }

    /** Whether code there stays as it is until a change is announced. */
    boolean translatable(int pc) {
        int area = pc >>> 29;
        Bus.Memory memory = area == 2 || area >= 5 ? null : bus.memoryAt(pc);
        return memory != null && memory.available() >= 4 && memory.region() instanceof Flash && !guarded(memory, 2);
    }

    /** One or two bytes of flash that stay as they are until a change is announced; -1 where there are none. */
    int constant(int address, int width) {
        Bus.Memory memory = bus.memoryAt(address);
        return memory != null && memory.region() instanceof Flash && memory.available() >= 2 && !guarded(memory, width)
                ? LittleEndian.get(memory.bytes(), memory.offset(), width)
                : -1;
    }

    /** The block at an address if it was decoded before. */
    @Nullable
    Block known(int pc) {
        @Nullable Block[][] pages = directory[pc >>> 20];
        @Nullable Block[] page = pages == null ? null : pages[pc >>> PAGE_SHIFT & 0x7FF];
        return page == null ? null : page[pc >>> 1 & PAGE - 1];
    }

    private Block decode(int pc) {
        Bus.Memory memory = executable(pc);
        Block block = decode(pc, 0, memory);
        if (!guarded(memory, 2)) {
            store(block);
        }
        return block;
    }

    /** Decodes the rest of an IT block, without keeping it. */
    Block inside(int pc, int it) {
        return decode(pc, it, executable(pc));
    }

    private Bus.Memory executable(int pc) {
        int area = pc >>> 29;
        if (area == 2 || area >= 5) {
            throw Fault.noExecute(pc); // default memory map, B3.1
        }
        Bus.Memory memory = bus.memoryAt(pc);
        if (memory == null) {
            throw Fault.fetch("code fetch at 0x" + Integer.toHexString(pc) + ", where no memory is");
        }
        return memory;
    }

    private static boolean guarded(Bus.Memory memory, int length) {
        return memory.region() instanceof Flash flash && flash.guarded(memory.offset(), length);
    }

    private Block decode(int pc, int startIt, Bus.Memory memory) {
        List<Insn> code = new ArrayList<>();
        int it = startIt;
        int at = pc;
        int offset = memory.offset();
        boolean ends = false;
        while (!ends && (code.size() < LONGEST || it != 0)) {
            boolean first = code.isEmpty();
            if (!first && !readable(memory, offset, 2)) {
                break;
            }
            int hw1 = halfword(memory, offset);
            boolean wide = hw1 >>> 11 >= 0b11101;
            if (wide && !first && !readable(memory, offset + 2, 2)) {
                break;
            }
            Insn insn = new Insn();
            insn.pc = at;
            insn.it = it;
            insn.size = wide ? 4 : 2;
            if (wide) {
                int hw2 = halfword(memory, offset + 2);
                insn.encoding = hw1 << 16 | hw2;
                if ((hw1 & 0xEC00) == 0xEC00) {
                    boolean floating = (hw2 & 0xE00) == 0xA00 && (hw1 & 0x300) != 0x300;
                    insn.op = floating ? Op.FLOATING_POINT : Op.NO_COPROCESSOR;
                } else {
                    WideDecoder.decode(insn, hw1, hw2);
                }
            } else {
                insn.encoding = hw1;
                NarrowDecoder.decode(insn, hw1, it != 0);
            }
            if (model == CpuModel.CORTEX_M0 && !Armv6M.has(insn.encoding)) {
                insn.op = Op.UNDEFINED;
            }
            if (stops.test(at)) {
                insn.op = Op.BKPT;
                insn.imm = DebugUnit.BREAKPOINT;
            }
            ends = Op.endsBlock(insn.op);
            if (insn.op == Op.IT) {
                it = insn.imm;
                code.add(insn);
            } else {
                if (it != 0 && it >>> 4 != Insn.ALWAYS && insn.op != Op.BKPT) {
                    insn.cond = it >>> 4;
                    insn = insn.conditional();
                }
                it = advance(it);
                code.add(insn);
            }
            at += insn.size;
            offset += insn.size;
        }
        boolean announced = memory.region() instanceof Flash;
        return new Block(code.toArray(Insn[]::new), announced ? null : memory.bytes(), memory.offset());
    }

    /** ITAdvance (A7.3.3). */
    static int advance(int it) {
        return (it & 7) == 0 ? 0 : it & 0xE0 | it << 1 & 0x1F;
    }

    private static boolean readable(Bus.Memory memory, int offset, int length) {
        return offset + length <= memory.offset() + memory.available()
                && !(memory.region() instanceof Flash flash && flash.guarded(offset, length));
    }

    private static int halfword(Bus.Memory memory, int offset) {
        if (offset + 2 > memory.offset() + memory.available()) {
            throw Fault.fetch("code runs over the end of " + memory.region().name());
        }
        if (memory.region() instanceof Flash flash && flash.guarded(offset, 2)) {
            try {
                return flash.read(offset, 2);
            } catch (BusFault refused) {
                throw Fault.fetch("code fetch: " + refused.getMessage());
            }
        }
        return LittleEndian.get(memory.bytes(), offset, 2);
    }

    private void store(Block block) {
        int pc = block.from;
        @Nullable Block[][] pages = directory[pc >>> 20];
        if (pages == null) {
            pages = new Block[1 << 20 - PAGE_SHIFT][];
            directory[pc >>> 20] = pages;
        }
        @Nullable Block[] page = pages[pc >>> PAGE_SHIFT & 0x7FF];
        if (page == null) {
            page = new Block[PAGE];
            pages[pc >>> PAGE_SHIFT & 0x7FF] = page;
        }
        page[pc >>> 1 & PAGE - 1] = block;
    }

    @Override
    public void codeChanged(int address, int length) {
        int last = address + length - 1;
        int reach = (LONGEST + 4) * 4; // a block that begins before the range may run into it
        long first = Math.max(0, Integer.toUnsignedLong(address) - reach);
        for (long page = first >>> PAGE_SHIFT; page <= Integer.toUnsignedLong(last) >>> PAGE_SHIFT; page++) {
            @Nullable Block[][] pages = directory[(int) (page >>> 20 - PAGE_SHIFT)];
            @Nullable Block[] blocks = pages == null ? null : pages[(int) page & 0x7FF];
            if (blocks != null) {
                discard(blocks, address, last);
            }
        }
    }

    private static void discard(@Nullable Block[] blocks, int address, int last) {
        for (int i = 0; i < blocks.length; i++) {
            Block block = blocks[i];
            if (block != null
                    && Integer.compareUnsigned(block.from, last) <= 0
                    && Integer.compareUnsigned(block.to, address) > 0) {
                block.discard();
                blocks[i] = null;
            }
        }
    }

    @Override
    public void mapChanged() {
        // Guarded ranges are announced as changed code by whoever guards them, when content is no longer to be trusted.
    }
}
