package dev.updraft.emulator.flash;

import dev.updraft.emulator.core.Flash;
import dev.updraft.emulator.core.FlashController;
import org.jspecify.annotations.Nullable;

/** The flash memory inside an STM32, without its registers: the array on the bus, and who may read it when. */
abstract class StmFlash implements FlashController, FlashEngine.Owner {
    private final FlashArray array;
    private @Nullable Flash region;
    private boolean guardAll;
    private int guardFrom;
    private int guardTo;

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
        int from = guardAll ? 0 : array.unstableFrom();
        int to = guardAll ? array.bytes().length : array.unstableTo();
        if (region != null && (from != guardFrom || to != guardTo)) {
            guardFrom = from;
            guardTo = to;
            region.guard(from, to);
        }
    }

    @Override
    public void contentChanged(int offset, int length) {
        guard();
        if (region != null) {
            region.changed(offset, length);
        }
    }

    /** Power comes on: only what is unstable may look another way. */
    void look() {
        boolean unstable = array.isUnstable();
        array.powerUp();
        if (unstable) {
            contentChanged(array.unstableFrom(), array.unstableTo() - array.unstableFrom());
        }
    }

    /** Takes over content, and tells only of sectors that differ, so that code in the others stays decoded. */
    void restoreArray(FlashArray.Snapshot from, boolean guarded) {
        array.restore(from, (offset, length) -> {
            if (region != null) {
                region.changed(offset, length);
            }
        });
        guardAll = guarded;
        guard();
    }
}
