package dev.updraft.emulator.flash;

import dev.updraft.emulator.core.Flash;
import dev.updraft.emulator.core.FlashController;
import org.jspecify.annotations.Nullable;

/** The flash memory inside an STM32, without its registers: the array on the bus, and who may read it when. */
abstract class StmFlash implements ChipFlash, FlashController, FlashEngine.Owner {
    private final FlashArray array;
    private @Nullable Flash region;
    private int busyFrom;
    private int busyTo;
    private int guardFrom;
    private int guardTo;

    StmFlash(FlashArray array) {
        this.array = array;
    }

    @Override
    public final FlashArray array() {
        return array;
    }

    @Override
    public final FlashController controller() {
        return this;
    }

    @Override
    public final void attach(Flash memory) {
        region = memory;
        guard();
    }

    @Override
    public final void load(int offset, byte[] content) {
        array.load(offset, content);
        contentChanged(offset, content.length);
    }

    /** Only what is unstable may look another way. */
    @Override
    public final void powerUp() {
        boolean unstable = array.isUnstable();
        array.powerUp();
        if (unstable) {
            contentChanged(array.unstableFrom(), array.unstableTo() - array.unstableFrom());
        }
    }

    /** While an operation is under way in this range every read there asks; otherwise only those near unstable units. */
    final void guardBusy(int from, int to) {
        busyFrom = from;
        busyTo = to;
        guard();
    }

    final void guardNothingBusy() {
        guardBusy(0, 0);
    }

    private void guard() {
        boolean busy = busyFrom < busyTo;
        boolean unstable = array.isUnstable();
        int from = !unstable ? busyFrom : busy ? Math.min(busyFrom, array.unstableFrom()) : array.unstableFrom();
        int to = !unstable ? busyTo : busy ? Math.max(busyTo, array.unstableTo()) : array.unstableTo();
        if (region != null && (from != guardFrom || to != guardTo)) {
            guardFrom = from;
            guardTo = to;
            region.guard(from, to);
        }
    }

    @Override
    public final void contentChanged(int offset, int length) {
        guard();
        if (region != null) {
            region.changed(offset, length);
        }
    }

    /** Takes over content, and tells only of sectors that differ, so that code in the others stays decoded. */
    @Override
    public final void takeContent(FlashArray.Snapshot from) {
        restoreArray(from);
    }

    /** @param from null leaves the cells as they are */
    final void restoreArray(FlashArray.@Nullable Snapshot from) {
        if (from == null) {
            return;
        }
        array.restore(from, (offset, length) -> {
            if (region != null) {
                region.changed(offset, length);
            }
        });
        guard();
    }

    final int busyFrom() {
        return busyFrom;
    }

    final int busyTo() {
        return busyTo;
    }
}
