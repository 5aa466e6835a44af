package dev.updraft.delta;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The start of a patch.
 *
 * @param ram the least that a device must have to apply it
 * @param frameBits each frame makes 1 << frameBits bytes; 0: there is one frame
 * @param base flash address of the first byte of either image
 * @param oldSize bytes of the old image that are read; 0: none is needed
 * @param newSize bytes of the new image
 * @param oldDigest what the old image is known by, in hexadecimal digits
 * @param newDigest what the new image is known by, in hexadecimal digits
 */
public record Header(
        RamClass ram, int frameBits, int base, int oldSize, int newSize, String oldDigest, String newDigest) {
    private static final int DIGEST = 32;
    private static final int VERSION = 1;
    static final int LARGEST = 1 << 26;
    static final int LEAST_FRAME_BITS = 10;

    /** Bytes that one frame makes, at most. */
    public int frameSize() {
        return frameBits == 0 ? newSize + 1 & ~1 : 1 << frameBits;
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {
            'U', 'D', (byte) (VERSION << 4 | Integer.numberOfTrailingZeros(ram.kilobytes())), (byte) frameBits
        });
        out.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(base)
                .array());
        size(out, oldSize);
        size(out, newSize);
        out.writeBytes(HexFormat.of().parseHex(oldDigest));
        out.writeBytes(HexFormat.of().parseHex(newDigest));
        return out.toByteArray();
    }

    private static void size(ByteArrayOutputStream out, int value) {
        int rest = value;
        for (; rest >= 0x80; rest >>>= 7) {
            out.write(rest | 0x80);
        }
        out.write(rest);
    }

    /** Reads what a patch starts with. */
    public static Header of(byte[] patch) throws PatchException {
        return new Reader(patch).header();
    }

    int length() {
        return bytes().length;
    }

    private static final class Reader {
        private final ByteBuffer in;

        Reader(byte[] patch) {
            in = ByteBuffer.wrap(patch).order(ByteOrder.LITTLE_ENDIAN);
        }

        Header header() throws PatchException {
            need(8);
            if (in.get() != 'U' || in.get() != 'D') {
                throw new PatchException(
                        "this is no patch: it does not start with 'UD'; 'updraft delta make' writes patches");
            }
            int kind = in.get() & 0xFF;
            if (kind >>> 4 != VERSION) {
                throw new PatchException(
                        "the patch has format " + (kind >>> 4) + ", this reads format " + VERSION + ": make it again");
            }
            RamClass ram = RamClass.of(1 << (kind & 15))
                    .orElseThrow(() -> new PatchException("the patch is for devices with " + (1 << (kind & 15))
                            + " KB of RAM for it, and no such class exists: it is damaged; get it again"));
            int frameBits = in.get() & 0xFF;
            if (frameBits != 0 && (frameBits < LEAST_FRAME_BITS || frameBits > 26)) {
                throw new PatchException("the patch has frames of 2^" + frameBits + " bytes; 2^" + LEAST_FRAME_BITS
                        + " to 2^26 are possible: it is damaged; get it again");
            }
            int base = in.getInt();
            int oldSize = size();
            int newSize = size();
            need(2 * DIGEST);
            return new Header(ram, frameBits, base, oldSize, newSize, digest(), digest());
        }

        private String digest() {
            byte[] digest = new byte[DIGEST];
            in.get(digest);
            return HexFormat.of().formatHex(digest);
        }

        private void need(int bytes) throws PatchException {
            if (in.remaining() < bytes) {
                throw new PatchException("the patch ends within its header: it was cut off; get it again");
            }
        }

        private int size() throws PatchException {
            int value = 0;
            for (int shift = 0; shift < 28; shift += 7) {
                need(1);
                int next = in.get() & 0xFF;
                value |= (next & 0x7F) << shift;
                if (next < 0x80) {
                    if (value > LARGEST) {
                        break;
                    }
                    return value;
                }
            }
            throw new PatchException(
                    "the patch is of an image of more than " + (LARGEST >> 20) + " MB: it is damaged; get it again");
        }
    }
}
