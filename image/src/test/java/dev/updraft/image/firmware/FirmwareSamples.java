package dev.updraft.image.firmware;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A small good file of each format. */
public final class FirmwareSamples {
    private FirmwareSamples() {}

    public static List<byte[]> all() {
        return List.of(
                text(FirmwareTest.HEX),
                text(":020000021000EC\n:0100FF005AA6\n:0400000310000020C9\n:00000001FF\n"),
                text(FirmwareTest.SREC),
                FirmwareTest.elf(40),
                FirmwareTest.dfuSe());
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
