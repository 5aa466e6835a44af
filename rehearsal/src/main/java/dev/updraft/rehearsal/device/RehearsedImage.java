package dev.updraft.rehearsal.device;

import dev.updraft.image.Image;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One of the two images, as the flash holds it once it runs. */
@SuppressWarnings("ArrayRecordComponent") // compared by identity, never changed
public record RehearsedImage(Image image, byte[] bytes, byte[] digest) {
    public static RehearsedImage of(Image image) {
        return new RehearsedImage(image, image.bytes().toArray(), image.digest().toArray());
    }

    public int size() {
        return bytes.length;
    }

    public long counter() {
        return image.securityCounter().orElse(0);
    }

    /** Address of its first instruction, from its vector table. */
    public int entry() {
        int vectors = image.header().headerSize();
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(vectors + 4) & ~1;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return image.toString();
    }
}
