package dev.updraft.image;

import dev.updraft.image.compression.Heatshrink;

/**
 * How a payload is packed, as the COMPRESSION TLV says it (docs/reference/image.md).
 *
 * @param unpackedSize bytes of the payload when unpacked
 */
public record PackedPayload(Heatshrink method, int unpackedSize) {
    private static final int HEATSHRINK = 1;
    private static final int TLV_SIZE = 8;

    /**
     * What images are packed with: a window of 1 KB, so that a chip unpacks in less than 2 KB of RAM. Of the lookaheads 4
     * to 7, 4 gave the smallest firmware in 12 of 14 cases and lost 2 % at most in the others.
     */
    static final Heatshrink METHOD = new Heatshrink(10, 4);

    private static final long LARGEST = 64L << 20;

    static PackedPayload read(Bytes tlv) {
        if (tlv.length() != TLV_SIZE || tlv.u8(0) != HEATSHRINK || tlv.u8(3) != 0) {
            throw new ImageException(
                    "The COMPRESSION TLV holds " + tlv + ", which this version of Updraft cannot unpack.");
        }
        if (tlv.u32(4) > LARGEST) {
            throw new ImageException("The COMPRESSION TLV says that the payload unpacks to " + tlv.u32(4)
                    + " bytes, which no STM32 can hold.");
        }
        return new PackedPayload(new Heatshrink(tlv.u8(1), tlv.u8(2)), (int) tlv.u32(4));
    }

    Bytes encode() {
        byte[] bytes = new byte[TLV_SIZE];
        bytes[0] = HEATSHRINK;
        bytes[1] = (byte) method.windowBits();
        bytes[2] = (byte) method.lookaheadBits();
        LittleEndian.put(bytes, 4, 4, unpackedSize);
        return Bytes.wrapping(bytes);
    }
}
