package dev.updraft.image.firmware;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Tells a format from the first bytes of a file. */
final class FormatDetection {
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
    private static final byte[] DFUSE = "DfuSe".getBytes(StandardCharsets.US_ASCII);

    /**
     * A whole record head, not just its first letter: a raw binary may well begin with a colon or an S, but not with that
     * and eight or more hexadecimal digits.
     */
    private static final Pattern HEX_RECORD = Pattern.compile("[\\s\\uFEFF]*:[0-9A-Fa-f]{8}.*", Pattern.DOTALL);

    private static final Pattern S_RECORD = Pattern.compile("[\\s\\uFEFF]*S[0-9][0-9A-Fa-f]{6}.*", Pattern.DOTALL);

    private FormatDetection() {}

    static Format of(byte[] start) {
        if (startsWith(start, ELF)) {
            return Format.ELF;
        }
        if (startsWith(start, DFUSE)) {
            return Format.DFUSE;
        }
        String text = new String(start, StandardCharsets.ISO_8859_1);
        if (HEX_RECORD.matcher(text).matches()) {
            return Format.INTEL_HEX;
        }
        if (S_RECORD.matcher(text).matches()) {
            return Format.SREC;
        }
        return Format.BINARY;
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length >= prefix.length
                && java.util.Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }
}
