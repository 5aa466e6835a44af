package dev.updraft.emulator.core;

import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Translates hot guest code into JVM methods. Calls between guest functions are call sites that can be pointed elsewhere:
 * to the callee once it is translated, back to "not translated" when its flash changes.
 */
final class Translator implements Bus.CodeListener {
    /** HotSpot does not compile methods with more bytecodes than this (HugeMethodLimit), so regions are cut to fit. */
    static final int LARGEST_METHOD = 8000;

    private static final int INSTRUCTIONS = 240;
    private static final MethodType TYPE = MethodType.methodType(int.class, Registers.class, DataPort.class, int.class);

    private final CodeCache code;
    private final Map<Integer, MutableCallSite> sites = new HashMap<>();
    private final List<Region> regions = new ArrayList<>();

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

    Translator(Bus bus, CodeCache code) {
        this.code = code;
        bus.addListener(this);
    }

    /** Translates what begins at a hot block; null when that is nothing worth it. */
    @Nullable
    Region translate(int pc) {
        for (int limit = INSTRUCTIONS; limit > 8; limit = limit * 2 / 3) {
            RegionShape shape = new RegionShape(code, pc, limit);
            RegionCompiler compiler = new RegionCompiler(this, shape);
            if (!compiler.worthIt()) {
                return null;
            }
            byte[] bytes = compiler.compile();
            if (compiler.methodSize() < LARGEST_METHOD) {
                return define(shape, bytes, compiler);
            }
        }
        return null;
    }

    private Region define(RegionShape shape, byte[] bytes, RegionCompiler compiler) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup()
                    .defineHiddenClassWithClassData(bytes, List.copyOf(compiler.constants()), true);
            Translated method =
                    (Translated) lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class))
                            .asType(MethodType.methodType(Translated.class))
                            .invokeExact();
            Region region = new Region(method, shape, compiler.methodSize());
            regions.add(region);
            site(shape.entry).setTarget(lookup.findStatic(lookup.lookupClass(), "go", TYPE));
            return region;
        } catch (Throwable defect) {
            throw new IllegalStateException("translated code of 0x" + Integer.toHexString(shape.entry), defect);
        }
    }

    List<Region> regions() {
        return List.copyOf(regions);
    }

    /** The call site that stands for the guest function at an address. */
    private MutableCallSite site(int pc) {
        return sites.computeIfAbsent(pc, at -> new MutableCallSite(untranslated(at)));
    }

    private static MethodHandle untranslated(int pc) {
        return MethodHandles.dropArguments(
                MethodHandles.constant(int.class, pc), 0, Registers.class, DataPort.class, int.class);
    }

    /** Links a call in translated code; called by the JVM. */
    static CallSite link(MethodHandles.Lookup caller, String name, MethodType type, int pc)
            throws IllegalAccessException {
        Translator translator = MethodHandles.classDataAt(caller, "_", Translator.class, 0);
        return translator == null ? new MutableCallSite(untranslated(pc)) : translator.site(pc);
    }

    /** A call through a register, from translated code: as a call site that is looked up each time. */
    static int callThrough(Registers registers, DataPort port, int depth, int pc) {
        Block block = registers.code.known(pc);
        Region region = block == null ? null : block.region;
        return region != null && region.valid ? region.method.run(registers, port, depth) : pc;
    }

    @Override
    public void codeChanged(int address, int length) {
        for (Region region : regions) {
            if (Integer.compareUnsigned(region.shape.from, address + length - 1) <= 0
                    && Integer.compareUnsigned(region.shape.to, address) > 0) {
                region.valid = false;
                site(region.shape.entry).setTarget(untranslated(region.shape.entry));
            }
        }
        regions.removeIf(region -> !region.valid);
    }

    @Override
    public void mapChanged() {
        // Windows are read anew at every entry.
    }
}
