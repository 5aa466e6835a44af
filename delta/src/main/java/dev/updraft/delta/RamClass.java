package dev.updraft.delta;

import java.util.Arrays;
import java.util.Optional;

/** What a device gives to its decoder. Everything that the two sides must agree on in size. */
public enum RamClass {
    KB4(4, 2, 20, 1, 24, 4, 4),
    KB8(8, 2, 112, 0, 64, 6, 5),
    KB16(16, 3, 212, 0, 128, 6, 6),
    KB64(64, 3, 1216, 0, 256, 7, 7);

    private final int kilobytes;
    final int literalInputs;
    final int literalSlots;
    final int coarse;
    final int mapEntries;
    final int cacheBits;
    final int callBits;

    RamClass(
            int kilobytes,
            int literalInputs,
            int literalSlots,
            int coarse,
            int mapEntries,
            int cacheBits,
            int callBits) {
        this.kilobytes = kilobytes;
        this.literalInputs = literalInputs;
        this.literalSlots = literalSlots;
        this.coarse = coarse;
        this.mapEntries = mapEntries;
        this.cacheBits = cacheBits;
        this.callBits = callBits;
    }

    /** The class of so many kilobytes. */
    public static Optional<RamClass> of(int kilobytes) {
        return Arrays.stream(values())
                .filter(each -> each.kilobytes == kilobytes)
                .findFirst();
    }

    public int kilobytes() {
        return kilobytes;
    }
}
