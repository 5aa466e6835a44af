package dev.updraft.server.release;

import dev.updraft.server.fleet.Capability;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.http.Problem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the server must know of an image file (docs/reference/image.md).
 *
 * @param board null if the image does not name one
 * @param digest of the image that runs after installing: that of the unpacked image if this one is compressed
 * @param needs sum of the {@link Capability#bit} that a device must have to take it
 * @param counter its security counter
 */
record ImageFile(Version version, @Nullable String board, Digest digest, long needs, long counter) {
    private static final int MAGIC = 0x96f3b83d;
    private static final int ENCRYPTED = 0x4 | 0x8;
    private static final int PROTECTED_AREA = 0x6908;
    private static final int AREA = 0x6907;

    /** @throws Problem 400 if {@code file} is not a signed image */
    static ImageFile read(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < 32 || in.getInt(0) != MAGIC) {
            throw Problem.badRequest("This is not a firmware image: it does not start with the MCUboot magic; make one"
                    + " with 'updraft image sign'.");
        }
        Fields fields = new Fields();
        fields.encrypted = (in.getInt(16) & ENCRYPTED) != 0;
        int protectedSize = Short.toUnsignedInt(in.getShort(10));
        long end = (long) Short.toUnsignedInt(in.getShort(8)) + Integer.toUnsignedLong(in.getInt(12));
        if (end + 4 > file.length) {
            throw Problem.badRequest(
                    "The image is cut off: its header promises " + end + " bytes, the file has " + file.length + ".");
        }
        in.position((int) end);
        if (protectedSize != 0) {
            area(in, PROTECTED_AREA, fields);
        }
        area(in, AREA, fields);
        byte[] digest = fields.unpackedDigest == null ? fields.digest : fields.unpackedDigest;
        if (digest == null || digest.length != 32 || !fields.signed) {
            throw Problem.badRequest("The image is not signed; sign it with 'updraft image sign'.");
        }
        Version version = new Version(
                Byte.toUnsignedLong(in.get(20)),
                Byte.toUnsignedLong(in.get(21)),
                Short.toUnsignedLong(in.getShort(22)),
                Integer.toUnsignedLong(in.getInt(24)));
        long needs = (fields.unpackedDigest == null ? 0 : Capability.HEATSHRINK.bit())
                | (fields.encrypted ? Capability.ENCRYPTED.bit() : 0);
        return new ImageFile(version, fields.board, Digest.of(digest), needs, fields.counter);
    }

    private static final class Fields {
        byte @Nullable [] digest;
        byte @Nullable [] unpackedDigest;

        @Nullable
        String board;

        boolean signed;
        boolean encrypted;
        long counter;
    }

    private static void area(ByteBuffer in, int magic, Fields fields) {
        int start = in.position();
        if (in.remaining() < 4 || Short.toUnsignedInt(in.getShort()) != magic) {
            throw malformed();
        }
        int end = start + Short.toUnsignedInt(in.getShort());
        if (end > in.limit()) {
            throw malformed();
        }
        while (in.position() < end) {
            if (end - in.position() < 4) {
                throw malformed();
            }
            int type = Short.toUnsignedInt(in.getShort());
            int length = Short.toUnsignedInt(in.getShort());
            if (length > end - in.position()) {
                throw malformed();
            }
            byte[] value = new byte[length];
            in.get(value);
            switch (type) {
                case 0x10 -> fields.digest = value;
                case 0x20, 0x22, 0x23, 0x24 -> fields.signed = true;
                case 0x50 -> fields.counter = number(value);
                case 0x55A0 -> fields.board = new String(value, StandardCharsets.US_ASCII);
                case 0x55A2 -> fields.unpackedDigest = value;
                default -> {}
            }
        }
    }

    private static long number(byte[] value) {
        if (value.length != 4) {
            throw malformed();
        }
        return Integer.toUnsignedLong(ByteBuffer.wrap(Arrays.copyOf(value, 4))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt());
    }

    private static Problem malformed() {
        return Problem.badRequest(
                "The image's TLV areas do not fit together; make it again with 'updraft image sign'.");
    }
}
