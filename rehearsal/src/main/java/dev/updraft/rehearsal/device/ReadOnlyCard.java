package dev.updraft.rehearsal.device;

import dev.updraft.emulator.part.BlockStore;

/** A card that the bootloader has no business to write on: so its content is no part of a board's state. */
final class ReadOnlyCard implements BlockStore {
    private final byte[] content;

    ReadOnlyCard(byte[] content) {
        this.content = content;
    }

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
        throw new IllegalStateException("the bootloader wrote block " + block + " of the SD card");
    }
}
