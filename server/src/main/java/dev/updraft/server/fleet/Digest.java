package dev.updraft.server.fleet;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.updraft.image.Sha256;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** The digest of an image (docs/reference/image.md): 32 bytes, hex in JSON. */
public record Digest(long a, long b, long c, long d) {
    public static Digest of(byte[] bytes) {
        if (bytes.length != 32) {
            throw new IllegalArgumentException("a digest has 32 bytes, not " + bytes.length);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new Digest(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }

    @JsonCreator
    public static Digest of(String hex) {
        if (hex.length() != 64) {
            throw new IllegalArgumentException("a digest has 64 hex digits, not " + hex.length());
        }
        return of(HexFormat.of().parseHex(hex));
    }

    public byte[] bytes() {
        return ByteBuffer.allocate(32)
                .putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .array();
    }

    /** Of {@code bytes}. */
    public static Digest sha256(byte[] bytes) {
        return of(Sha256.of(bytes));
    }

    /** Enough of it to tell it from others, for people. */
    public String start() {
        return toString().substring(0, 12);
    }

    @Override
    @JsonValue
    public String toString() {
        return HexFormat.of().formatHex(bytes());
    }
}
