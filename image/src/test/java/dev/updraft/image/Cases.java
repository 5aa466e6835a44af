package dev.updraft.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Files, keys and images as other tools and people make them; see the README beside them. */
public final class Cases {
    private Cases() {}

    public static Path path(String name) {
        try {
            return Path.of(Objects.requireNonNull(Cases.class.getResource("/files/" + name), name)
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(path(name));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Each byte a letter, as the command line reads a key. */
    public static String text(String name) {
        return new String(bytes(name), StandardCharsets.ISO_8859_1);
    }

    /** All files of a folder, by name. */
    public static List<Path> all(String folder) {
        try (Stream<Path> files = Files.list(path(folder))) {
            return files.sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
