package dev.updraft.delta;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;

/** Makes patches and applies them. */
public final class Patch {
    /** A patch above this is cut into frames: what is lost when one is interrupted. */
    private static final int LOST_AT_MOST = 64 << 10;

    private static final int FRAME_BITS = 17;

    private Patch() {}

    /**
     * Makes a patch.
     *
     * @param old what the device has; {@link Firmware#NONE} for a patch that needs nothing
     * @param target what it shall have
     */
    public static byte[] make(Firmware old, Firmware target, RamClass ram) throws PatchException {
        return make(old, target, BaseAddress.of(target.bytes()), ram);
    }

    /** @param base flash address of the first byte of either image */
    public static byte[] make(Firmware old, Firmware target, int base, RamClass ram) throws PatchException {
        byte[] read = Arrays.copyOf(old.bytes(), old.fixed());
        Encoder encoder = new Encoder(read, target.bytes(), base, ram);
        int frameBits = 0;
        byte[] frames = encoder.frames(0);
        if (frames.length > LOST_AT_MOST && target.bytes().length > 1 << FRAME_BITS) {
            frameBits = FRAME_BITS;
            frames = encoder.frames(frameBits);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(
                new Header(ram, frameBits, base, read.length, target.bytes().length, old.digest(), target.digest())
                        .bytes());
        out.writeBytes(frames);
        return out.toByteArray();
    }

    /** Applies a patch; what comes out has the digest that the patch names. */
    public static byte[] apply(Firmware old, byte[] patch) throws PatchException {
        Header header = Header.of(patch);
        if (header.oldSize() > 0 && (!old.digest().equals(header.oldDigest()) || old.fixed() != header.oldSize())) {
            throw new PatchException("the patch is for image " + hex(header.oldDigest()) + ", this is "
                    + hex(old.digest()) + ": give the image that it was made from");
        }
        byte[] out = new byte[header.newSize() + 1 & ~1];
        int at = header.length();
        AddressMap map = AddressMap.NONE;
        for (int from = 0; from < out.length; from += header.frameSize()) {
            int to = Math.min(out.length, from + header.frameSize());
            if (at + 4 > patch.length) {
                throw new PatchException("the patch ends before its image does: it was cut off; get it again");
            }
            int crc = ByteBuffer.wrap(patch).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
            RangeDecoder coder = new RangeDecoder(patch, at + 4);
            if (from == 0) {
                map = Table.read(new Model(coder, header.ram()), header.base(), header.ram().mapEntries);
            }
            Stream stream =
                    new Stream(coder, header.ram(), old.bytes(), header.oldSize() & ~1, out, header.base(), map);
            stream.frame(from, to, null);
            CRC32 sum = new CRC32();
            sum.update(out, from, Math.min(header.newSize(), to) - from);
            if (coder.overrun() || (int) sum.getValue() != crc) {
                throw new PatchException((coder.overrun()
                                ? "the patch ends before its image does: it was cut off"
                                : "the patch does not give the bytes that it was made from: it is damaged")
                        + "; get it again");
            }
            at = coder.position();
        }
        if (at < patch.length) {
            throw new PatchException("the patch goes on for " + (patch.length - at)
                    + " bytes behind its end: it is damaged; get it again");
        }
        byte[] bytes = Arrays.copyOf(out, header.newSize());
        if (!Firmware.of(bytes).digest().equals(header.newDigest())) {
            throw new PatchException(
                    "what the patch gives is not image " + hex(header.newDigest()) + ": it is damaged; get it again");
        }
        return bytes;
    }

    private static String hex(String digest) {
        return digest.substring(0, 12);
    }
}
