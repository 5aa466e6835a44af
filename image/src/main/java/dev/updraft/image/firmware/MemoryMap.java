package dev.updraft.image.firmware;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Collects pieces that come in any order, joins neighbours, and refuses two different contents for one address. */
final class MemoryMap {
    private final IntFunction<String> origin;
    private final List<Run> runs = new ArrayList<>();
    private long size;

    /** @param origin names a piece by its number, for a complaint: {@code line 12}, {@code section .text} */
    MemoryMap(IntFunction<String> origin) {
        this.origin = origin;
    }

    /** Bytes that follow each other in the file and in memory: records collected, or one large piece that is not copied. */
    private static final class Run {
        final long address;
        final ByteArrayOutputStream records = new ByteArrayOutputStream(0);
        final PieceNumbers pieces = new PieceNumbers();
        final @Nullable Bytes whole;

        Run(long address, @Nullable Bytes whole) {
            this.address = address;
            this.whole = whole;
        }

        Bytes content() {
            return whole == null ? Bytes.wrapping(records.toByteArray()) : whole;
        }

        long end() {
            return address + (whole == null ? records.size() : whole.length());
        }
    }

    /** @param piece its number, for {@code origin} */
    void add(long address, byte[] record, int from, int length, int piece) {
        if (length == 0) {
            return;
        }
        grow(length);
        if (runs.isEmpty() || runs.getLast().end() != address) {
            runs.add(new Run(address, null));
        }
        Run run = runs.getLast();
        run.pieces.add(run.records.size(), length, piece);
        run.records.write(record, from, length);
    }

    void add(long address, Bytes content, int piece) {
        if (content.isEmpty()) {
            return;
        }
        grow(content.length());
        Run run = new Run(address, content);
        run.pieces.add(0, content.length(), piece);
        runs.add(run);
    }

    private void grow(int length) {
        size += length;
        if (size > Firmware.MAX_SIZE) {
            throw new ImageException(
                    "The file holds more than " + Firmware.MAX_SIZE + " bytes, which no STM32 can hold.");
        }
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /** @throws ImageException if two pieces have different bytes for one address; says which pieces */
    List<Segment> segments() {
        List<Run> sorted = new ArrayList<>(runs);
        sorted.sort(Comparator.comparingLong(run -> run.address));
        List<Segment> segments = new ArrayList<>();
        List<Bytes> neighbours = new ArrayList<>();
        Run furthest = sorted.getFirst();
        long start = furthest.address;
        for (Run run : sorted) {
            Bytes content = run.content();
            if (run.address > furthest.end()) {
                segments.add(new Segment(start, joined(neighbours)));
                neighbours.clear();
                start = run.address;
                furthest = run;
            }
            // what was there before ends with the run that goes furthest, so the overlap is with that one
            int known = run == furthest ? 0 : (int) Math.min(furthest.end() - run.address, content.length());
            if (known > 0) {
                checkSame(furthest, run, content.slice(0, known));
            }
            if (known < content.length()) {
                neighbours.add(content.slice(known, content.length()));
                furthest = run;
            }
        }
        segments.add(new Segment(start, joined(neighbours)));
        return segments;
    }

    private void checkSame(Run first, Run second, Bytes overlap) {
        int shift = (int) (second.address - first.address);
        Bytes before = first.content().slice(shift, shift + overlap.length());
        if (before.equals(overlap)) {
            return;
        }
        int at = 0;
        while (before.u8(at) == overlap.u8(at)) {
            at++;
        }
        throw new ImageException(String.format(
                "Two parts of the file differ about address 0x%08x: %s has 0x%02x there, %s has 0x%02x.",
                second.address + at,
                origin.apply(first.pieces.at(shift + at)),
                before.u8(at),
                origin.apply(second.pieces.at(at)),
                overlap.u8(at)));
    }

    private static Bytes joined(List<Bytes> neighbours) {
        return neighbours.size() == 1 ? neighbours.getFirst() : Bytes.concat(neighbours.toArray(Bytes[]::new));
    }
}
