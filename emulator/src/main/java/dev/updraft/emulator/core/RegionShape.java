package dev.updraft.emulator.core;

import dev.updraft.emulator.instruction.Insn;
import dev.updraft.emulator.instruction.Op;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The code that is translated as one: what direct branches reach from an entry, up to a limit. */
final class RegionShape {
    final int entry;
    /** Straight-line pieces by their address, each ending where the next begins or at a branch. */
    final TreeMap<Integer, Insn[]> pieces = new TreeMap<>();
    /** Instructions in all pieces: no path without a backward branch is longer. */
    final int length;

    final int from;
    final int to;

    /** Where table branches go, entry by entry, by the address of the branch. */
    final Map<Integer, int[]> tables = new TreeMap<>();

    /** @param limit instructions, about */
    RegionShape(CodeCache code, int entry, int limit) {
        this.entry = entry;
        TreeSet<Integer> leaders = new TreeSet<>();
        ArrayDeque<Integer> todo = new ArrayDeque<>();
        List<Block> blocks = new ArrayList<>();
        todo.add(entry);
        Map<Integer, Insn> bounds = new HashMap<>();
        int tableEnd = entry;
        int budget = limit;
        while (!todo.isEmpty() && budget > 0) {
            int pc = todo.poll();
            if (leaders.contains(pc) || !code.translatable(pc)) {
                continue;
            }
            Block block = code.at(pc);
            if (block.polls || block.waits) {
                continue; // the interpreter skips what it waits for
            }
            leaders.add(pc);
            blocks.add(block);
            budget -= block.code.length;
            Insn last = block.code[block.code.length - 1];
            int[] table = last.op == Op.TABLE_BRANCH ? table(code, block, last, bounds.get(pc)) : null;
            if (table != null) {
                tables.put(last.pc, table);
                tableEnd = Math.max(tableEnd, last.pc + 4 + table.length * last.sub);
            } else if (last.op == Op.B_COND && last.cond == 8 && block.code.length > 1) {
                bounds.put(last.next(), block.code[block.code.length - 2]);
            }
            for (int target : table != null ? table : successors(last)) {
                if (!leaders.contains(target)) {
                    todo.add(target);
                }
            }
        }
        for (Block block : blocks) {
            Integer next = leaders.higher(block.from);
            int cut = block.code.length;
            for (int i = 1; i < block.code.length && next != null; i++) {
                if (block.code[i].pc == next) {
                    if (block.code[i].it == 0) {
                        cut = i;
                    }
                    break;
                }
            }
            pieces.put(block.from, Arrays.copyOf(block.code, cut));
        }
        length = pieces.values().stream().mapToInt(piece -> piece.length).sum();
        from = blocks.stream().mapToInt(block -> block.from).min().orElse(entry);
        to = Math.max(
                tableEnd, blocks.stream().mapToInt(block -> block.to).max().orElse(entry));
    }

    /** Whether more than the odd instruction would be gained. */
    boolean worthIt() {
        Insn[] first = pieces.get(entry);
        return first != null && RegionCode.translates(bare(first[0]));
    }

    /** All that a translation depends on, as numbers. */
    int[] content() {
        IntStream.Builder words = IntStream.builder();
        words.add(entry);
        pieces.forEach((pc, piece) -> {
            words.add(pc).add(piece.length);
            for (Insn insn : piece) {
                words.add(insn.op).add(bare(insn).op).add(insn.encoding).add(insn.it);
            }
        });
        tables.forEach((pc, targets) -> {
            words.add(pc).add(targets.length);
            for (int target : targets) {
                words.add(target);
            }
        });
        return words.build().toArray();
    }

    /** The targets of TBB and TBH behind the usual "CMP rm, #last; BHI default"; null for any other. */
    private static int @Nullable [] table(CodeCache code, Block block, Insn branch, @Nullable Insn bound) {
        if (branch.rn != 15
                || block.code.length != 1
                || bound == null
                || bound.op != Op.IMM_S + Op.CMP
                || bound.rn != branch.rm
                || Integer.compareUnsigned(bound.imm, 255) > 0) {
            return null;
        }
        int[] targets = new int[bound.imm + 1];
        for (int i = 0; i < targets.length; i++) {
            int entry = code.constant(branch.pc + 4 + i * branch.sub, branch.sub);
            if (entry < 0) {
                return null;
            }
            targets[i] = branch.pc + 4 + 2 * entry;
        }
        return targets;
    }

    /** The instruction itself, without its condition. */
    static Insn bare(Insn insn) {
        return insn.op == Op.CONDITIONAL ? insn.inner() : insn;
    }

    private static int[] successors(Insn last) {
        Insn insn = bare(last);
        return switch (insn.op) {
            case Op.B -> insn == last ? new int[] {insn.imm} : new int[] {insn.imm, insn.next()};
            case Op.B_COND, Op.CBZ, Op.CBNZ -> new int[] {insn.next(), insn.imm};
            case Op.BL, Op.BLX -> new int[] {insn.next()};
            default -> insn == last && Op.endsBlock(insn.op) ? new int[0] : new int[] {last.next()};
        };
    }
}
