package dev.updraft.cli.demo;

import dev.updraft.cli.key.KeyHeader;
import dev.updraft.image.Image;
import dev.updraft.image.ImageSigner;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A publisher with a fresh key. */
record Signing(SigningKey key) {
    static Signing fresh() {
        return new Signing(SigningKey.generate(KeyType.P256));
    }

    Image sign(byte[] application, String board, String version) {
        return ImageSigner.with(key).version(version).board(board).sign(application);
    }

    /** Writes the header that the bootloader is compiled with; returns it. */
    Path writeHeader(Path directory) {
        try {
            Files.createDirectories(directory);
            return Files.writeString(directory.resolve("demo-keys.h"), KeyHeader.of(List.of(key.verifying()), null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
