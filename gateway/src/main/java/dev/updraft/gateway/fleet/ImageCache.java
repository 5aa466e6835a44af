package dev.updraft.gateway.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Files by their SHA-256, fetched once for all devices. What was fetched in part when the gateway or the connection ended is gone on with;
 * nothing is handed out before its SHA-256 was computed from what is on the disk.
 */
public final class ImageCache {
    private static final int PIECE = 64 * 1024;
    private static final long LARGEST = 256L << 20;

    private final Path folder;
    private final UpdateServer server;
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final AtomicLong fetches = new AtomicLong();

    public ImageCache(Path folder, UpdateServer server) {
        this.folder = folder;
        this.server = server;
    }

    /** Files that were fetched from the server since the start. */
    public long fetches() {
        return fetches.get();
    }

    /** The offered file; others that want it wait for the one that fetches. */
    public byte[] get(String id, Offer offer) throws IOException {
        if (offer.size() > LARGEST) {
            throw new IOException("the offered file has " + offer.size() + " bytes; no device takes that");
        }
        ReentrantLock lock = locks.computeIfAbsent(offer.sha256(), sha -> new ReentrantLock());
        lock.lock();
        try {
            Files.createDirectories(folder);
            Path file = folder.resolve(offer.sha256());
            if (Files.exists(file)) {
                byte[] bytes = Files.readAllBytes(file);
                if (isIt(bytes, offer)) {
                    return bytes;
                }
                Files.delete(file); // the disk lost something
            }
            return fetch(id, offer, file);
        } finally {
            lock.unlock();
        }
    }

    private byte[] fetch(String id, Offer offer, Path file) throws IOException {
        Path part = folder.resolve(offer.sha256() + ".part");
        long has = Files.exists(part) ? Files.size(part) : 0;
        if (has > offer.size()) {
            Files.delete(part);
            has = 0;
        }
        if (has < offer.size()) {
            fetches.incrementAndGet();
            receive(server.fetch(id, offer, has, HttpResponse.BodyHandlers.ofInputStream()), offer, part, has);
        }
        byte[] bytes = Files.readAllBytes(part);
        if (bytes.length < offer.size()) {
            throw new Unreachable("the connection ended after " + bytes.length + " of " + offer.size() + " bytes", 0);
        }
        if (!isIt(bytes, offer)) {
            Files.delete(part);
            throw new Unreachable("what was fetched is not the offered file; it is fetched again", 0);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return bytes;
    }

    private static void receive(HttpResponse<InputStream> answer, Offer offer, Path part, long has) throws IOException {
        boolean goesOn = answer.statusCode() == 206;
        if (!goesOn && answer.statusCode() != 200) {
            answer.body().close();
            throw new Unreachable("the server answers " + answer.statusCode() + " to the file's address", 0);
        }
        long left = offer.size() - (goesOn ? has : 0);
        try (InputStream in = answer.body();
                OutputStream out = goesOn
                        ? Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                        : Files.newOutputStream(part)) {
            byte[] piece = new byte[PIECE];
            while (left > 0) {
                int got = in.read(piece, 0, (int) Math.min(piece.length, left));
                if (got < 0) {
                    return;
                }
                out.write(piece, 0, got);
                left -= got;
            }
        }
    }

    private static boolean isIt(byte[] bytes, Offer offer) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(bytes);
            return bytes.length == offer.size() && HexFormat.of().formatHex(sum).equals(offer.sha256());
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
