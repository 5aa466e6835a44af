package dev.updraft.emulator.debug;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The functions of a firmware by address. Addresses are the processor's, without the Thumb bit. */
public final class Symbols {
    /** Nothing is known: addresses stay numbers. */
    public static final Symbols NONE = new Symbols(List.of());

    /** An address further behind a function without a size than this is not taken to be in it. */
    private static final int FARTHEST = 0x4000;

    private final TreeMap<Long, Function> functions = new TreeMap<>();

    /** @param size in bytes; 0 when the symbol table does not say, as for functions in assembler */
    public record Function(String name, int address, int size) {}

    public Symbols(Collection<Function> known) {
        for (Function function : known) {
            functions.merge(Integer.toUnsignedLong(function.address), function, (a, b) -> b.size > a.size ? b : a);
        }
    }

    /** The functions of an ELF file; none when it was stripped. */
    public static Symbols ofElf(byte[] file) {
        return new Symbols(ElfSymbols.functions(file));
    }

    /** These and others. */
    public Symbols and(Symbols others) {
        List<Function> all = new ArrayList<>(functions.values());
        all.addAll(others.functions.values());
        return new Symbols(all);
    }

    public boolean isEmpty() {
        return functions.isEmpty();
    }

    /** The function that holds an address, or null. */
    public @Nullable Function at(int address) {
        Map.Entry<Long, Function> entry = functions.floorEntry(Integer.toUnsignedLong(address));
        if (entry == null) {
            return null;
        }
        Function function = entry.getValue();
        int within = function.size == 0 ? FARTHEST : function.size;
        return Integer.compareUnsigned(address - function.address, within) < 0 ? function : null;
    }

    /** {@code function+0x12}, or {@code 0x08000412} where no function is known. */
    public String name(int address) {
        Function function = at(address);
        if (function == null) {
            return "0x" + HexFormat.of().toHexDigits(address);
        }
        int offset = address - function.address;
        return offset == 0 ? function.name : function.name + "+0x" + Integer.toHexString(offset);
    }

    /** The {@link #name} of an address that a call returns to: that of the caller, even if the call is its last instruction. */
    public String caller(int address) {
        Function function = at(address - 2);
        return function == null
                ? name(address)
                : function.name + "+0x" + Integer.toHexString(address - function.address);
    }

    /** The name of the function that holds an address, or the address. */
    public String function(int address) {
        Function function = at(address);
        return function == null ? name(address) : function.name;
    }
}
