package dev.updraft.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/** An immutable run of bytes. A slice shares its parent's memory, so that a large image is held once. */
public final class Bytes {
    private static final int SHOWN = 64;

    private final byte[] array;
    private final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    public static Bytes of(int... values) {
        byte[] array = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            array[i] = (byte) values[i];
        }
        return wrapping(array);
    }

    public static Bytes copyOf(byte[] array) {
        return wrapping(array.clone());
    }

    /** Takes the array over without a copy: the caller must never write to it again. */
    public static Bytes wrapping(byte[] array) {
        return new Bytes(array, 0, array.length);
    }

    /** @throws ImageException if {@code hex} is not an even number of hexadecimal digits */
    public static Bytes fromHex(String hex) {
        try {
            return wrapping(HexFormat.of().parseHex(hex));
        } catch (IllegalArgumentException notHex) {
            throw new ImageException(
                    "'" + hex + "' is not hexadecimal: give an even number of digits 0-9 and a-f.", notHex);
        }
    }

    public static Bytes concat(Bytes... parts) {
        int length = 0;
        for (Bytes part : parts) {
            length = Math.addExact(length, part.length);
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (Bytes part : parts) {
            System.arraycopy(part.array, part.offset, joined, at, part.length);
            at += part.length;
        }
        return wrapping(joined);
    }

    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    public byte get(int index) {
        return array[offset + Objects.checkIndex(index, length)];
    }

    /** The byte at {@code index} as 0 to 255. */
    public int u8(int index) {
        return get(index) & 0xff;
    }

    /** The little-endian 16 bits at {@code index}. */
    public int u16(int index) {
        return u8(index) | u8(index + 1) << 8;
    }

    /** The little-endian 32 bits at {@code index}, unsigned. */
    public long u32(int index) {
        return (u16(index) | (long) u16(index + 2) << 16);
    }

    /** Bytes {@code from} (included) to {@code to} (excluded). */
    public Bytes slice(int from, int to) {
        Objects.checkFromToIndex(from, to, length);
        return new Bytes(array, offset + from, to - from);
    }

    public byte[] toArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** A read-only view, little-endian. */
    public ByteBuffer asBuffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(array, offset, length);
    }

    public void update(MessageDigest digest) {
        digest.update(array, offset, length);
    }

    public void update(Signature signature) throws SignatureException {
        signature.update(array, offset, length);
    }

    /** True if every byte is {@code value}. */
    public boolean isAll(int value) {
        for (int i = offset; i < offset + length; i++) {
            if (array[i] != (byte) value) {
                return false;
            }
        }
        return true;
    }

    public boolean startsWith(Bytes prefix) {
        return length >= prefix.length && slice(0, prefix.length).equals(prefix);
    }

    public boolean endsWith(Bytes suffix) {
        return length >= suffix.length && slice(length - suffix.length, length).equals(suffix);
    }

    public String hex() {
        return HexFormat.of().formatHex(array, offset, offset + length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    /** Hexadecimal; a long run is cut short and its length said. */
    @Override
    public String toString() {
        return length <= SHOWN ? hex() : slice(0, SHOWN).hex() + "... (" + length + " bytes)";
    }
}
