package dev.updraft.emulator.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Little-endian access to byte arrays at any alignment. */
public final class LittleEndian {
    public static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    public static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

    /** Reads 1, 2 or 4 bytes, zero-extended. */
    public static int get(byte[] bytes, int offset, int width) {
        return switch (width) {
            case 4 -> (int) INT.get(bytes, offset);
            case 2 -> (short) SHORT.get(bytes, offset) & 0xFFFF;
            default -> bytes[offset] & 0xFF;
        };
    }

    /** Writes the low 1, 2 or 4 bytes of a value. */
    public static void put(byte[] bytes, int offset, int width, int value) {
        switch (width) {
            case 4 -> INT.set(bytes, offset, value);
            case 2 -> SHORT.set(bytes, offset, (short) value);
            default -> bytes[offset] = (byte) value;
        }
    }
}
