package dev.updraft.server.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The lock that keeps a second server process off an SQLite file: SQLite itself would let it in, and each would then act on what it
 * holds in memory of before the other's changes. The operating system gives it up when the process dies.
 */
final class SingleProcess implements AutoCloseable {
    private final FileChannel file;

    private SingleProcess(FileChannel file) {
        this.file = file;
    }

    /**
     * @param url {@code jdbc:sqlite:FILE}; null is returned for a database in memory
     * @throws IllegalArgumentException if another process has it
     */
    static @Nullable SingleProcess on(String url) {
        String name =
                url.substring("jdbc:sqlite:".length()).replaceFirst("\\?.*", "").replaceFirst("^file:", "");
        if (name.isEmpty() || name.startsWith(":")) {
            return null;
        }
        Path lock = Path.of(name + ".lock");
        try {
            FileChannel file = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(file)) {
                return new SingleProcess(file);
            }
            file.close();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "The file '" + lock + "' cannot be written; put the database where the server may write.", e);
        }
        throw new IllegalArgumentException("Another server process has the database '" + name
                + "' open; stop it, or give both a PostgreSQL with --db, which serves any number of processes.");
    }

    private static boolean tryLock(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException ignored) {
            // The lock goes with the process at the latest.
        }
    }
}
