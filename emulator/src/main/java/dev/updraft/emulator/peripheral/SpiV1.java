package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.InterruptLine;
import dev.updraft.emulator.chip.RegisterBlock;
import dev.updraft.emulator.core.Clock;

/**
 * SPI master of the F4 (RM0090 section 28): 8 or 16 bits, full duplex. On the L4 (RM0351 section 42) with its FIFOs of four bytes, 8 bits
 * only, where a 16-bit access to DR moves two bytes.
 */
public final class SpiV1 extends RegisterBlock {
    private static final int CR1 = 0x00;
    private static final int CR2 = 0x04;
    private static final int SR = 0x08;
    private static final int DR = 0x0C;

    private static final int RXNE = 1;
    private static final int TXE = 1 << 1;
    private static final int MODF = 1 << 5;
    private static final int OVR = 1 << 6;
    private static final int BSY = 1 << 7;

    private static final int MSTR = 1 << 2;
    private static final int SPE = 1 << 6;
    private static final int SSI = 1 << 8;
    private static final int SSM = 1 << 9;
    private static final int DFF = 1 << 11;
    private static final int RXNEIE = 1 << 6;
    private static final int TXEIE = 1 << 7;
    private static final int ERRIE = 1 << 5;

    private final ChipTime time;
    private final KernelClock clock;
    private final SpiBus bus;
    private final InterruptLine interrupt;
    private final Clock.Timer timer;
    private final boolean fifo;
    private final int depth;
    private final ByteQueue sending;
    private final ByteQueue received;
    private int shifting = -1;
    private boolean dataReadAfterOverrun;

    /** @param fifo whether it is the L4's with FIFOs */
    public SpiV1(
            String name,
            boolean fifo,
            ChipTime time,
            KernelClock clock,
            SpiBus bus,
            InterruptLine interrupt,
            AccessMonitor monitor) {
        super(name, 0x400, monitor);
        this.fifo = fifo;
        this.time = time;
        this.clock = clock;
        this.bus = bus;
        this.interrupt = interrupt;
        depth = fifo ? 4 : 1;
        sending = new ByteQueue(depth);
        received = new ByteQueue(depth);
        timer = time.clock().timer(name + " shift register", this::shifted);
        register(CR1, "CR1", 0, 0xFFFF);
        refuse(
                CR1,
                1 << 15 | 1 << 13 | 1 << 12 | 1 << 10,
                "one-wire, receive-only and hardware CRC modes are not modelled");
        register(CR2, "CR2", fifo ? 0x700 : 0, 0x7FF7);
        refuse(CR2, 3, "DMA is not modelled");
        register(SR, "SR", TXE, 0);
        register(DR, "DR", 0, 0);
        register(0x10, "CRCPR", 7, 0xFFFF);
        register(0x1C, "I2SCFGR", 0, 0x7FF);
        refuse(0x1C, 1 << 11, "I2S is not modelled");
        register(0x20, "I2SPR", 2, 0x3FF);
    }

    private boolean wide() {
        return !fifo && bit(CR1, DFF);
    }

    @Override
    protected boolean isSteady(int offset) {
        return offset == SR;
    }

    @Override
    protected int onRead(int offset) {
        return switch (offset) {
            case SR -> {
                if (dataReadAfterOverrun) {
                    change(SR, OVR, false);
                    dataReadAfterOverrun = false;
                }
                yield status();
            }
            case DR -> fifo ? pop() | pop() << 8 : pop();
            default -> word(offset);
        };
    }

    @Override
    protected int onNarrowRead(int offset, int width) {
        if (offset == DR && fifo && width == 1) {
            return pop();
        }
        return super.onNarrowRead(offset, width);
    }

    private int pop() {
        dataReadAfterOverrun = bit(SR, OVR);
        int value = received.isEmpty() ? word(DR) : received.take();
        setWord(DR, value);
        update();
        return value;
    }

    private int status() {
        int value = word(SR) & ~(RXNE | TXE | BSY);
        value |= receivedEnough() ? RXNE : 0;
        value |= sending.size() <= depth / 2 ? TXE : 0;
        value |= shifting >= 0 || !sending.isEmpty() ? BSY : 0;
        if (fifo) {
            value |= level(received.size()) << 9 | level(sending.size()) << 11;
        }
        return value;
    }

    private boolean receivedEnough() {
        boolean oneByte = !fifo || bit(CR2, 1 << 12); // FRXTH
        return oneByte ? !received.isEmpty() : received.size() >= 2;
    }

    private static int level(int count) {
        return count == 0 ? 0 : count == 1 ? 1 : count <= 3 ? 2 : 3;
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        switch (offset) {
            case DR -> {
                if (fifo) {
                    push(written & 0xFF);
                    push(written >>> 8 & 0xFF);
                } else {
                    push(wide() ? written & 0xFFFF : written & 0xFF);
                }
            }
            case CR1 -> {
                if (fifo && bit(CR2, 8 << 8) && (written & SPE) != 0 && (word(CR2) >>> 8 & 15) != 7) {
                    monitor()
                            .notModelled("write of 0x" + hex(written) + " to " + registerName(CR1)
                                    + ": only 8-bit data is modelled");
                }
                if ((written & (MSTR | SSM | SSI)) == (MSTR | SSM)) {
                    change(SR, MODF, true); // NSS low on a master: it falls back to slave (RM0090 28.3.10)
                    change(CR1, MSTR | SPE, false);
                }
                start();
            }
            default -> {}
        }
        update();
    }

    @Override
    protected boolean onNarrowWrite(int offset, int width, int value) {
        if (offset != DR) {
            return false;
        }
        if (fifo && width == 2) {
            push(value & 0xFF);
            push(value >>> 8);
        } else {
            push(value);
        }
        update();
        return true;
    }

    private void push(int value) {
        if (sending.size() == depth) {
            monitor()
                    .suspicious("write to " + registerName(DR)
                            + " while the transmit buffer is full (TXE is 0): a byte is lost");
            return;
        }
        sending.put(value);
        start();
    }

    private void start() {
        if (shifting < 0 && !sending.isEmpty() && (word(CR1) & (SPE | MSTR)) == (SPE | MSTR)) {
            shifting = sending.take();
            long bits = wide() ? 16 : 8;
            long divider = 2L << (word(CR1) >>> 3 & 7);
            timer.start(Math.max(1, bits * divider * time.hertz() / clock.hertz()));
        }
    }

    private void shifted() {
        int value = shifting;
        shifting = -1;
        int answer = wide() ? bus.transfer(value >>> 8) << 8 | bus.transfer(value & 0xFF) : bus.transfer(value);
        if (received.size() == depth) {
            change(SR, OVR, true);
        } else {
            received.put(answer);
        }
        start();
        update();
    }

    private void update() {
        int status = status();
        boolean high = (status & RXNE) != 0 && bit(CR2, RXNEIE)
                || (status & TXE) != 0 && bit(CR2, TXEIE)
                || (status & (OVR | MODF)) != 0 && bit(CR2, ERRIE);
        interrupt.drive(high);
    }

    @Override
    public void reset() {
        super.reset();
        sending.clear();
        received.clear();
        shifting = -1;
        dataReadAfterOverrun = false;
        timer.cancel();
        interrupt.drive(false);
    }

    @Override
    public long[] save() {
        long[] more = new long[2 + 2 * (depth + 1)];
        more[0] = shifting;
        more[1] = dataReadAfterOverrun ? 1 : 0;
        sending.saveTo(more, 2);
        received.saveTo(more, 3 + depth);
        return saveWith(more);
    }

    @Override
    public void restore(long[] from) {
        super.restore(from);
        shifting = (int) more(from, 0);
        dataReadAfterOverrun = more(from, 1) != 0;
        sending.restoreFrom(from, size() / 4 + 2);
        received.restoreFrom(from, size() / 4 + 3 + depth);
    }
}
