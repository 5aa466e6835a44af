package dev.updraft.emulator.core;

import dev.updraft.emulator.memory.Bus;
import dev.updraft.emulator.memory.Region;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has hot guest code of one board translated into JVM methods. Calls between guest functions go through links that can be pointed
 * elsewhere: to the callee once it is translated, back to "not translated" when its flash changes.
 */
final class Translator implements Bus.CodeListener {
    /** HotSpot does not compile methods with more bytecodes than this (HugeMethodLimit), so regions are cut to fit. */
    static final int LARGEST_METHOD = 8000;

    private static final int INSTRUCTIONS = 240;

    private final CodeCache code;
    private final Registers registers;
    private final List<Region> regions = new ArrayList<>();
    /** First address of all regions, and the one behind them: most flash that changes holds no code. */
    private int from = -1;

    private int to;

    /** Something translated, and where its code came from. */
    static final class Region {
        final Translated method;
        final RegionShape shape;
        /** Size of the method. */
        final int bytecodes;

        boolean valid = true;

        Region(Translated method, RegionShape shape, int bytecodes) {
            this.method = method;
            this.shape = shape;
            this.bytecodes = bytecodes;
        }
    }

    /** A guest function that is not translated: it is for the interpreter. */
    private record Untranslated(int pc) implements Translated {
        @Override
        public int run(Registers ignored, DataPort port, int depth) {
            return pc;
        }
    }

    Translator(Bus bus, CodeCache code, Registers registers) {
        this.code = code;
        this.registers = registers;
        bus.addListener(this);
    }

    /** Translates what begins at a hot block; null when that is nothing worth it. */
    @Nullable
    Region translate(int pc) {
        for (int limit = INSTRUCTIONS; limit > 8; limit = limit * 2 / 3) {
            RegionShape shape = new RegionShape(code, pc, limit);
            if (!shape.worthIt()) {
                return null;
            }
            CodeLibrary.Entry entry = CodeLibrary.translate(shape);
            if (entry.method() != null) {
                return take(shape, entry.method(), entry);
            }
        }
        return null;
    }

    private Region take(RegionShape shape, Translated method, CodeLibrary.Entry entry) {
        Region region = new Region(method, shape, entry.bytecodes());
        regions.add(region);
        from = Integer.compareUnsigned(shape.from, from) < 0 ? shape.from : from;
        to = Integer.compareUnsigned(shape.to, to) > 0 ? shape.to : to;
        entry.calls().forEach(this::provideLink);
        provideLink(shape.entry);
        registers.links[CodeLibrary.link(shape.entry)] = method;
        return region;
    }

    /** Makes sure that the link of a guest function leads somewhere. */
    private void provideLink(int pc) {
        int number = CodeLibrary.link(pc);
        if (number >= registers.links.length) {
            registers.links = Arrays.copyOf(registers.links, number + number / 4 + 16);
        }
        if (registers.links[number] == null) {
            registers.links[number] = new Untranslated(pc);
        }
    }

    List<Region> regions() {
        return List.copyOf(regions);
    }

    /** A call through a register, from translated code: as a link that is looked up each time. */
    static int callThrough(Registers registers, DataPort port, int depth, int pc) {
        Block block = registers.code.known(pc);
        Region region = block == null ? null : block.region;
        return region != null && region.valid ? region.method.run(registers, port, depth) : pc;
    }

    @Override
    public void codeChanged(int address, int length) {
        if (Integer.compareUnsigned(from, address + length - 1) > 0 || Integer.compareUnsigned(to, address) <= 0) {
            return;
        }
        for (Region region : regions) {
            if (Integer.compareUnsigned(region.shape.from, address + length - 1) <= 0
                    && Integer.compareUnsigned(region.shape.to, address) > 0) {
                region.valid = false;
                registers.links[CodeLibrary.link(region.shape.entry)] = new Untranslated(region.shape.entry);
            }
        }
        regions.removeIf(region -> !region.valid);
    }

    @Override
    public void mapChanged() {
        // Windows are read anew at every entry.
    }
}
