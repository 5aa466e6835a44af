package dev.updraft.emulator.chip;

/** Hears of what the firmware does to a peripheral that a real chip would take without a word, and the emulator must not. */
public interface AccessMonitor {
    /**
     * The firmware relies on something that is not modelled: the board stops and says so.
     *
     * @param what one phrase that names the peripheral, the register and the value
     */
    void notModelled(String what);

    /** The firmware did something that has no effect on the real chip and is most likely a mistake: noted, and the board runs on. */
    void suspicious(String what);
}
