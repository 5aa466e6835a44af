package dev.updraft.emulator.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Translated code of all boards in this JVM: the same instructions at the same addresses are translated, loaded and compiled by
 * HotSpot once. Nothing in it belongs to a board; calls go through numbered links that each board has of its own.
 */
final class CodeLibrary {
    private static final Map<Key, SoftReference<Entry>> ENTRIES = new ConcurrentHashMap<>();
    private static final Map<Integer, Integer> LINKS = new ConcurrentHashMap<>();
    private static final AtomicInteger NEXT_LINK = new AtomicInteger();

    /** @param method null when the code takes more bytecodes than HotSpot compiles */
    record Entry(@Nullable Translated method, int bytecodes, List<Integer> calls) {}

    /** All that the translation is made from. */
    private record Key(List<Integer> words) {}

    private CodeLibrary() {}

    /** The number of the link that stands for the guest function at an address, on every board. */
    static int link(int pc) {
        return LINKS.computeIfAbsent(pc, at -> NEXT_LINK.getAndIncrement());
    }

    /** The translation of what a shape holds; made now if no board needed it before. */
    static Entry translate(RegionShape shape) {
        Key key = new Key(Arrays.stream(shape.content()).boxed().toList());
        SoftReference<Entry> known = ENTRIES.get(key);
        Entry entry = known == null ? null : known.get();
        if (entry == null) {
            // Two boards at once may translate the same: the second result replaces the first, and both are right.
            entry = compile(shape);
            ENTRIES.put(key, new SoftReference<>(entry));
        }
        return entry;
    }

    private static Entry compile(RegionShape shape) {
        RegionCompiler compiler = new RegionCompiler(shape);
        byte[] bytes = compiler.compile();
        if (compiler.methodSize() >= Translator.LARGEST_METHOD) {
            return new Entry(null, compiler.methodSize(), List.of());
        }
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup()
                    .defineHiddenClassWithClassData(bytes, List.copyOf(compiler.constants()), true);
            Translated method =
                    (Translated) lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class))
                            .asType(MethodType.methodType(Translated.class))
                            .invokeExact();
            return new Entry(method, compiler.methodSize(), List.copyOf(compiler.calls()));
        } catch (Throwable defect) {
            throw new IllegalStateException("translated code of 0x" + Integer.toHexString(shape.entry), defect);
        }
    }
}
