package dev.updraft.emulator.memory;

/**
 * Flash memory. The processor reads the byte array straight, without asking anyone, except inside the guarded range;
 * writes go to the flash controller. The controller changes {@link #bytes()} and then calls {@link #changed}.
 */
public final class Flash extends Region {
    private final byte[] bytes;
    private final FlashController controller;
    private final Bus bus;
    private int guardFrom;
    private int guardTo;

    Flash(Bus bus, String name, int base, byte[] bytes, FlashController controller) {
        super(name, base, bytes.length);
        this.bus = bus;
        this.bytes = bytes;
        this.controller = controller;
    }

    /** The content as the processor sees it outside of the guarded range. */
    public byte[] bytes() {
        return bytes;
    }

    /** From now on reads of offsets in {@code [from, to)} ask the controller; an empty range asks it never. */
    public void guard(int from, int to) {
        guardFrom = from;
        guardTo = to;
        bus.mapChanged();
    }

    /** Content in {@code [offset, offset + length)} changed, or is no longer to be trusted: code from there is decoded anew. */
    public void changed(int offset, int length) {
        bus.codeChanged(this, offset, length);
    }

    /** First guarded offset, or the size when nothing is guarded: reads below it need no question. */
    public int firstGuarded() {
        return guardFrom < guardTo ? guardFrom : size();
    }

    public boolean guarded(int offset, int width) {
        return offset < guardTo && offset + width > guardFrom;
    }

    @Override
    public int read(int offset, int width) {
        return guarded(offset, width) ? controller.guardedRead(offset, width) : LittleEndian.get(bytes, offset, width);
    }

    @Override
    void write(int offset, int width, int value) {
        controller.write(offset, width, value);
    }

    @Override
    byte[] plainBytes() {
        return bytes;
    }
}
