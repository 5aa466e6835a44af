package dev.updraft.emulator.flash;

import dev.updraft.emulator.core.Flash;
import dev.updraft.emulator.core.FlashController;
import org.jspecify.annotations.Nullable;

/** The flash memory inside an STM32, without its registers: the array on the bus, and who may read it when. */
abstract class StmFlash implements FlashController, FlashEngine.Owner {
    private final FlashArray array;
    private @Nullable Flash region;
    private boolean guardAll;

    StmFlash(FlashArray array) {
        this.array = array;
    }

    void attach(Flash memory) {
        region = memory;
        guard();
    }

    FlashArray array() {
        return array;
    }

    /** From now on every read asks, as while an operation is under way; otherwise only those of unstable units. */
    void guardAll(boolean all) {
        if (guardAll != all) {
            guardAll = all;
            guard();
        }
    }

    private void guard() {
        if (region != null) {
            if (guardAll) {
                region.guard(0, array.bytes().length);
            } else {
                region.guard(array.unstableFrom(), array.unstableTo());
            }
        }
    }

    @Override
    public void contentChanged(int offset, int length) {
        guard();
        if (region != null) {
            region.changed(offset, length);
        }
    }

    /** Everything may have changed: content was loaded, restored or looks another way after power-up. */
    void allChanged() {
        contentChanged(0, array.bytes().length);
    }
}
