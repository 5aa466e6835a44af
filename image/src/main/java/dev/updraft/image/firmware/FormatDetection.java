package dev.updraft.image.firmware;

import dev.updraft.image.ImageException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Tells a format from the first bytes of a file; what people take for firmware and is none has a name, too. */
final class FormatDetection {
    /**
     * A whole record head, not just its first letter: a raw binary may well begin with a colon or an S, but not with that
     * and eight or more hexadecimal digits.
     */
    private static final Pattern HEX_RECORD = Pattern.compile(":[0-9A-Fa-f]{8}");

    private static final Pattern S_RECORD = Pattern.compile("[Ss][0-9][0-9A-Fa-f]{6}");
    private static final Pattern INDENT = Pattern.compile("^(\\xef\\xbb\\xbf)?\\s*");
    private static final Pattern LATER_RECORD = Pattern.compile("(?m)^[ \\t]*(:[0-9A-Fa-f]{10}|S[0-9][0-9A-Fa-f]{6})");
    private static final Pattern UTF_16 =
            Pattern.compile("^(\\xff\\xfe|\\xfe\\xff|([ -~\\s]\\x00){8}|(\\x00[ -~\\s]){8}).*", Pattern.DOTALL);
    private static final Pattern TEXT = Pattern.compile("(?:[ -~\\s]|[\\xc2-\\xf4][\\x80-\\xbf]{1,3})++[\\xc2-\\xf4]?");

    private static final Map<String, Format> BINARY_FORMATS = Map.of(
            "7f454c46", Format.ELF,
            "4466755365", Format.DFUSE, // DfuSe
            "5546320a57515d9e", Format.UF2);

    /** First bytes of what is no firmware, in hexadecimal. */
    private static final Map<String, String> OTHERS = others();

    static final int ENOUGH_TO_TELL = 1024;

    private FormatDetection() {}

    private static Map<String, String> others() {
        Map<String, String> others = new LinkedHashMap<>();
        others.put("504b0304", "a zip archive: unpack it first");
        others.put("504b0506", "an empty zip archive");
        others.put("1f8b", "compressed with gzip: unpack it first, with 'gunzip'");
        others.put("fd377a585a00", "compressed with xz: unpack it first, with 'unxz'");
        others.put("425a68", "compressed with bzip2: unpack it first, with 'bunzip2'");
        others.put("28b52ffd", "compressed with zstd: unpack it first, with 'unzstd'");
        others.put("377abcaf271c", "a 7z archive: unpack it first");
        others.put("526172211a07", "a rar archive: unpack it first");
        others.put("213c617263683e", "a library of object files (ar): give the linked program");
        others.put("4d5a", "a program for Windows: was it built for the PC?");
        others.put("cffaedfe", "a program for macOS: was it built for the PC?");
        others.put("cafebabe", "a Java class or a program for macOS");
        others.put("25504446", "a PDF document");
        others.put("89504e47", "a picture (PNG)");
        others.put("ffd8ff", "a picture (JPEG)");
        others.put("53514c69746520", "an SQLite database");
        return others;
    }

    /** The format, if the file begins as one does that has a beginning of its own. */
    static Optional<Format> known(byte[] file) {
        byte[] start = Arrays.copyOf(file, Math.min(file.length, ENOUGH_TO_TELL));
        String hex = hex(start);
        String text = unindented(start);
        return BINARY_FORMATS.entrySet().stream()
                .filter(format -> hex.startsWith(format.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .or(() -> HEX_RECORD.matcher(text).lookingAt() ? Optional.of(Format.INTEL_HEX) : Optional.empty())
                .or(() -> S_RECORD.matcher(text).lookingAt() ? Optional.of(Format.SREC) : Optional.empty());
    }

    /**
     * @param start the first {@link #ENOUGH_TO_TELL} bytes of a file, or all
     * @throws ImageException if the file is something else than firmware
     */
    static Format of(byte[] start) {
        Optional<Format> known = known(start);
        if (known.isPresent()) {
            return known.get();
        }
        String hex = hex(start);
        for (Map.Entry<String, String> other : OTHERS.entrySet()) {
            if (hex.startsWith(other.getKey())) {
                throw new ImageException("The file is not firmware: it is " + other.getValue() + ".");
            }
        }
        String text = new String(start, StandardCharsets.ISO_8859_1);
        if (UTF_16.matcher(text).matches()) {
            throw new ImageException(
                    "The file is not firmware: it is UTF-16 text; save it as plain text (ASCII or UTF-8).");
        }
        if (TEXT.matcher(text).matches()) {
            throw new ImageException("The file is not firmware: " + text(unindented(start)));
        }
        return Format.BINARY;
    }

    private static String hex(byte[] start) {
        return HexFormat.of().formatHex(start, 0, Math.min(start.length, 16));
    }

    private static String unindented(byte[] start) {
        return INDENT.matcher(new String(start, StandardCharsets.ISO_8859_1)).replaceFirst("");
    }

    private static String text(String text) {
        if (text.startsWith("version https://git-lfs")) {
            return "it is the pointer that Git LFS leaves in its place; 'git lfs pull' fetches the file.";
        }
        String kind = text.startsWith("<") ? "a web page or XML" : "text";
        String first = text.lines().findFirst().orElse("");
        String shown = first.length() > 40 ? first.substring(0, 40) + "..." : first;
        String more = LATER_RECORD.matcher(text).find()
                ? "; records follow further down: take out what is no record"
                : text.startsWith("<") ? "; was it saved from a browser?" : "";
        return "it is " + kind + ", and begins with '" + shown + "'" + more + ".";
    }
}
