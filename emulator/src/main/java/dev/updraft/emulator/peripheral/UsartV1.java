package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.InterruptLine;
import dev.updraft.emulator.chip.RegisterBlock;
import dev.updraft.emulator.part.UartPart;

/** USART of the F4 (RM0090 section 30): asynchronous mode, 8 bits, RTS/CTS; a byte that comes while RXNE is set is lost with ORE. */
public final class UsartV1 extends RegisterBlock implements UartShifter.Owner {
    private static final int SR = 0x00;
    private static final int DR = 0x04;
    private static final int BRR = 0x08;
    private static final int CR1 = 0x0C;
    private static final int CR2 = 0x10;
    private static final int CR3 = 0x14;
    private static final int GTPR = 0x18;

    private static final int FE = 1 << 1;
    private static final int ORE = 1 << 3;
    private static final int IDLE = 1 << 4;
    private static final int RXNE = 1 << 5;
    private static final int TC = 1 << 6;
    private static final int TXE = 1 << 7;
    private static final int CTS = 1 << 9;
    private static final int CLEARED_BY_READING = 0x1F;

    private static final int RE = 1 << 2;
    private static final int TE = 1 << 3;
    private static final int IDLEIE = 1 << 4;
    private static final int RXNEIE = 1 << 5;
    private static final int TCIE = 1 << 6;
    private static final int TXEIE = 1 << 7;
    private static final int UE = 1 << 13;
    private static final int OVER8 = 1 << 15;

    private static final int EIE = 1;
    private static final int RTSE = 1 << 8;
    private static final int CTSE = 1 << 9;

    private final KernelClock clock;
    private final InterruptLine interrupt;
    private final UartShifter shifter;
    private int received;
    private int waiting = -1;
    private boolean statusRead;

    public UsartV1(String name, ChipTime time, KernelClock clock, InterruptLine interrupt, AccessMonitor monitor) {
        super(name, 0x400, monitor);
        this.clock = clock;
        this.interrupt = interrupt;
        shifter = new UartShifter(name, time, this);
        register(SR, "SR", TC | TXE, 0);
        register(DR, "DR", 0, 0);
        register(BRR, "BRR", 0, 0xFFFF);
        register(CR1, "CR1", 0, 0xBFFF);
        refuse(CR1, 1 << 12 | 1 << 10 | 1, "9-bit words, parity and break are not modelled");
        register(CR2, "CR2", 0, 0x7F7F);
        refuse(CR2, 1 << 14 | 1 << 11, "LIN and synchronous mode are not modelled");
        register(CR3, "CR3", 0, 0xFFF);
        refuse(CR3, 0xFE, "DMA, smartcard, IrDA and half duplex are not modelled");
        register(GTPR, "GTPR", 0, 0xFFFF);
    }

    /** Attaches the part at the other end. */
    public void connect(UartPart part) {
        shifter.connect(part);
    }

    @Override
    protected boolean isSteady(int offset) {
        return offset == SR;
    }

    @Override
    protected int onRead(int offset) {
        if (offset == SR) {
            statusRead = true;
        }
        if (offset == DR) {
            if (statusRead) {
                change(SR, CLEARED_BY_READING, false); // RM0090 30.6.1: SR read followed by DR read
            }
            statusRead = false;
            change(SR, RXNE, false);
            update();
            shifter.wantsDataAgain();
            return received;
        }
        return word(offset);
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        switch (offset) {
            case SR -> setWord(SR, word(SR) & (written | ~(TC | RXNE | CTS)));
            case DR -> transmit(written & 0xFF);
            case CR1 -> {
                if ((written & (UE | TE)) == (UE | TE)) {
                    startWaiting();
                }
            }
            default -> {}
        }
        update();
    }

    private void transmit(int value) {
        if (statusRead) {
            change(SR, TC, false);
        }
        statusRead = false;
        if ((word(CR1) & (UE | TE)) != (UE | TE)) {
            monitor().suspicious("write to " + registerName(DR) + " while the transmitter is off (CR1.UE, CR1.TE)");
            return;
        }
        if (word(BRR) == 0) {
            monitor().suspicious("write to " + registerName(DR) + " while the baud rate is not set (BRR is 0)");
        }
        waiting = value;
        change(SR, TXE | TC, false);
        startWaiting();
    }

    private void startWaiting() {
        if (waiting >= 0 && !shifter.busy()) {
            int value = waiting;
            waiting = -1;
            change(SR, TXE, true);
            shifter.send(value);
        }
    }

    private void update() {
        int status = word(SR);
        int control = word(CR1);
        // RXNEIE, TCIE, TXEIE and IDLEIE sit at the places of their flags; RXNEIE also lets ORE through (RM0090 30.5).
        boolean high = (status & control & (RXNEIE | TCIE | TXEIE | IDLEIE)) != 0
                || (status & ORE) != 0 && (control & RXNEIE) != 0
                || (status & (FE | ORE)) != 0 && bit(CR3, EIE);
        interrupt.drive(high);
    }

    @Override
    public long baud() {
        int divider = word(BRR);
        if (bit(CR1, OVER8)) {
            divider = (divider >>> 4) * 8 + (divider & 7);
        }
        return divider == 0 ? 0 : clock.hertz() / divider;
    }

    @Override
    public boolean receiverOn() {
        return (word(CR1) & (UE | RE)) == (UE | RE);
    }

    @Override
    public void sent() {
        startWaiting();
        if (!shifter.busy()) {
            change(SR, TC, true);
        }
        update();
    }

    @Override
    public void received(int value, boolean framingError) {
        if (bit(SR, RXNE)) {
            change(SR, ORE, true); // the new byte is lost (RM0090 30.3.3)
        } else {
            received = value;
            change(SR, RXNE, true);
            change(SR, FE, framingError);
        }
        update();
    }

    @Override
    public void idle() {
        change(SR, IDLE, true);
        update();
    }

    @Override
    public boolean ctsEnabled() {
        return bit(CR3, CTSE);
    }

    @Override
    public boolean wantsData() {
        return !bit(CR3, RTSE) || receiverOn() && !bit(SR, RXNE);
    }

    @Override
    public void reset() {
        super.reset();
        received = 0;
        waiting = -1;
        statusRead = false;
        shifter.reset();
        interrupt.drive(false);
    }

    @Override
    public long[] save() {
        return saveWith(received, waiting, statusRead ? 1 : 0, shifter.save());
    }

    @Override
    public void restore(long[] from) {
        super.restore(from);
        received = (int) more(from, 0);
        waiting = (int) more(from, 1);
        statusRead = more(from, 2) != 0;
        shifter.restore(more(from, 3));
    }
}
