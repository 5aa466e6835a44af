package dev.updraft.cli.file;

import dev.updraft.cli.UserError;
import dev.updraft.image.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads what the person named; a file that cannot be read is one sentence. */
public final class InputFile {
    /** More than the 64 MB of firmware that the image room takes, even written as text. */
    private static final long MAX_SIZE = 256L << 20;

    private InputFile() {}

    public static byte[] bytes(Path path) {
        return read(path, file -> {
            if (Files.size(file) > MAX_SIZE) {
                throw new UserError("The file '" + file + "' has more than " + MAX_SIZE + " bytes.");
            }
            return Files.readAllBytes(file);
        });
    }

    /** An image, also one in Intel HEX or S-records, as imgtool and Zephyr write signed files. */
    public static Image image(Path path) {
        return Image.parse(imageBytes(path));
    }

    /** The bytes of an image, if the file is one in Intel HEX or S-records; else the file's own. */
    public static byte[] imageBytes(Path path) {
        return Image.unwrapped(bytes(path));
    }

    /** A text; bytes that are no ASCII are kept as Latin-1, so that the reader of the text complains and not this. */
    public static String text(Path path) {
        return new String(bytes(path), StandardCharsets.ISO_8859_1);
    }

    /** For readers that take the path themselves. */
    public static <T> T read(Path path, Reader<T> reader) {
        try {
            return reader.read(path);
        } catch (NoSuchFileException absent) {
            throw new UserError("There is no file '" + path + "'.", absent);
        } catch (IOException unreadable) {
            throw new UserError("The file '" + path + "' cannot be read: " + unreadable.getMessage() + ".", unreadable);
        }
    }

    /** What is done with the file. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(Path path) throws IOException;
    }
}
