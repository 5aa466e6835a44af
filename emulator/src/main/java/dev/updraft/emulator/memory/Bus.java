package dev.updraft.emulator.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The memory map of one chip. Memory is plain byte arrays that the processor reads and writes straight; the rest are
 * devices. An address that nothing answers gives a {@link BusFault} whose message names the address and the access.
 */
public final class Bus {
    /** Told when code that may have been decoded is no longer what it was. */
    public interface CodeListener {
        void codeChanged(int address, int length);

        /** A region was added or a guarded range moved. */
        void mapChanged();
    }

    /** Regions are found by address / 1 MiB; where several share a megabyte, they are searched. */
    private static final int SHIFT = 20;

    private static final int PAGES = 1024;

    private final List<Region> regions = new ArrayList<>();
    private final List<Alias> aliases = new ArrayList<>();
    private final @Nullable Region[] only = new Region[1 << (32 - SHIFT)];
    /** Where several regions share a megabyte: one that holds the start of each KiB of it, or the first of a KiB. */
    private final @Nullable Region[] @Nullable [] shared = new Region[1 << (32 - SHIFT)][];

    private final List<CodeListener> listeners = new ArrayList<>();

    private record Alias(int base, int size, Region target, int offset) {}

    /** Maps memory; its size is that of the array. */
    public Ram addRam(String name, int base, byte[] bytes) {
        return add(new Ram(name, base, bytes));
    }

    public Flash addFlash(String name, int base, byte[] bytes, FlashController controller) {
        return add(new Flash(this, name, base, bytes, controller));
    }

    public void addDevice(String name, int base, int size, Device device) {
        add(new DeviceRegion(name, base, size, device));
    }

    /** Makes {@code size} bytes at {@code base} a second view of a region, from {@code offset} in it (flash at 0, SRAM2 of the L4). */
    public void addAlias(String name, int base, int size, Region target, int offset) {
        Objects.checkFromIndexSize(offset, size, target.size());
        add(new DeviceRegion(name, base, size, new Device() {
            @Override
            public int read(int at, int width) {
                return target.read(at + offset, width);
            }

            @Override
            public void write(int at, int width, int value) {
                target.write(at + offset, width, value);
            }
        }));
        aliases.add(new Alias(base, size, target, offset));
    }

    private <R extends Region> R add(R region) {
        for (Region other : regions) {
            if (other.contains(region.base()) || region.contains(other.base())) {
                throw new IllegalArgumentException(region.name() + " overlaps " + other.name());
            }
        }
        regions.add(region);
        int last = (region.base() + region.size() - 1) >>> SHIFT;
        for (int megabyte = region.base() >>> SHIFT; megabyte <= last; megabyte++) {
            Region first = only[megabyte];
            if (first == null) {
                only[megabyte] = region;
            } else {
                share(megabyte, first);
                share(megabyte, region);
            }
        }
        mapChanged();
        return region;
    }

    private void share(int megabyte, Region region) {
        @Nullable Region[] pages = shared[megabyte];
        if (pages == null) {
            pages = new Region[PAGES];
            shared[megabyte] = pages;
        }
        for (int page = 0; page < PAGES; page++) {
            int from = megabyte << SHIFT | page << SHIFT - 10;
            boolean touches =
                    region.contains(from) || Integer.compareUnsigned(region.base() - from, 1 << SHIFT - 10) < 0;
            if (touches && pages[page] == null) {
                pages[page] = region;
            }
        }
    }

    /** The regions, in the order in which they were added. */
    public List<Region> regions() {
        return List.copyOf(regions);
    }

    /** The region at an address, or null. */
    public @Nullable Region find(int address) {
        int megabyte = address >>> SHIFT;
        Region region = only[megabyte];
        if (region == null || region.contains(address)) {
            return region;
        }
        @Nullable Region[] pages = shared[megabyte];
        if (pages != null) {
            Region likely = pages[address >>> SHIFT - 10 & PAGES - 1];
            if (likely == null || likely.contains(address)) {
                return likely;
            }
            for (Region other : regions) {
                if (other.contains(address)) {
                    return other;
                }
            }
        }
        return null;
    }

    /** Reads as the processor does: side effects, guards and all. The address is aligned to the width. */
    public int read(int address, int width) {
        Region region = find(address);
        if (region == null) {
            throw unmapped("read of", address, width);
        }
        return region.read(address - region.base(), width);
    }

    /** Writes as the processor does. The address is aligned to the width. */
    public void write(int address, int width, int value) {
        Region region = find(address);
        if (region == null) {
            throw unmapped("write to", address, width);
        }
        region.write(address - region.base(), width, value);
    }

    /** Memory content without side effects, for debuggers and reports: null where there is no memory. */
    public byte @Nullable [] peek(int address, int length) {
        Memory memory = memoryAt(address);
        if (memory == null || length > memory.available()) {
            return null;
        }
        return Arrays.copyOfRange(memory.bytes(), memory.offset(), memory.offset() + length);
    }

    /** A place in plain memory: the array, where the address is in it, and how many bytes follow. */
    @SuppressWarnings("ArrayRecordComponent") // a view, never compared
    public record Memory(byte[] bytes, int offset, int available, Region region) {}

    /** The plain memory at an address, through aliases; null for devices and for nothing. */
    @Nullable
    public Memory memoryAt(int address) {
        Region region = find(address);
        if (region == null) {
            return null;
        }
        byte[] bytes = region.plainBytes();
        if (bytes != null) {
            int offset = address - region.base();
            return new Memory(bytes, offset, region.size() - offset, region);
        }
        for (Alias alias : aliases) {
            int at = address - alias.base();
            byte[] target = alias.target().plainBytes();
            if (Integer.compareUnsigned(at, alias.size()) < 0 && target != null) {
                return new Memory(target, at + alias.offset(), alias.size() - at, alias.target());
            }
        }
        return null;
    }

    public void addListener(CodeListener listener) {
        listeners.add(listener);
    }

    void mapChanged() {
        listeners.forEach(CodeListener::mapChanged);
    }

    void codeChanged(Region region, int offset, int length) {
        for (CodeListener listener : listeners) {
            listener.codeChanged(region.base() + offset, length);
            for (Alias alias : aliases) {
                if (alias.target() == region) {
                    listener.codeChanged(alias.base() + offset - alias.offset(), length);
                }
            }
        }
    }

    private static BusFault unmapped(String access, int address, int width) {
        return new BusFault(
                address,
                access + " " + width + (width == 1 ? " byte" : " bytes") + " at 0x"
                        + HexFormat.of().withUpperCase().toHexDigits(address) + ", where nothing answers");
    }
}
