package dev.updraft.emulator.memory;

import java.util.Objects;

/** A named range of addresses on the {@link Bus}. */
public abstract sealed class Region permits Ram, Flash, DeviceRegion {
    private final String name;
    private final int base;
    private final int size;

    Region(String name, int base, int size) {
        this.name = Objects.requireNonNull(name);
        this.base = base;
        this.size = size;
        if (size <= 0 || Integer.toUnsignedLong(base) + size > 1L << 32) {
            throw new IllegalArgumentException(name + ": a region needs a size and must end within 32-bit addresses");
        }
    }

    public final String name() {
        return name;
    }

    /** Address of its first byte. */
    public final int base() {
        return base;
    }

    /** Size in bytes. */
    public final int size() {
        return size;
    }

    final boolean contains(int address) {
        return Integer.compareUnsigned(address - base, size) < 0;
    }

    /** Reads {@code width} bytes (1, 2 or 4) at an offset that lies within, with all side effects. */
    abstract int read(int offset, int width);

    abstract void write(int offset, int width, int value);

    /** The bytes behind the region, or null when reads have side effects. For fetching, debuggers and loaders. */
    byte @org.jspecify.annotations.Nullable [] plainBytes() {
        return null;
    }
}
