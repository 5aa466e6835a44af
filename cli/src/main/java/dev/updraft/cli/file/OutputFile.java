package dev.updraft.cli.file;

import dev.updraft.cli.UserError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes a file whole or not at all: beside its place first, then moved there. */
public final class OutputFile {
    private OutputFile() {}

    public static void write(Path path, Writer writer) {
        write(path, false, writer);
    }

    public static void write(Path path, byte[] bytes) {
        write(path, false, out -> out.write(bytes));
    }

    /** For keys: only the owner may read the file, from its first byte on. */
    public static void writeSecret(Path path, byte[] bytes) {
        write(path, true, out -> out.write(bytes));
    }

    private static void write(Path path, boolean secret, Writer writer) {
        Path folder = path.toAbsolutePath().getParent();
        try {
            if (Files.isDirectory(path)) {
                throw new UserError("'" + path + "' is a folder: give the name of a file.");
            }
            Path draft = Files.createTempFile(folder, ".updraft-", ".part"); // readable by its owner only
            try {
                try (OutputStream out = Files.newOutputStream(draft)) {
                    writer.write(out);
                }
                if (!secret) {
                    allowReading(draft);
                }
                Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException failed) {
            throw new UserError("The file '" + path + "' cannot be written: " + failed.getMessage() + ".", failed);
        }
    }

    private static void allowReading(Path draft) throws IOException {
        if (draft.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
        }
    }

    /** What is written. */
    @FunctionalInterface
    public interface Writer {
        void write(OutputStream out) throws IOException;
    }
}
