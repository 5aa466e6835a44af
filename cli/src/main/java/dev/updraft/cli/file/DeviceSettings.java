package dev.updraft.cli.file;

import dev.updraft.cli.UserError;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/** What a device must know before it can check in, as its settings sector holds it (docs/reference/device-settings.md). */
public final class DeviceSettings {
    private static final byte[] MAGIC = {'U', 'P', 'D', 'S'};

    private DeviceSettings() {}

    /** The head of the sector, for these values. */
    public static byte[] sector(Map<String, String> settings) {
        return sector(settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.US_ASCII));
    }

    /** The same of a file of lines {@code name=value}; the last needs no line end. */
    public static byte[] sector(byte[] lines, Path file) {
        String text = new String(lines, StandardCharsets.US_ASCII)
                        .replace("\r\n", "\n")
                        .strip() + "\n";
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (!line.matches("[a-z0-9-]+=[\\x20-\\x7e]*")) {
                throw new UserError(
                        "Line " + number + " of '" + file
                                + "' is not a setting: give name=value in ASCII, as id=door-7 (docs/reference/device-settings.md).");
            }
        }
        return sector(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] sector(byte[] text) {
        CRC32 crc = new CRC32();
        crc.update(text);
        return ByteBuffer.allocate(12 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .putInt(text.length)
                .putInt((int) crc.getValue())
                .put(text)
                .array();
    }
}
