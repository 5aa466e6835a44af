package dev.updraft.emulator.chip;

import dev.updraft.emulator.memory.Device;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A peripheral as the processor sees it: 32-bit registers at word offsets. A subclass declares its registers, and overrides
 * {@link #onRead} and {@link #onWrite} where a register is more than storage. An offset that was not declared reads as 0 and takes no writes, as a
 * reserved one does, with a note; a bit that was declared as refused stops the board and names the register.
 */
public abstract class RegisterBlock implements Device {
    private final String name;
    private final AccessMonitor monitor;
    private final int[] words;
    private final int[] resets;
    private final int[] stored;
    private final int[] refused;
    private final @Nullable String[] names;
    private final @Nullable String[] reasons;
    private BooleanSupplier clocked = () -> true;

    /** @param size bytes of address space, a multiple of 4 */
    protected RegisterBlock(String name, int size, AccessMonitor monitor) {
        this.name = name;
        this.monitor = monitor;
        words = new int[size / 4];
        resets = new int[size / 4];
        stored = new int[size / 4];
        refused = new int[size / 4];
        names = new String[size / 4];
        reasons = new String[size / 4];
    }

    public final String name() {
        return name;
    }

    /** Size of the address range in bytes. */
    public final int size() {
        return words.length * 4;
    }

    protected final AccessMonitor monitor() {
        return monitor;
    }

    /** Declares a register: what it holds after reset, and which bits keep what is written. */
    protected final void register(int offset, String registerName, int reset, int storedBits) {
        int index = offset / 4;
        names[index] = registerName;
        resets[index] = reset;
        stored[index] = storedBits;
        words[index] = reset;
    }

    /** Declares bits of a register that stop the board when they are set, because what they ask for is not modelled. */
    protected final void refuse(int offset, int bits, String reason) {
        refused[offset / 4] = bits;
        reasons[offset / 4] = reason;
    }

    /** Says when the peripheral has its clock; without it reads give 0 and writes do nothing, as on the chip. */
    public final void clockedWhen(BooleanSupplier condition) {
        clocked = condition;
    }

    /** The name of the register at an offset, for reports. */
    public final String registerName(int offset) {
        String register = offset >= 0 && offset / 4 < names.length ? names[offset / 4] : null;
        return name + "." + (register == null ? "+0x" + Integer.toHexString(offset & ~3) : register);
    }

    /** What a register holds, without side effects. */
    protected final int word(int offset) {
        return words[offset / 4];
    }

    protected final void setWord(int offset, int value) {
        words[offset / 4] = value;
    }

    protected final boolean bit(int offset, int mask) {
        return (words[offset / 4] & mask) != 0;
    }

    /** Sets or clears bits of a register as the hardware does. */
    protected final void change(int offset, int mask, boolean on) {
        words[offset / 4] = on ? words[offset / 4] | mask : words[offset / 4] & ~mask;
    }

    /** The value that a read gives; may have side effects. */
    protected int onRead(int offset) {
        return words[offset / 4];
    }

    /**
     * The firmware wrote a register. The stored bits already hold their new value.
     *
     * @param written the whole word as written; in a narrower write the other bytes are those the register held
     * @param old what the register held before
     */
    protected void onWrite(int offset, int written, int old) {}

    /** As {@link Device#steady}, for a register that is declared while there is a clock; no at first. */
    protected boolean isSteady(int offset) {
        return false;
    }

    @Override
    public final boolean steady(int offset) {
        return names[offset / 4] != null && clocked.getAsBoolean() && isSteady(offset & ~3);
    }

    /** As {@link Device#idempotent}, for a write of a whole word while there is a clock; no at first. */
    protected boolean isIdempotent(int offset, int value) {
        return false;
    }

    @Override
    public final boolean idempotent(int offset, int width, int value) {
        return width == 4 && clocked.getAsBoolean() && isIdempotent(offset, value);
    }

    /** A read of 1 or 2 bytes, for registers where that is not a read of the word. */
    protected int onNarrowRead(int offset, int width) {
        return onRead(offset & ~3) >>> (offset & 3) * 8;
    }

    /** A write of 1 or 2 bytes, for registers where that is not a change of a part of the word; returns true when it was that. */
    protected boolean onNarrowWrite(int offset, int width, int value) {
        return false;
    }

    /** Back to the values after a system reset. */
    public void reset() {
        System.arraycopy(resets, 0, words, 0, words.length);
    }

    @Override
    public final int read(int offset, int width) {
        int at = offset & ~3;
        if (names[at / 4] == null) {
            monitor.suspicious("read of " + registerName(at) + ", which is reserved or not modelled: it gives 0");
            return 0;
        }
        if (!clocked.getAsBoolean()) {
            monitor.suspicious("read of " + registerName(at) + " while " + name + " has no clock (see RCC)");
            return 0;
        }
        return width < 4 ? onNarrowRead(offset, width) & mask(width) : onRead(at);
    }

    @Override
    public final void write(int offset, int width, int value) {
        int at = offset & ~3;
        int index = at / 4;
        if (names[index] == null) {
            monitor.suspicious("write of 0x" + hex(value) + " to " + registerName(at)
                    + ", which is reserved or not modelled: it has no effect");
            return;
        }
        if (!clocked.getAsBoolean()) {
            monitor.suspicious("write of 0x" + hex(value) + " to " + registerName(at) + " while " + name
                    + " has no clock (see RCC)");
            return;
        }
        if (width < 4 && onNarrowWrite(offset, width, value & mask(width))) {
            return;
        }
        int shift = (offset & 3) * 8;
        int written = width == 4 ? value : words[index] & ~(mask(width) << shift) | (value & mask(width)) << shift;
        if ((written & refused[index]) != 0) {
            monitor.notModelled("write of 0x" + hex(written) + " to " + registerName(at) + ": " + reasons[index]);
            return;
        }
        int old = words[index];
        words[index] = old & ~stored[index] | written & stored[index];
        onWrite(at, written, old);
    }

    private static int mask(int width) {
        return width == 4 ? -1 : (1 << width * 8) - 1;
    }

    protected static String hex(int value) {
        return HexFormat.of().withUpperCase().toHexDigits(value);
    }

    /** The registers and whatever else the peripheral remembers, as numbers. */
    public long[] save() {
        return saveWith();
    }

    /** Takes over what {@link #save} gave, from this peripheral or one of a board that was built the same way. */
    public void restore(long[] from) {
        for (int i = 0; i < words.length; i++) {
            words[i] = (int) from[i];
        }
    }

    /** {@link #save} of the registers with more numbers behind them. */
    protected final long[] saveWith(long... more) {
        long[] out = new long[words.length + more.length];
        for (int i = 0; i < words.length; i++) {
            out[i] = words[i];
        }
        System.arraycopy(more, 0, out, words.length, more.length);
        return out;
    }

    /** The number at {@code index} behind the registers. */
    protected final long more(long[] from, int index) {
        return from[words.length + index];
    }
}
