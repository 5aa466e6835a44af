package dev.updraft.emulator.part;

/** What hangs on the other end of a UART. */
public interface UartPart {
    /** The chip's end, for what the part sends; called once. */
    void connect(UartWire wire);

    /** The chip sent a byte at so many bits a second; a part that listens at another speed sees rubbish. */
    void receive(int value, long baud);

    /** Whether the chip may send (the part's RTS, the chip's CTS). */
    default boolean ready() {
        return true;
    }

    /** Power of the whole board comes on. */
    default void powerUp() {}

    default void powerDown() {}

    /** For the board's snapshot; null when there is nothing to remember. */
    default Object save() {
        return "";
    }

    default void restore(Object from) {}
}
