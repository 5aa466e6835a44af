package dev.updraft.image.board;

import dev.updraft.image.MemoryRange;
import java.util.ArrayList;
import java.util.List;

/**
 * How a flash memory is divided.
 *
 * @param runs its erase units
 * @param banks how many; while one is busy the others can be read
 * @param programUnit bytes that are programmed together, once after each erase
 * @param ecc whether each unit carries check bits
 */
public record Geometry(List<EraseRun> runs, int banks, int programUnit, boolean ecc) {
    public Geometry {
        runs = List.copyOf(runs);
    }

    /** That of a part as its table has it. */
    static Geometry of(Part part) {
        return new Geometry(
                part.runs(),
                part.banks().size(),
                part.silicon().programUnit(),
                part.silicon().ecc());
    }

    /** The same memory where an option byte has chosen other erase units and banks. */
    Geometry chosen(int unit, int banksNow) {
        return new Geometry(List.of(new EraseRun(start(), unit, (int) (size() / unit))), banksNow, programUnit, ecc);
    }

    public long start() {
        return runs.getFirst().start();
    }

    public long end() {
        return runs.getLast().end();
    }

    public long size() {
        return end() - start();
    }

    public long bankSize() {
        return size() / banks;
    }

    public int bankOf(long address) {
        return (int) ((address - start()) / bankSize());
    }

    /** Each erase unit, in its order. */
    public List<MemoryRange> units() {
        List<MemoryRange> units = new ArrayList<>();
        for (EraseRun run : runs) {
            for (int i = 0; i < run.count(); i++) {
                units.add(new MemoryRange(run.start() + (long) i * run.unit(), run.unit()));
            }
        }
        return units;
    }

    /** The erase unit that holds an address of this flash. */
    MemoryRange unitAt(long address) {
        for (EraseRun run : runs) {
            if (address < run.end()) {
                long start = run.start() + (address - run.start()) / run.unit() * run.unit();
                return new MemoryRange(start, run.unit());
            }
        }
        throw new IllegalArgumentException(String.format("0x%08x is behind the flash", address));
    }

    /** Whether an erase unit starts here, or the flash ends. */
    boolean isEdge(long address) {
        return address == end()
                || address >= start() && address < end() && unitAt(address).start() == address;
    }

    /** The largest erase unit that a range touches. */
    int largestUnit(MemoryRange range) {
        return runs.stream()
                .filter(run -> run.start() < range.end() && range.start() < run.end())
                .mapToInt(EraseRun::unit)
                .max()
                .orElse(0);
    }
}
