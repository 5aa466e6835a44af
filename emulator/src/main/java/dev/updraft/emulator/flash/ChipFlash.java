package dev.updraft.emulator.flash;

import dev.updraft.emulator.chip.RegisterBlock;
import dev.updraft.emulator.memory.Flash;
import dev.updraft.emulator.memory.FlashController;

/** The flash memory of a chip, as its board sees it. */
public interface ChipFlash {
    /** The cells. */
    FlashArray array();

    /** The registers, to be put on the bus. */
    RegisterBlock registers();

    /** Decides about reads and writes of the array. */
    FlashController controller();

    /** Called once with the array's place on the bus. */
    void attach(Flash memory);

    /** Production programming: content becomes stable, busy times and locks do not matter. */
    void load(int offset, byte[] content);

    /** Replaces content and instability by those of another memory with the same geometry. */
    void takeContent(FlashSnapshot from);

    /** As {@link FlashArray#unseenSinceWatched()} says, from now on. */
    void watch(int sector);

    /** Power comes on. */
    void powerUp();

    /** Power goes, or a reset hits: an operation under way is left torn. */
    void interrupt(Tear tear);

    /** Cycles until the operation under way ends; 0 when there is none. */
    long busyCycles();

    Object save();

    /** As {@link #save} without the cells: registers, locks, what is under way. */
    Object saveController();

    void restore(Object from);
}
