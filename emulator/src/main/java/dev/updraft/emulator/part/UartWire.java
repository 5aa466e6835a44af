package dev.updraft.emulator.part;

/** The chip's end of a UART, as a part sees it. */
public interface UartWire {
    /** A byte has arrived at the chip, sent at so many bits a second. */
    void deliver(int value, long baud);

    /** Whether the chip asks for data (its RTS); always true when the firmware does not use flow control. */
    boolean clearToSend();

    /** Called whenever the chip asks for data again. */
    void onClearToSend(Runnable action);
}
