package dev.updraft.image.firmware;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects records that come in any order, joins neighbours and refuses two contents for one address. */
final class MemoryMap {
    private final List<Run> runs = new ArrayList<>();
    private long size;

    /** Bytes that follow each other in the file and in memory. */
    private static final class Run {
        final long address;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Run(long address) {
            this.address = address;
        }

        long end() {
            return address + bytes.size();
        }
    }

    void add(long address, byte[] record, int from, int length) {
        if (length == 0) {
            return;
        }
        size += length;
        if (size > Firmware.MAX_SIZE) {
            throw new ImageException(
                    "The file holds more than " + Firmware.MAX_SIZE + " bytes, which no STM32 can hold.");
        }
        if (runs.isEmpty() || runs.getLast().end() != address) {
            runs.add(new Run(address));
        }
        runs.getLast().bytes.write(record, from, length);
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /** @throws ImageException if two records have bytes for one address */
    List<Segment> segments() {
        List<Run> sorted = new ArrayList<>(runs);
        sorted.sort(Comparator.comparingLong(run -> run.address));
        List<Segment> segments = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < sorted.size(); i++) {
            boolean last = i + 1 == sorted.size();
            if (!last && sorted.get(i + 1).address < sorted.get(i).end()) {
                throw new ImageException(
                        String.format("Two records have bytes for address 0x%08x.", sorted.get(i + 1).address));
            }
            if (last || sorted.get(i + 1).address > sorted.get(i).end()) {
                segments.add(join(sorted.subList(from, i + 1)));
                from = i + 1;
            }
        }
        return segments;
    }

    private static Segment join(List<Run> neighbours) {
        Bytes[] parts = neighbours.stream()
                .map(run -> Bytes.wrapping(run.bytes.toByteArray()))
                .toArray(Bytes[]::new);
        return new Segment(neighbours.getFirst().address, parts.length == 1 ? parts[0] : Bytes.concat(parts));
    }
}
