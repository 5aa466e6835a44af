package dev.updraft.emulator.flash;

import dev.updraft.emulator.memory.Flash;
import dev.updraft.emulator.memory.FlashController;
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
        int from = Integer.MAX_VALUE;
        int to = 0;
        if (busyFrom < busyTo) {
            from = busyFrom;
            to = busyTo;
        }
        if (array.isUnstable()) {
            from = Math.min(from, array.unstableFrom());
            to = Math.max(to, array.unstableTo());
        }
        if (array.watchedFrom() < array.watchedTo()) {
            from = Math.min(from, array.watchedFrom());
            to = Math.max(to, array.watchedTo());
        }
        from = Math.min(from, to);
        if (region != null && (from != guardFrom || to != guardTo)) {
            guardFrom = from;
            guardTo = to;
            region.guard(from, to);
        }
    }

    @Override
    public final void watch(int sector) {
        array.watch(sector);
        contentChanged(array.watchedFrom(), array.watchedTo() - array.watchedFrom());
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
    public final void takeContent(FlashSnapshot from) {
        restoreArray(from);
    }

    /** @param from null leaves the cells as they are */
    final void restoreArray(@Nullable FlashSnapshot from) {
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
