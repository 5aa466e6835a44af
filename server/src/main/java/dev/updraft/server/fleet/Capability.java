package dev.updraft.server.fleet;

import java.util.Locale;

/** What a device's agent and bootloader can take beyond a plain image. */
public enum Capability {
    HEATSHRINK(1),
    ENCRYPTED(2),
    /** Patches for decoders with 4 KB of RAM; the ones below, with more. */
    DELTA(4),
    DELTA_8(8),
    DELTA_16(16),
    DELTA_64(32),
    /** Files of any format, installed by a client such as SWUpdate; said of devices that speak hawkBit's DDI, never by a chip. */
    FILES(1L << 32);

    private final long bit;

    Capability(long bit) {
        this.bit = bit;
    }

    /** Its part of the sum that a device sends. */
    public long bit() {
        return bit;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
