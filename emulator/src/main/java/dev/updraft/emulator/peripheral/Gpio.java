package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.RegisterBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One GPIO port of 16 pins (RM0090 section 8; the same on L4 and H7). */
public final class Gpio extends RegisterBlock {
    private static final int MODER = 0x00;
    private static final int OTYPER = 0x04;
    private static final int OSPEEDR = 0x08;
    private static final int PUPDR = 0x0C;
    private static final int IDR = 0x10;
    private static final int ODR = 0x14;
    private static final int BSRR = 0x18;
    private static final int LCKR = 0x1C;
    private static final int AFRL = 0x20;
    private static final int AFRH = 0x24;
    private static final int BRR = 0x28;
    private static final int ASCR = 0x2C;

    private final List<List<Consumer<Boolean>>> listeners = new ArrayList<>();
    private int driven;
    private int levels;
    private int seen;

    /**
     * @param moder reset value of MODER, which differs between ports because of the debug pins
     * @param bitReset whether the port has BRR (L4, H7) and ASCR (L4)
     */
    public Gpio(String name, int moder, boolean bitReset, AccessMonitor monitor) {
        super(name, 0x400, monitor);
        register(MODER, "MODER", moder, -1);
        register(OTYPER, "OTYPER", 0, 0xFFFF);
        register(OSPEEDR, "OSPEEDR", 0, -1);
        register(PUPDR, "PUPDR", 0, -1);
        register(IDR, "IDR", 0, 0);
        register(ODR, "ODR", 0, 0xFFFF);
        register(BSRR, "BSRR", 0, 0);
        register(LCKR, "LCKR", 0, 0x1FFFF);
        register(AFRL, "AFRL", 0, -1);
        register(AFRH, "AFRH", 0, -1);
        if (bitReset) {
            register(BRR, "BRR", 0, 0);
            register(ASCR, "ASCR", 0, 0xFFFF);
        }
        for (int i = 0; i < 16; i++) {
            listeners.add(new ArrayList<>());
        }
        seen = levels();
    }

    /** Told the level of a pin at once and whenever it changes; a pin that nobody drives is high. */
    public void onPin(int pin, Consumer<Boolean> listener) {
        listeners.get(pin).add(listener);
        listener.accept((seen >>> pin & 1) != 0);
    }

    /** Drives a pin from outside. */
    public void drive(int pin, boolean high) {
        driven |= 1 << pin;
        levels = levels & ~(1 << pin) | (high ? 1 << pin : 0);
        tell();
    }

    /** The level of each pin. */
    private int levels() {
        int out = 0;
        for (int pin = 0; pin < 16; pin++) {
            int mode = word(MODER) >>> pin * 2 & 3;
            int pull = word(PUPDR) >>> pin * 2 & 3;
            boolean high = mode == 1
                    ? (word(ODR) >>> pin & 1) != 0
                    : (driven >>> pin & 1) != 0 ? (levels >>> pin & 1) != 0 : pull != 2;
            out |= high ? 1 << pin : 0;
        }
        return out;
    }

    private void tell() {
        int now = levels();
        int changed = now ^ seen;
        seen = now;
        for (int pin = 0; changed != 0; pin++, changed >>>= 1) {
            if ((changed & 1) != 0) {
                boolean high = (now >>> pin & 1) != 0;
                listeners.get(pin).forEach(listener -> listener.accept(high));
            }
        }
    }

    @Override
    protected int onRead(int offset) {
        return switch (offset) {
            case IDR -> levels();
            case BSRR, BRR -> 0;
            default -> word(offset);
        };
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        switch (offset) {
            case BSRR -> setWord(ODR, word(ODR) & ~(written >>> 16) | written & 0xFFFF);
            case BRR -> setWord(ODR, word(ODR) & ~written);
            default -> {}
        }
        if (offset == MODER || offset == ODR || offset == BSRR || offset == BRR || offset == PUPDR) {
            tell();
        }
    }

    @Override
    public void reset() {
        super.reset();
        tell();
    }

    @Override
    public long[] save() {
        return saveWith(driven, levels);
    }

    @Override
    public void restore(long[] from) {
        super.restore(from);
        driven = (int) more(from, 0);
        levels = (int) more(from, 1);
        tell();
    }
}
