package dev.updraft.server.artifact;

import dev.updraft.image.Sha256;
import dev.updraft.server.http.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Artifacts as files: {@code ab/cdef…} by the hex of their SHA-256. */
public final class Directory implements Artifacts {
    private static final int COPY_BYTES = 64 * 1024;
    private static final int OPEN_FILES = 64;

    private final Path root;
    private final Path incoming;

    /** Devices fetch in small ranges: files that are being read stay open. Guarded by itself. */
    private final Map<String, FileChannel> open = new LinkedHashMap<>(OPEN_FILES, 0.75f, true);

    /** Files that were read, as they were then. */
    private final Map<String, Stamp> sound = new ConcurrentHashMap<>();

    private final Damaged damaged = new Damaged();

    /** What changes with a file's content, unless the disk itself has lost some of it. */
    private record Stamp(long size, FileTime modified) {
        static Stamp of(Path file) throws IOException {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(now.size(), now.lastModifiedTime());
        }
    }

    /** How a file is. */
    enum Condition {
        SOUND,
        DAMAGED,
        ABSENT
    }

    public Directory(Path root) throws IOException {
        this.root = root;
        this.incoming = root.resolve("incoming");
        Files.createDirectories(incoming);
        // What an earlier process was receiving when it died; what is younger may be what another process receives now.
        Instant old = Instant.now().minus(Duration.ofDays(1));
        try (var leftovers = Files.newDirectoryStream(
                incoming, file -> Files.getLastModifiedTime(file).toInstant().isBefore(old))) {
            for (Path leftover : leftovers) {
                Files.deleteIfExists(leftover);
            }
        }
    }

    @Override
    public Stored store(InputStream in, long largest) throws IOException {
        Path temporary = Files.createTempFile(incoming, "upload", null);
        try {
            MessageDigest digest = Sha256.begin();
            long size = 0;
            try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                byte[] buffer = new byte[COPY_BYTES];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    size += n;
                    if (size > largest) {
                        throw new TooLarge(largest);
                    }
                    digest.update(buffer, 0, n);
                    ByteBuffer chunk = ByteBuffer.wrap(buffer, 0, n);
                    while (chunk.hasRemaining()) {
                        out.write(chunk);
                    }
                }
                out.force(true);
            }
            String sha256 = HexFormat.of().formatHex(digest.digest());
            Path file = path(sha256);
            Path folder = root.resolve(sha256.substring(0, 2));
            Files.createDirectories(folder);
            try {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                throw new IOException("The artifact directory must be on one file system.", e);
            }
            forceDirectory(folder);
            synchronized (open) {
                open.remove(sha256);
            }
            sound.put(sha256, Stamp.of(file));
            damaged.mended(sha256);
            return new Stored(sha256, size);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    @Override
    public long size(String sha256) throws IOException {
        return switch (condition(sha256, false)) {
            case SOUND -> channel(sha256).size();
            case ABSENT -> -1;
            case DAMAGED ->
                throw Problem.unavailable(
                        "The server's copy of this file is damaged; its operator must upload it again.", 300);
        };
    }

    @Override
    public void verify(String sha256) throws IOException {
        if (condition(sha256, true) == Condition.ABSENT) {
            damaged.found(sha256, "is gone");
        }
    }

    @Override
    public Damaged damaged() {
        return damaged;
    }

    /** @param again true to read it though that was done before */
    Condition condition(String sha256, boolean again) throws IOException {
        Stamp now;
        try {
            now = Stamp.of(path(sha256));
        } catch (NoSuchFileException e) {
            return Condition.ABSENT;
        }
        if (!again && now.equals(sound.get(sha256))) {
            return damaged.has(sha256) ? Condition.DAMAGED : Condition.SOUND;
        }
        return read(sha256, now);
    }

    /** One at a time: whoever waits would only read the same. */
    private synchronized Condition read(String sha256, Stamp now) throws IOException {
        MessageDigest digest = Sha256.begin();
        try (InputStream in = Files.newInputStream(path(sha256))) {
            byte[] buffer = new byte[COPY_BYTES];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        } catch (NoSuchFileException e) {
            return Condition.ABSENT;
        }
        sound.put(sha256, now);
        if (HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
            damaged.mended(sha256);
            return Condition.SOUND;
        }
        damaged.found(sha256, "has other bytes than it should (" + now.size() + " of them)");
        return Condition.DAMAGED;
    }

    @Override
    public InputStream open(String sha256, long offset, long length) throws IOException {
        return new Slice(channel(sha256), offset, length);
    }

    @Override
    public @Nullable FileChannel file(String sha256) throws IOException {
        try {
            return channel(sha256);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void delete(String sha256) throws IOException {
        // Not closed: a download may be reading it. The channel goes with its last reader.
        synchronized (open) {
            open.remove(sha256);
        }
        Files.deleteIfExists(path(sha256));
    }

    @Override
    public void close() {
        synchronized (open) {
            for (FileChannel channel : open.values()) {
                try {
                    channel.close();
                } catch (IOException ignored) {
                    // Opened for reading only: nothing is lost.
                }
            }
            open.clear();
        }
    }

    private FileChannel channel(String sha256) throws IOException {
        synchronized (open) {
            FileChannel channel = open.get(sha256);
            if (channel == null || !channel.isOpen()) {
                channel = FileChannel.open(path(sha256), StandardOpenOption.READ);
                open.put(sha256, channel);
                if (open.size() > OPEN_FILES) {
                    // Dropped, not closed, for the same reason as in delete: the garbage collector closes it.
                    open.remove(open.keySet().iterator().next());
                }
            }
            return channel;
        }
    }

    Path path(String sha256) {
        if (!Download.isSha256(sha256)) {
            throw new IllegalArgumentException("not a SHA-256 in lower-case hex");
        }
        return root.resolve(sha256.substring(0, 2)).resolve(sha256.substring(2));
    }

    private static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Part of a file, read by position so that many readers share one channel. */
    private static final class Slice extends InputStream {
        private final FileChannel channel;
        private long position;
        private long left;

        Slice(FileChannel channel, long offset, long length) {
            this.channel = channel;
            this.position = offset;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = channel.read(ByteBuffer.wrap(into, offset, (int) Math.min(length, left)), position);
            if (n > 0) {
                position += n;
                left -= n;
            }
            return n;
        }
    }
}
