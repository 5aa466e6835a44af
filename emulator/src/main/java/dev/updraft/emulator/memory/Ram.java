package dev.updraft.emulator.memory;

/** Memory that the processor reads and writes straight in a byte array. */
public final class Ram extends Region {
    private final byte[] bytes;

    Ram(String name, int base, byte[] bytes) {
        super(name, base, bytes.length);
        this.bytes = bytes;
    }

    /** The memory itself; whoever writes code into it need not tell, because code in RAM is checked before it runs. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    int read(int offset, int width) {
        return LittleEndian.get(bytes, offset, width);
    }

    @Override
    void write(int offset, int width, int value) {
        LittleEndian.put(bytes, offset, width, value);
    }

    @Override
    byte[] plainBytes() {
        return bytes;
    }
}
