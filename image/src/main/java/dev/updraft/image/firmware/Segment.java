package dev.updraft.image.firmware;

import dev.updraft.image.Bytes;

/** Bytes that belong at an address; 0 if the format has no addresses. */
public record Segment(long address, Bytes bytes) {
    /** The address behind the last byte. */
    public long end() {
        return address + bytes.length();
    }
}
