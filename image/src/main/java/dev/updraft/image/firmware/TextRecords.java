package dev.updraft.image.firmware;

import dev.updraft.image.ImageException;
import java.io.IOException;
import java.io.InputStream;

/** Reads the lines of a text format and the hexadecimal bytes in them; knows line and column for every complaint. */
final class TextRecords {
    /** The longest records have 255 data bytes and some bytes around them. */
    private static final int MAX_LINE = 1024;

    private static final int CTRL_Z = 0x1a;
    private static final int END = -1;
    private static final int NOTHING = -2;

    private final InputStream in;
    private final String format;
    private final byte[] line = new byte[MAX_LINE];
    private int length;
    private int number;
    /** What was taken off the front of the line. */
    private int indent;
    /** A byte that was read too early, or one of the two below. */
    private int ahead = NOTHING;

    TextRecords(InputStream in, Format format) {
        this.in = in;
        this.format = format.title();
    }

    /** Goes to the next line that is not blank; false at the end of the file. */
    boolean next() throws IOException {
        while (readLine()) {
            if (length > 0) {
                return true;
            }
        }
        return false;
    }

    /** Lines end with LF, CR or both; the text ends with the file, or with Ctrl-Z or NUL, as DOS and old tools fill up with them. */
    private boolean readLine() throws IOException {
        length = 0;
        number++;
        boolean any = false;
        for (int c = take(); c >= 0; c = take()) {
            any = true;
            if (c == '\n' || c == '\r') {
                ahead = c == '\r' ? in.read() : NOTHING;
                ahead = ahead == '\n' ? NOTHING : ahead;
                break;
            }
            if (c == CTRL_Z || c == 0) {
                skipPadding();
                break;
            }
            if (length == MAX_LINE) {
                throw at(length + 1, "the line has more than " + MAX_LINE + " characters");
            }
            line[length++] = (byte) c;
        }
        // a byte order mark in UTF-8, as some editors put it
        boolean marked = number == 1
                && length >= 3
                && line[0] == (byte) 0xef
                && line[1] == (byte) 0xbb
                && line[2] == (byte) 0xbf;
        indent = marked ? 3 : 0;
        while (indent < length && isBlank(line[indent])) {
            indent++;
        }
        length -= indent;
        System.arraycopy(line, indent, line, 0, length);
        while (length > 0 && isBlank(line[length - 1])) {
            length--;
        }
        return any;
    }

    private int take() throws IOException {
        int c = ahead == NOTHING ? in.read() : ahead;
        ahead = NOTHING;
        return c;
    }

    private void skipPadding() throws IOException {
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c != 0 && c != CTRL_Z && c != '\n' && c != '\r' && !isBlank((byte) c)) {
                throw here("there is more after the end of the text (Ctrl-Z or NUL)");
            }
        }
        ahead = END;
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\t' || c == '\f' || c == 0x0b;
    }

    /** The line's number, from 1. */
    int number() {
        return number;
    }

    int length() {
        return length;
    }

    char charAt(int index) {
        return (char) (line[index] & 0xff);
    }

    /** Decodes the hexadecimal digits from {@code from} to the end of the line. */
    byte[] bytesFrom(int from) {
        int digits = length - from;
        byte[] bytes = new byte[digits / 2];
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(charAt(from + i), 16);
            if (digit < 0) {
                throw at(from + i + 1, "'" + printable(charAt(from + i)) + "' is not a hexadecimal digit");
            }
            if (i / 2 < bytes.length) {
                bytes[i / 2] = (byte) (bytes[i / 2] << 4 | digit);
            }
        }
        if (digits % 2 != 0) {
            throw at(length, "the line ends in the middle of a byte");
        }
        return bytes;
    }

    /** @param column counted from 1 */
    ImageException at(int column, String problem) {
        return new ImageException(format + " line " + number + ", column " + (indent + column) + ": " + problem + ".");
    }

    ImageException here(String problem) {
        return new ImageException(format + " line " + number + ": " + problem + ".");
    }

    private static String printable(char c) {
        return c >= ' ' && c < 0x7f ? String.valueOf(c) : String.format("\\x%02x", (int) c);
    }
}
