package dev.updraft.image.compression;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;

/**
 * The stream of the heatshrink library: a bit 1 and 8 bits of a literal byte, or a bit 0, {@code windowBits} of distance
 * less one and {@code lookaheadBits} of count less one; most significant bits first, zeros fill up the last byte.
 *
 * @param windowBits 4 to 15; unpacking takes 2^windowBits bytes of RAM
 * @param lookaheadBits 3 to {@code windowBits} - 1
 */
public record Heatshrink(int windowBits, int lookaheadBits) {
    private static final int LITERAL_BITS = 9;

    public Heatshrink {
        if (windowBits < 4 || windowBits > 15 || lookaheadBits < 3 || lookaheadBits >= windowBits) {
            throw new ImageException("Heatshrink with " + windowBits + " window bits and " + lookaheadBits
                    + " lookahead bits does not exist: window 4 to 15, lookahead 3 to below the window.");
        }
    }

    /** Packs with the fewest bits that this window allows. */
    public Bytes pack(Bytes content) {
        byte[] bytes = content.toArray();
        int[] distances = new int[bytes.length];
        short[] counts = new short[bytes.length];
        findMatches(bytes, distances, counts);
        chooseCheapest(bytes.length, counts);
        return write(bytes, distances, counts);
    }

    private void findMatches(byte[] bytes, int[] distances, short[] counts) {
        MatchFinder finder = new MatchFinder(bytes, 1 << windowBits, 1 << lookaheadBits);
        for (int at = 0; at < bytes.length; at++) {
            finder.find(at);
            distances[at] = finder.distance();
            counts[at] = (short) finder.count();
        }
    }

    /**
     * Every back-reference costs the same, so from the end backwards the cheapest way through the content is known at
     * each byte. Counts of 0 say that a literal is cheaper there.
     */
    private void chooseCheapest(int length, short[] counts) {
        int reference = 1 + windowBits + lookaheadBits;
        long[] cost = new long[(1 << lookaheadBits) + 1]; // a ring: only the next few positions are asked for
        int ring = cost.length;
        for (int at = length - 1; at >= 0; at--) {
            long literal = LITERAL_BITS + cost[(at + 1) % ring];
            long referenced = counts[at] == 0 ? Long.MAX_VALUE : reference + cost[(at + counts[at]) % ring];
            if (literal <= referenced) {
                counts[at] = 0;
            }
            cost[at % ring] = Math.min(literal, referenced);
        }
    }

    private Bytes write(byte[] bytes, int[] distances, short[] counts) {
        BitWriter out = new BitWriter();
        int at = 0;
        while (at < bytes.length) {
            if (counts[at] == 0) {
                out.write(1, 1);
                out.write(bytes[at] & 0xff, 8);
                at++;
            } else {
                out.write(0, 1);
                out.write(distances[at] - 1, windowBits);
                out.write(counts[at] - 1, lookaheadBits);
                at += counts[at];
            }
        }
        return out.bytes();
    }

    /**
     * Unpacks exactly {@code size} bytes; what follows them in the stream is padding.
     *
     * @throws ImageException if the stream ends before, or its last reference goes beyond
     */
    public Bytes unpack(Bytes packed, int size) {
        if (size > (long) packed.length() * 8 << lookaheadBits) {
            throw new ImageException(
                    "The packed payload has " + packed.length() + " bytes, which cannot unpack to " + size + ".");
        }
        BitReader in = new BitReader(packed);
        byte[] content = new byte[size];
        int at = 0;
        while (at < size) {
            if (in.read(1) == 1) {
                content[at++] = (byte) in.read(8);
            } else {
                int distance = in.read(windowBits) + 1;
                int count = in.read(lookaheadBits) + 1;
                if (count > size - at) {
                    throw new ImageException(
                            "The packed payload is damaged: it unpacks to more than " + size + " bytes.");
                }
                for (int i = 0; i < count; i++, at++) {
                    // the window starts full of zeros, and heatshrink's own encoder refers to them
                    content[at] = distance > at ? 0 : content[at - distance];
                }
            }
        }
        return Bytes.wrapping(content);
    }
}
