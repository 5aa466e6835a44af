package dev.updraft.delta;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;

/** Makes the frames of one patch. */
final class Encoder {
    /** Halfwords of new code after which what they cost on average is known. */
    private static final float LEARNED = 750;
    /** Bits of a halfword of new code where nothing is known yet, and where only what is old is looked for. */
    private static final float UNKNOWN = 14;

    private static final float ALIGNING = 9.75f;
    private static final int ROUNDS = 2;

    private final byte[] old;
    private final int oldSize;
    private final byte[] image;
    private final int size;
    private final int newSize;
    private final int base;
    private final RamClass ram;
    private final AddressMap map;
    private final Script script;

    /** @param old the bytes that a device reads; empty when it has none */
    Encoder(byte[] old, byte[] target, int base, RamClass ram) {
        this.old = old;
        this.base = base;
        this.ram = ram;
        oldSize = old.length & ~1;
        newSize = target.length;
        size = newSize + 1 & ~1;
        image = Arrays.copyOf(target, size);
        byte[] oldMasked = Masked.of(old, oldSize, base);
        byte[] masked = Masked.of(image, size, base);
        float[] learned = Stream.literalPrices(ram, image, size);
        for (int i = 0; i < learned.length; i++) {
            learned[i] = learned[i] * 0.85f + 0.4f;
        }
        AddressMap moved = AddressMap.NONE;
        float[] prices = learned;
        if (oldSize > 0) {
            prices = new float[learned.length];
            Arrays.fill(prices, ALIGNING);
            Script found = new Search(old, oldSize, image, size, base, moved, false, oldMasked, masked, prices).run();
            for (int round = 1; ; round++) {
                moved = votes(found).map(ram.mapEntries);
                prices = blend(learned, found);
                if (round == ROUNDS) {
                    break;
                }
                found = new Search(old, oldSize, image, size, base, moved, true, oldMasked, masked, prices).run();
            }
        }
        map = moved;
        script = new Search(old, oldSize, image, size, base, map, true, oldMasked, masked, prices).run();
    }

    private static float[] blend(float[] learned, Script found) {
        int fresh = 0;
        for (int i = 0; i < found.size; i++) {
            fresh += found.kind[i] == Script.LITERAL ? 1 : 0;
        }
        float known = fresh / (fresh + LEARNED);
        float[] prices = new float[learned.length];
        for (int i = 0; i < prices.length; i++) {
            prices[i] = known * learned[i] + (1 - known) * UNKNOWN;
        }
        return prices;
    }

    /** @param frameBits 0: one frame */
    byte[] frames(int frameBits) throws PatchException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int frame = frameBits == 0 ? size : 1 << frameBits;
        for (int from = 0; from < size; from += frame) {
            int to = Math.min(size, from + frame);
            RangeEncoder coder = new RangeEncoder();
            Stream stream = new Stream(coder, ram, old, oldSize, image, base, map);
            if (from == 0) {
                Table.write(stream.model(), map, base);
            }
            stream.frame(from, to, script);
            CRC32 crc = new CRC32();
            crc.update(image, from, Math.min(newSize, to) - from);
            out.writeBytes(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt((int) crc.getValue())
                    .array());
            out.writeBytes(coder.finish(to == size));
        }
        return out.toByteArray();
    }

    private boolean known(int target) {
        return Integer.compareUnsigned(target - base, oldSize) < 0 || Predictor.inRam(target);
    }

    private Votes votes(Script found) {
        Votes votes = new Votes();
        Predictor there = new Predictor(old, oldSize, image, base, AddressMap.NONE);
        Predictor here = new Predictor(image, size, image, base, AddressMap.NONE);
        for (int step = 0; step < found.size; step++) {
            if (found.kind[step] != Script.COPY_OLD) {
                continue;
            }
            int start = found.start[step];
            int stop = step + 1 < found.size ? found.start[step + 1] : size;
            int shift = found.source[step] - start;
            if (stop - start >= 8) {
                float weight = Math.min(8, (stop - start) / 8f);
                votes.add(base + start + shift, base + start, weight);
                votes.add(base + stop - 2 + shift, base + stop - 2, weight / 4);
            }
            there.tail = false;
            here.tail = false;
            for (int at = start; at < stop; at += there.length) {
                if (!there.predict(false, at + shift, at, stop)) {
                    break;
                }
                here.predict(false, at, at, stop);
                if (there.type != Predictor.PLAIN && there.type == here.type && known(there.target)) {
                    votes.add(there.target, here.target, 8);
                }
                there.tail = there.nextTail;
                here.tail = there.nextTail;
            }
        }
        return votes;
    }
}
