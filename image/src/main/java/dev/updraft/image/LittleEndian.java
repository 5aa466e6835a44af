package dev.updraft.image;

/** Numbers as the image holds them. */
final class LittleEndian {
    private LittleEndian() {}

    static void put(byte[] into, int at, int size, long value) {
        for (int i = 0; i < size; i++) {
            into[at + i] = (byte) (value >>> 8 * i);
        }
    }

    static Bytes u32(long value) {
        byte[] bytes = new byte[4];
        put(bytes, 0, 4, value);
        return Bytes.wrapping(bytes);
    }
}
