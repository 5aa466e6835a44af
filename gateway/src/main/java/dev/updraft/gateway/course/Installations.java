package dev.updraft.gateway.course;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Which image each device of another make was told to try: it does not remember that for the server, so the gateway does, on its disk. */
final class Installations {
    private final Path folder;

    Installations(Path folder) {
        this.folder = folder;
    }

    /**
     * One that is under way.
     *
     * @param digest in hex
     * @param granted whether the device said that it will try it; until then it may know nothing of it
     */
    record Installation(String digest, boolean granted) {}

    /** Null if nothing is under way. */
    @Nullable
    Installation of(String id) throws IOException {
        Path file = file(id);
        if (!Files.exists(file)) {
            return null;
        }
        String[] words = Files.readString(file).strip().split(" ", -1);
        return words[0].matches("[0-9a-f]{64}") ? new Installation(words[0], words.length > 1) : null;
    }

    /** About to ask for it; on the disk when this returns. */
    void begin(String id, String digest) throws IOException {
        write(id, digest);
    }

    void granted(String id, String digest) throws IOException {
        write(id, digest + " granted");
    }

    private void write(String id, String words) throws IOException {
        Files.createDirectories(folder);
        Path fresh = folder.resolve(file(id).getFileName() + ".new");
        Files.writeString(fresh, words + "\n");
        Files.move(fresh, file(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void end(String id) throws IOException {
        Files.deleteIfExists(file(id));
    }

    private Path file(String id) {
        return folder.resolve(HexFormat.of().formatHex(id.getBytes(StandardCharsets.UTF_8)));
    }
}
