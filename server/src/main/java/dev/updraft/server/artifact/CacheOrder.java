package dev.updraft.server.artifact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Which copies were read last; those that were not for longest are dropped when all together are too large. */
final class CacheOrder {
    private final Map<String, Long> sizes = new LinkedHashMap<>(64, 0.75f, true);
    private final long most;
    private long total;

    CacheOrder(Path folder, long most) throws IOException {
        this.most = most;
        try (Stream<Path> files = Files.walk(folder, 2)) {
            List<Path> copies = files.filter(Files::isRegularFile)
                    .filter(file -> name(folder, file).length() == 64)
                    .sorted(Comparator.comparingLong(file -> file.toFile().lastModified()))
                    .toList();
            for (Path copy : copies) {
                sizes.put(name(folder, copy), Files.size(copy));
                total += Files.size(copy);
            }
        }
    }

    /** {@code ab/cdef…} as the hash that it is; uploads under way have other names. */
    private static String name(Path folder, Path file) {
        return folder.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "");
    }

    synchronized void used(String sha256, long size, Directory cache) throws IOException {
        if (sizes.put(sha256, size) == null) {
            total += size;
        }
        Iterator<Map.Entry<String, Long>> oldest = sizes.entrySet().iterator();
        while (total > most && sizes.size() > 1) {
            Map.Entry<String, Long> entry = oldest.next();
            cache.delete(entry.getKey());
            total -= entry.getValue();
            oldest.remove();
        }
    }
}
