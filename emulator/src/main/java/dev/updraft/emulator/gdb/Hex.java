package dev.updraft.emulator.gdb;

import dev.updraft.emulator.memory.LittleEndian;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Numbers and bytes as the protocol writes them. */
final class Hex {
    private static final HexFormat HEX = HexFormat.of();

    private Hex() {}

    /** A number of up to 32 bits, most significant digit first. */
    static int number(String text) {
        return (int) Long.parseLong(text, 16);
    }

    static byte[] bytes(String text) {
        return HEX.parseHex(text);
    }

    static String of(byte[] bytes) {
        return HEX.formatHex(bytes);
    }

    static String ofText(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A word in the byte order of the target. */
    static String word(int value) {
        byte[] bytes = new byte[4];
        LittleEndian.put(bytes, 0, 4, value);
        return of(bytes);
    }

    static int word(String text) {
        return LittleEndian.get(bytes(text), 0, 4);
    }
}
