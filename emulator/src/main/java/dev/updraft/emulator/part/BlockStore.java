package dev.updraft.emulator.part;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Where an SD card keeps its blocks of 512 bytes. */
public interface BlockStore {
    /** Bytes in a block. */
    int BLOCK = 512;

    /** Number of blocks. */
    long blocks();

    void read(long block, byte[] into);

    void write(long block, byte[] from);

    /** Everything, for a snapshot; empty when the content is kept outside and not copied. */
    default byte[] save() {
        return new byte[0];
    }

    default void restore(byte[] from) {}

    /** In memory; the array is the card's content, a multiple of 512 bytes long. */
    static BlockStore of(byte[] content) {
        return new BlockStore() {
            @Override
            public long blocks() {
                return content.length / BLOCK;
            }

            @Override
            public void read(long block, byte[] into) {
                System.arraycopy(content, (int) block * BLOCK, into, 0, BLOCK);
            }

            @Override
            public void write(long block, byte[] from) {
                System.arraycopy(from, 0, content, (int) block * BLOCK, BLOCK);
            }

            @Override
            public byte[] save() {
                return content.clone();
            }

            @Override
            public void restore(byte[] from) {
                System.arraycopy(from, 0, content, 0, content.length);
            }
        };
    }

    /** An image file, written in place. A board's snapshot does not hold what is in it. */
    static BlockStore of(Path image) throws IOException {
        FileChannel file = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE);
        long count = file.size() / BLOCK;
        return new BlockStore() {
            @Override
            public long blocks() {
                return count;
            }

            @Override
            public void read(long block, byte[] into) {
                Arrays.fill(into, (byte) 0);
                try {
                    file.read(ByteBuffer.wrap(into), block * BLOCK);
                } catch (IOException e) {
                    throw new UncheckedIOException("reading " + image, e);
                }
            }

            @Override
            public void write(long block, byte[] from) {
                try {
                    file.write(ByteBuffer.wrap(from), block * BLOCK);
                } catch (IOException e) {
                    throw new UncheckedIOException("writing " + image, e);
                }
            }
        };
    }
}
