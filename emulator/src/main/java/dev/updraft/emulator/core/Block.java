package dev.updraft.emulator.core;

import dev.updraft.emulator.instruction.Insn;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Decoded instructions that run one after the other; only the last may branch. */
final class Block {
    final Insn[] code;
    /** Address of its first byte, and of the byte behind it. */
    final int from;

    final int to;
    private final byte @Nullable [] memory;
    private final int offset;
    private final byte @Nullable [] original;
    private boolean discarded;

    /** Whether it does nothing but wait, as {@link Polling} says. */
    final boolean polls;

    /** As {@link WaitingLoop#stores} says. */
    final int deviceStores;

    /** Whether it was seen to be a part of a {@link WaitingLoop}. */
    boolean waits;

    /** How often the interpreter ran it. */
    int runs;
    /** What it was translated to, as the entry of a region. */
    Translator.@Nullable Region region;

    /** The blocks that ran next after this one, by address; a guess that saves the look-up. */
    @Nullable
    Block following;

    @Nullable
    Block branchedTo;

    /** @param memory the RAM that it was decoded from, or null when changes are announced (flash) */
    Block(Insn[] code, byte @Nullable [] memory, int offset) {
        this.code = code;
        this.from = code[0].pc;
        this.to = code[code.length - 1].next();
        this.memory = memory;
        this.polls = Polling.is(code);
        this.deviceStores = WaitingLoop.stores(code);
        this.offset = offset;
        this.original = memory == null ? null : Arrays.copyOfRange(memory, offset, offset + to - from);
    }

    /** Whether it lies in memory whose changes are announced. */
    boolean announced() {
        return memory == null;
    }

    void discard() {
        discarded = true;
    }

    /** Whether memory still holds this code. */
    boolean current() {
        return !discarded
                && (memory == null
                        || original == null
                        || Arrays.equals(memory, offset, offset + original.length, original, 0, original.length));
    }
}
