package dev.updraft.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Images that imgtool 2.4.0 made from one payload, with their keys; see the README beside them. */
public final class Vectors {
    private Vectors() {}

    public static byte[] bytes(String name) {
        try (InputStream in = Objects.requireNonNull(Vectors.class.getResourceAsStream("/mcuboot/" + name), name)) {
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public static String text(String name) {
        return new String(bytes(name), StandardCharsets.US_ASCII);
    }

    public static byte[] payload() {
        return bytes("payload.bin");
    }
}
