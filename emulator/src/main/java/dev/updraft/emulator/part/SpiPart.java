package dev.updraft.emulator.part;

/** A device on an SPI bus with a chip select of its own. */
public interface SpiPart {
    /** The chip select changed. */
    void select(boolean selected);

    /** Eight clocks: takes a byte and gives one. Called whether selected or not; a part that is not selected gives 0xFF. */
    int transfer(int value);

    default void powerUp() {}

    default void powerDown() {}

    default Object save() {
        return "";
    }

    default void restore(Object from) {}
}
