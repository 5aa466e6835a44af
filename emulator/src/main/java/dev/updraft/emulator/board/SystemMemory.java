package dev.updraft.emulator.board;

import dev.updraft.emulator.memory.BusFault;
import dev.updraft.emulator.memory.Device;
import dev.updraft.emulator.memory.LittleEndian;
import java.util.Arrays;

/** Read-only memory of the chip's maker: unique ID and flash size; what is not known reads as erased. */
final class SystemMemory implements Device {
    private final int base;
    private final byte[] bytes;

    SystemMemory(int base, int size) {
        this.base = base;
        bytes = new byte[size];
        Arrays.fill(bytes, (byte) 0xFF);
    }

    SystemMemory put(int address, byte[] content) {
        System.arraycopy(content, 0, bytes, address - base, content.length);
        return this;
    }

    SystemMemory putHalfWord(int address, int value) {
        LittleEndian.put(bytes, address - base, 2, value);
        return this;
    }

    @Override
    public int read(int offset, int width) {
        return LittleEndian.get(bytes, offset, width);
    }

    @Override
    public void write(int offset, int width, int value) {
        throw new BusFault(
                base + offset, "write to read-only system memory at 0x" + Integer.toHexString(base + offset));
    }
}
