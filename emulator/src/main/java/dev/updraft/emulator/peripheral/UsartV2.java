package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.InterruptLine;
import dev.updraft.emulator.chip.RegisterBlock;
import dev.updraft.emulator.part.UartPart;

/** USART of the L4 (RM0351 section 40), and with FIFOs and prescaler of the H7 (RM0433 section 48): asynchronous mode, 8 bits, RTS/CTS. */
public final class UsartV2 extends RegisterBlock implements UartShifter.Owner {
    private static final int CR1 = 0x00;
    private static final int CR2 = 0x04;
    private static final int CR3 = 0x08;
    private static final int BRR = 0x0C;
    private static final int RQR = 0x18;
    private static final int ISR = 0x1C;
    private static final int ICR = 0x20;
    private static final int RDR = 0x24;
    private static final int TDR = 0x28;
    private static final int PRESC = 0x2C;

    private static final int FE = 1 << 1;
    private static final int ORE = 1 << 3;
    private static final int IDLE = 1 << 4;
    private static final int RXNE = 1 << 5;
    private static final int TC = 1 << 6;
    private static final int TXE = 1 << 7;
    private static final int BUSY = 1 << 16;
    private static final int TEACK = 1 << 21;
    private static final int REACK = 1 << 22;

    private static final int UE = 1;
    private static final int RE = 1 << 2;
    private static final int TE = 1 << 3;
    private static final int OVER8 = 1 << 15;
    private static final int FIFOEN = 1 << 29;

    private static final int EIE = 1;
    private static final int RTSE = 1 << 8;
    private static final int CTSE = 1 << 9;
    private static final int OVRDIS = 1 << 12;
    private static final int[] PRESCALERS = {1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256};
    private static final int DEPTH = 16;

    private final KernelClock clock;
    private final InterruptLine interrupt;
    private final UartShifter shifter;
    private final ByteQueue sending = new ByteQueue(DEPTH);
    private final ByteQueue received = new ByteQueue(DEPTH);

    /** @param fifo whether it has FIFOs and a prescaler (H7) */
    public UsartV2(
            String name,
            boolean fifo,
            ChipTime time,
            KernelClock clock,
            InterruptLine interrupt,
            AccessMonitor monitor) {
        super(name, 0x400, monitor);
        this.clock = clock;
        this.interrupt = interrupt;
        shifter = new UartShifter(name, time, this);
        register(CR1, "CR1", 0, fifo ? 0xFFFFFFFF : 0x1FFFFFFF);
        refuse(
                CR1,
                1 << 28 | 1 << 12 | 1 << 10 | 1 << 1,
                "words of 7 or 9 bits, parity and stop mode are not modelled");
        register(CR2, "CR2", 0, -1);
        refuse(
                CR2,
                1 << 23 | 1 << 20 | 1 << 14 | 1 << 11,
                "time-out, automatic baud rate, LIN and synchronous mode are not modelled");
        register(CR3, "CR3", 0, -1);
        refuse(CR3, 0xFE, "DMA, smartcard, IrDA and half duplex are not modelled");
        register(BRR, "BRR", 0, 0xFFFF);
        register(0x10, "GTPR", 0, 0xFFFF);
        register(0x14, "RTOR", 0, -1);
        register(RQR, "RQR", 0, 0);
        register(ISR, "ISR", 0, 0);
        register(ICR, "ICR", 0, 0);
        register(RDR, "RDR", 0, 0);
        register(TDR, "TDR", 0, 0);
        if (fifo) {
            register(PRESC, "PRESC", 0, 0xF);
        }
        setWord(ISR, TC);
    }

    /** Attaches the part at the other end. */
    public void connect(UartPart part) {
        shifter.connect(part);
    }

    private int depth() {
        return bit(CR1, FIFOEN) ? DEPTH : 1;
    }

    private int status() {
        int control = word(CR1);
        int value = word(ISR) & (FE | ORE | IDLE | TC);
        value |= received.isEmpty() ? 0 : RXNE;
        value |= sending.size() < depth() ? TXE : 0;
        value |= shifter.busy() ? BUSY : 0;
        value |= (control & (UE | TE)) == (UE | TE) ? TEACK : 0;
        value |= (control & (UE | RE)) == (UE | RE) ? REACK : 0;
        return value;
    }

    @Override
    protected boolean isSteady(int offset) {
        return offset == ISR;
    }

    @Override
    protected int onRead(int offset) {
        return switch (offset) {
            case ISR -> status();
            case RDR -> {
                if (!received.isEmpty()) {
                    setWord(RDR, received.take());
                    update();
                    shifter.wantsDataAgain();
                }
                yield word(RDR);
            }
            default -> word(offset);
        };
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        switch (offset) {
            case ICR -> change(ISR, written & (FE | ORE | IDLE | TC), false);
            case RQR -> {
                if ((written & 1 << 3) != 0) {
                    received.clear();
                    shifter.wantsDataAgain();
                }
                if ((written & 1 << 4) != 0) {
                    sending.clear();
                }
            }
            case TDR -> transmit(written & 0xFF);
            case CR1 -> {
                if ((written & UE) == 0) {
                    sending.clear();
                    received.clear();
                    setWord(ISR, TC);
                }
                start();
            }
            default -> {}
        }
        update();
    }

    private void transmit(int value) {
        if ((word(CR1) & (UE | TE)) != (UE | TE)) {
            monitor().suspicious("write to " + registerName(TDR) + " while the transmitter is off (CR1.UE, CR1.TE)");
            return;
        }
        if (sending.size() >= depth()) {
            monitor().suspicious("write to " + registerName(TDR) + " while it is full (TXE is 0): a byte is lost");
            return;
        }
        sending.put(value);
        change(ISR, TC, false);
        start();
    }

    private void start() {
        if (!sending.isEmpty() && !shifter.busy() && (word(CR1) & (UE | TE)) == (UE | TE)) {
            shifter.send(sending.take());
        }
    }

    private void update() {
        int status = status();
        int control = word(CR1);
        // IDLEIE, RXNEIE, TCIE and TXEIE sit at the places of their flags; RXNEIE also lets ORE through (RM0351 40.7).
        boolean high = (control & UE) != 0
                && ((status & control & (IDLE | RXNE | TC | TXE)) != 0
                        || (status & ORE) != 0 && (control & RXNE) != 0
                        || (status & (FE | ORE)) != 0 && bit(CR3, EIE));
        interrupt.drive(high);
    }

    @Override
    public long baud() {
        int divider = word(BRR);
        long hertz = clock.hertz() / PRESCALERS[Math.min(word(PRESC), PRESCALERS.length - 1)];
        if (bit(CR1, OVER8)) {
            divider = divider & 0xFFF0 | (divider & 7) << 1;
            hertz *= 2;
        }
        return divider == 0 ? 0 : hertz / divider;
    }

    @Override
    public boolean receiverOn() {
        return (word(CR1) & (UE | RE)) == (UE | RE);
    }

    @Override
    public void sent() {
        start();
        if (!shifter.busy()) {
            change(ISR, TC, true);
        }
        update();
    }

    @Override
    public void received(int value, boolean framingError) {
        if (received.size() < depth()) {
            received.put(value);
            change(ISR, FE, framingError || bit(ISR, FE));
        } else if (bit(CR3, OVRDIS)) {
            received.take();
            received.put(value);
        } else {
            change(ISR, ORE, true);
        }
        update();
    }

    @Override
    public void idle() {
        change(ISR, IDLE, true);
        update();
    }

    @Override
    public boolean ctsEnabled() {
        return bit(CR3, CTSE);
    }

    @Override
    public boolean wantsData() {
        return !bit(CR3, RTSE) || receiverOn() && received.size() < depth();
    }

    @Override
    public void reset() {
        super.reset();
        sending.clear();
        received.clear();
        shifter.reset();
        setWord(ISR, TC);
        interrupt.drive(false);
    }

    @Override
    public long[] save() {
        long[] more = new long[1 + 2 * (DEPTH + 1)];
        more[0] = shifter.save();
        sending.saveTo(more, 1);
        received.saveTo(more, 2 + DEPTH);
        return saveWith(more);
    }

    @Override
    public void restore(long[] from) {
        super.restore(from);
        shifter.restore(more(from, 0));
        sending.restoreFrom(from, size() / 4 + 1);
        received.restoreFrom(from, size() / 4 + 2 + DEPTH);
    }
}
