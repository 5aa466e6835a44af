package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.core.Clock;
import dev.updraft.emulator.part.UartPart;
import dev.updraft.emulator.part.UartWire;
import org.jspecify.annotations.Nullable;

/** The shift registers of a UART and the pins; the registers around it differ between families. */
final class UartShifter implements UartWire {
    /** The registers' side. */
    interface Owner {
        /** Bits a second; 0 when the baud rate is not set. */
        long baud();

        boolean receiverOn();

        /** The shift register is empty again. */
        void sent();

        void received(int value, boolean framingError);

        /** The line was quiet for a frame after the last byte. */
        void idle();

        boolean ctsEnabled();

        /** Whether RTS is asserted: there is room for a byte, or the firmware uses no flow control. */
        boolean wantsData();
    }

    private final ChipTime time;
    private final Owner owner;
    private final Clock.Timer sending;
    private final Clock.Timer quiet;
    private @Nullable UartPart part;
    private Runnable clearToSend = () -> {};
    private int shifting = -1;

    UartShifter(String name, ChipTime time, Owner owner) {
        this.time = time;
        this.owner = owner;
        sending = time.clock().timer(name + " transmitter", this::shifted);
        quiet = time.clock().timer(name + " idle line", owner::idle);
    }

    void connect(UartPart to) {
        part = to;
        to.connect(this);
    }

    boolean busy() {
        return shifting >= 0;
    }

    void send(int value) {
        shifting = value;
        sending.start(frameCycles());
    }

    private long frameCycles() {
        long baud = owner.baud();
        return baud == 0 ? 1 : Math.max(1, Math.round(10.0 * time.hertz() / baud));
    }

    private void shifted() {
        if (part != null && owner.ctsEnabled() && !part.ready()) {
            sending.start(frameCycles());
            return;
        }
        int value = shifting;
        shifting = -1;
        if (part != null) {
            part.receive(value, owner.baud());
        }
        owner.sent();
    }

    @Override
    public void deliver(int value, long baud) {
        long own = owner.baud();
        if (!owner.receiverOn() || own == 0) {
            return;
        }
        boolean tooFar = Math.abs(own - baud) * 100 > own * 4;
        int seen = tooFar ? (value * 0x9D ^ 0xA5) & 0xFF : value;
        quiet.start(frameCycles());
        owner.received(seen, tooFar);
    }

    @Override
    public boolean clearToSend() {
        return owner.wantsData();
    }

    @Override
    public void onClearToSend(Runnable action) {
        clearToSend = action;
    }

    void wantsDataAgain() {
        clearToSend.run();
    }

    void reset() {
        shifting = -1;
        sending.cancel();
        quiet.cancel();
    }

    long save() {
        return shifting;
    }

    void restore(long from) {
        shifting = (int) from;
    }
}
