package dev.updraft.delta;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** One side of a patch: an image in MCUboot's format, known by its image digest, or any other bytes, known by their SHA-256. */
public final class Firmware {
    static final int MAGIC = 0x96F3B83D;
    private static final int HEADER = 32;
    private static final int ENCRYPTED = 0xC;
    private static final int TLV_SHA256 = 0x10;

    /** No image: for a patch that needs none. */
    public static final Firmware NONE = new Firmware(new byte[0], 0, new byte[32]);

    private final byte[] bytes;
    private final int fixed;
    private final String digest;

    private Firmware(byte[] bytes, int fixed, byte[] digest) {
        this.bytes = bytes;
        this.fixed = fixed;
        this.digest = HexFormat.of().formatHex(digest);
    }

    /** All of it; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** How many of its first bytes the digest covers: only they are certain to be the same on every device. */
    int fixed() {
        return fixed;
    }

    /** 64 hexadecimal digits. */
    public String digest() {
        return digest;
    }

    public static Firmware of(byte[] bytes) throws PatchException {
        if (bytes.length == 0) {
            throw new PatchException("the image is empty; name the file that was built");
        }
        if (bytes.length > Header.LARGEST) {
            throw new PatchException("the image has " + bytes.length + " bytes; patches are for images of up to "
                    + (Header.LARGEST >> 20) + " MB");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < HEADER || in.getInt(0) != MAGIC) {
            return new Firmware(bytes, bytes.length, sha256(bytes, bytes.length));
        }
        if ((in.getInt(16) & ENCRYPTED) != 0) {
            throw new PatchException(
                    "the image is encrypted, and what is encrypted cannot be compared; give the image as it was before encryption");
        }
        long hashed = (in.getShort(8) & 0xFFFFL) + (in.getInt(12) & 0xFFFF_FFFFL) + (in.getShort(10) & 0xFFFFL);
        if (hashed > bytes.length) {
            throw new PatchException("the image's header speaks of " + hashed + " bytes, the file has " + bytes.length
                    + ": it was cut off");
        }
        byte[] digest = sha256(bytes, (int) hashed);
        if (!Arrays.equals(digest, named(bytes, in, (int) hashed))) {
            throw new PatchException(
                    "the image's bytes do not give the digest that it names: the file is damaged; sign it again");
        }
        return new Firmware(bytes, (int) hashed, digest);
    }

    /** The payload of the SHA-256 TLV behind the hashed bytes; empty when there is none. */
    private static byte[] named(byte[] bytes, ByteBuffer in, int from) {
        int at = from + 4;
        while (at + 4 <= in.limit()) {
            int length = in.getShort(at + 2) & 0xFFFF;
            if ((in.getShort(at) & 0xFFFF) == TLV_SHA256 && length == 32 && at + 36 <= in.limit()) {
                return Arrays.copyOfRange(bytes, at + 4, at + 36);
            }
            at += 4 + length;
        }
        return new byte[0];
    }

    private static byte[] sha256(byte[] bytes, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
