package dev.updraft.image.board;

import dev.updraft.image.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where boards are found: those that come with Updraft (the folder boards/), and files of one's own. */
final class BoardFiles {
    static final String ENDING = ".toml";

    private static final Map<String, Board> READ = new ConcurrentHashMap<>();

    private BoardFiles() {}

    static Optional<Board> named(String name) {
        if (name.endsWith(ENDING)) {
            return Files.isRegularFile(Path.of(name)) ? Optional.of(own(Path.of(name))) : Optional.empty();
        }
        Board known = READ.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        if (!name.matches("[a-z0-9._-]{1,32}")) {
            return Optional.empty();
        }
        try (InputStream stream = BoardFiles.class.getResourceAsStream(name + ENDING)) {
            if (stream == null) {
                return Optional.empty();
            }
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return Optional.of(
                    READ.computeIfAbsent(name, key -> new BoardFile("boards/" + name + ENDING, name, text).board()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Board own(Path file) {
        return BoardFile.read(file).board();
    }

    static List<String> names() {
        try {
            URL here = Objects.requireNonNull(BoardFiles.class.getResource("stm32f407" + ENDING));
            URI uri = here.toURI();
            if (!uri.getScheme().equals("jar")) {
                return names(Objects.requireNonNull(Path.of(uri).getParent()));
            }
            try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                return names(Objects.requireNonNull(jar.provider().getPath(uri).getParent()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException never) {
            throw new IllegalStateException(never);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(ENDING))
                    .map(file -> file.substring(0, file.length() - ENDING.length()))
                    .sorted()
                    .toList();
        }
    }

    /** The name of the board that a file describes: its own. */
    static String name(Path file) {
        @Nullable Path last = file.getFileName();
        String name = last == null ? "" : last.toString();
        if (!name.endsWith(ENDING)) {
            throw new ImageException("'" + file + "' is no board file: its name must end in .toml.");
        }
        return name.substring(0, name.length() - ENDING.length());
    }
}
