package dev.updraft.rehearsal.device;

import dev.updraft.emulator.part.BlockStore;

/**
 * A card that the bootloader has no business to write on: so its content is no part of a board's state, and does not change.
 *
 * @param written run when it does
 */
record ReadOnlyCard(BlockStore content, Runnable written) implements BlockStore {
    @Override
    public long blocks() {
        return content.blocks();
    }

    @Override
    public void read(long block, byte[] into) {
        content.read(block, into);
    }

    @Override
    public void write(long block, byte[] from) {
        written.run();
    }
}
