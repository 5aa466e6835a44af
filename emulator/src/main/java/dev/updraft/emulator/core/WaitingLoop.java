package dev.updraft.emulator.core;

import dev.updraft.emulator.instruction.Insn;
import dev.updraft.emulator.instruction.Op;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Recognises, while it runs, a loop of a few blocks that only waits: {@code while (FLASH->SR & BSY) feed_the_watchdog();}. Such a loop
 * comes back with the same registers and flags, stores nothing in memory, reads only what is steady, and writes to devices only what
 * does no more than start timers anew. Then each pass is like the one before until a timer of another kind fires: what decides it is the
 * same, but for the timers, which move along with the time. {@link Polling} knows loops of one block that store nothing from their code
 * alone, without having seen a pass; what it takes never comes here.
 */
final class WaitingLoop {
    private static final int MOST_BLOCKS = 6;
    private static final int FLAGS = 4;

    private final Registers registers;
    private final DataPort port;
    private final Clock clock;

    private final @Nullable Block[] blocks = new Block[MOST_BLOCKS];
    private int count;
    private final int[] state = new int[16 + FLAGS];
    private final int[] seen = new int[16 + FLAGS];
    /** Before the pass under way; null while no pass was seen to be like the one before. */
    private long @Nullable [] deadlines;

    private long began;
    private long retired;

    WaitingLoop(Registers registers, DataPort port, Clock clock) {
        this.registers = registers;
        this.port = port;
        this.clock = clock;
    }

    /** Something else was executed. */
    void leave() {
        count = 0;
    }

    /**
     * A whole block was interpreted.
     *
     * @param instructions executed since power-on
     * @param end cycle at which the run ends
     * @return how many cycles, and so instructions, can be passed over; the timers are where they will be by then
     */
    long executed(Block block, long instructions, long end) {
        if (block.deviceStores < 0 || block.deviceStores != port.deviceWrites || !port.steady) {
            count = 0;
            return 0;
        }
        if (count == 0) {
            if (port.deviceWrites + port.deviceReads > 0) {
                begin(block, instructions);
            }
            return 0;
        }
        if (block != blocks[0]) {
            if (count == MOST_BLOCKS) {
                count = 0;
            } else {
                blocks[count++] = block;
            }
            return 0;
        }
        long pass = clock.now() - began;
        capture(seen);
        if (!Arrays.equals(seen, state) || instructions - retired != pass) {
            begin(block, instructions);
            return 0;
        }
        for (int i = 0; i < count; i++) {
            Block waits = blocks[i];
            if (waits != null) {
                waits.waits = true;
            }
        }
        long skipped = deadlines == null ? 0 : clock.passOver(pass, deadlines, end);
        begin(block, instructions + skipped);
        deadlines = clock.deadlines();
        return skipped;
    }

    private void begin(Block head, long instructions) {
        blocks[0] = head;
        count = 1;
        capture(state);
        deadlines = null;
        began = clock.now();
        retired = instructions;
    }

    private void capture(int[] into) {
        System.arraycopy(registers.r, 0, into, 0, 16);
        into[16] = registers.n;
        into[17] = registers.z;
        into[18] = registers.c;
        into[19] = registers.v;
    }

    /**
     * How many stores a block has, if it does nothing but change registers, load and store, and branch; otherwise -1.
     */
    static int stores(Insn[] code) {
        int stores = 0;
        for (Insn insn : code) {
            boolean store = insn.op >= Op.STR && insn.op <= Op.STRB || insn.op >= Op.STR_REG && insn.op <= Op.STRB_REG;
            boolean plain = insn.op < Op.LDR || insn.op > Op.STRB_REG && insn.op != Op.LDR_LITERAL
                    ? changesRegisters(insn.op)
                    : !insn.writeBack;
            if (!plain || insn.it != 0) {
                return -1;
            }
            stores += store ? 1 : 0;
        }
        return stores;
    }

    private static boolean changesRegisters(int op) {
        return switch (op) {
            case Op.B, Op.B_COND, Op.BL, Op.BX, Op.CBZ, Op.CBNZ, Op.UBFX, Op.UXTB, Op.UXTH, Op.NOP -> true;
            default -> op <= Op.MOVT;
        };
    }
}
