package dev.updraft.image;

/** Addresses {@code start} up to, not including, {@code start + size}. */
public record MemoryRange(long start, long size) {
    public long end() {
        return start + size;
    }

    public boolean contains(long address) {
        return address >= start && address < end();
    }

    @Override
    public String toString() {
        return String.format("0x%08x-0x%08x", start, end() - 1);
    }
}
