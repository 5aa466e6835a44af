package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.InterruptLine;
import dev.updraft.emulator.chip.RegisterBlock;
import dev.updraft.emulator.core.Clock;

/** SPI master of the H7 (RM0433 section 50): 8 bits, full duplex, FIFOs of 16 bytes. */
public final class SpiV2 extends RegisterBlock {
    private static final int CR1 = 0x00;
    private static final int CR2 = 0x04;
    private static final int CFG1 = 0x08;
    private static final int CFG2 = 0x0C;
    private static final int IER = 0x10;
    private static final int SR = 0x14;
    private static final int IFCR = 0x18;
    private static final int TXDR = 0x20;
    private static final int RXDR = 0x30;

    private static final int SPE = 1;
    private static final int CSTART = 1 << 9;
    private static final int CSUSP = 1 << 10;
    private static final int SSI = 1 << 12;
    private static final int MASTER = 1 << 22;
    private static final int SSM = 1 << 26;

    private static final int RXP = 1;
    private static final int TXP = 1 << 1;
    private static final int EOT = 1 << 3;
    private static final int TXTF = 1 << 4;
    private static final int OVR = 1 << 6;
    private static final int MODF = 1 << 9;
    private static final int SUSP = 1 << 11;
    private static final int TXC = 1 << 12;
    private static final int LATCHED = EOT | TXTF | OVR | MODF | SUSP;
    private static final int DEPTH = 16;

    private final ChipTime time;
    private final KernelClock clock;
    private final SpiBus bus;
    private final InterruptLine interrupt;
    private final Clock.Timer timer;
    private final ByteQueue sending = new ByteQueue(DEPTH);
    private final ByteQueue received = new ByteQueue(DEPTH);
    private int shifting = -1;
    private int left;

    public SpiV2(
            String name, ChipTime time, KernelClock clock, SpiBus bus, InterruptLine interrupt, AccessMonitor monitor) {
        super(name, 0x400, monitor);
        this.time = time;
        this.clock = clock;
        this.bus = bus;
        this.interrupt = interrupt;
        timer = time.clock().timer(name + " shift register", this::shifted);
        register(CR1, "CR1", 0, 0xFFFF & ~CSUSP);
        register(CR2, "CR2", 0, 0xFFFF);
        register(CFG1, "CFG1", 0x00070007, -1);
        refuse(CFG1, 1 << 22 | 3 << 14, "hardware CRC and DMA are not modelled");
        register(CFG2, "CFG2", 0, -1);
        refuse(CFG2, 3 << 17, "only full duplex is modelled");
        register(IER, "IER", 0, 0x7FF);
        register(SR, "SR", 0, 0);
        register(IFCR, "IFCR", 0, 0);
        register(TXDR, "TXDR", 0, 0);
        register(RXDR, "RXDR", 0, 0);
        register(0x40, "CRCPOLY", 0x107, -1);
        register(0x4C, "UDRDR", 0, -1);
        register(0x50, "I2SCFGR", 0, 0x03FFFFFE);
    }

    private int threshold() {
        return (word(CFG1) >>> 5 & 15) + 1;
    }

    private int status() {
        int value = word(SR) & LATCHED;
        value |= received.size() >= threshold() ? RXP : 0;
        value |= bit(CR1, SPE) && DEPTH - sending.size() >= threshold() ? TXP : 0;
        value |= (value & (RXP | TXP)) == (RXP | TXP) ? 1 << 2 : 0;
        value |= shifting < 0 && sending.isEmpty() ? TXC : 0;
        value |= Math.min(received.size(), 3) << 13 | (received.size() >= 4 ? 1 << 15 : 0);
        return value | left << 16;
    }

    @Override
    protected boolean isSteady(int offset) {
        return offset == SR;
    }

    @Override
    protected int onRead(int offset) {
        return switch (offset) {
            case SR -> status();
            case RXDR -> pop() | pop() << 8 | pop() << 16 | pop() << 24;
            default -> word(offset);
        };
    }

    @Override
    protected int onNarrowRead(int offset, int width) {
        if (offset == RXDR) {
            return width == 1 ? pop() : pop() | pop() << 8;
        }
        return super.onNarrowRead(offset, width);
    }

    private int pop() {
        int value = received.isEmpty() ? 0 : received.take();
        start();
        update();
        return value;
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        switch (offset) {
            case CR1 -> control(written, old);
            case IFCR -> change(SR, written & LATCHED, false);
            case TXDR -> push(written, 4);
            default -> {}
        }
        update();
    }

    @Override
    protected boolean onNarrowWrite(int offset, int width, int value) {
        if (offset != TXDR) {
            return false;
        }
        push(value, width);
        update();
        return true;
    }

    private void control(int written, int old) {
        if ((written & SPE) == 0) {
            sending.clear();
            received.clear();
            shifting = -1;
            timer.cancel();
            change(CR1, CSTART, false);
            left = 0;
            return;
        }
        if ((word(CFG1) & 31) != 7) {
            monitor()
                    .notModelled("write of 0x" + hex(written) + " to " + registerName(CR1)
                            + ": only 8-bit data is modelled");
            return;
        }
        if (bit(CFG2, MASTER) && bit(CFG2, SSM) && (written & SSI) == 0) {
            change(SR, MODF, true);
            change(CR1, SPE, false);
            return;
        }
        if ((written & CSTART) != 0 && (old & CSTART) == 0) {
            left = word(CR2);
        }
        if ((written & CSUSP) != 0) {
            change(CR1, CSTART, false);
            change(SR, SUSP, true);
        }
        start();
    }

    private void push(int value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            if (sending.isFull() || !bit(CR1, SPE)) {
                monitor()
                        .suspicious("write to " + registerName(TXDR)
                                + " while the FIFO is full or SPE is 0: a byte is lost");
                return;
            }
            sending.put(value >>> 8 * i & 0xFF);
        }
        start();
    }

    private void start() {
        boolean running = bit(CR1, CSTART) && bit(CFG2, MASTER);
        if (shifting < 0 && running && !sending.isEmpty() && !received.isFull()) {
            shifting = sending.take();
            long divider = 2L << (word(CFG1) >>> 28 & 7);
            timer.start(Math.max(1, 8 * divider * time.hertz() / clock.hertz()));
        }
    }

    private void shifted() {
        int value = shifting;
        shifting = -1;
        received.put(bus.transfer(value));
        if (word(CR2) != 0 && left > 0) {
            left--;
            if (left == 0) {
                change(SR, EOT | TXTF, true);
                change(CR1, CSTART, false);
            }
        }
        start();
        update();
    }

    private void update() {
        interrupt.drive((status() & word(IER)) != 0);
    }

    @Override
    public void reset() {
        super.reset();
        sending.clear();
        received.clear();
        shifting = -1;
        left = 0;
        timer.cancel();
        interrupt.drive(false);
    }

    @Override
    public long[] save() {
        long[] more = new long[2 + 2 * (DEPTH + 1)];
        more[0] = shifting;
        more[1] = left;
        sending.saveTo(more, 2);
        received.saveTo(more, 3 + DEPTH);
        return saveWith(more);
    }

    @Override
    public void restore(long[] from) {
        super.restore(from);
        shifting = (int) more(from, 0);
        left = (int) more(from, 1);
        sending.restoreFrom(from, size() / 4 + 2);
        received.restoreFrom(from, size() / 4 + 3 + DEPTH);
    }
}
