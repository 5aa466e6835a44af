package dev.updraft.rehearsal.campaign;

import dev.updraft.emulator.flash.FlashArray;
import dev.updraft.emulator.flash.FlashGeometry;
import dev.updraft.emulator.flash.FlashSnapshot;
import dev.updraft.emulator.flash.Tear;
import java.util.List;
import java.util.function.Consumer;

/** Builds the flash as a power cut leaves it, from a journal: what was done before, and the operation under way torn. */
final class Replay {
    private final FlashSnapshot start;
    private final List<FlashStep> journal;
    private final FlashArray flash;
    private int done = Integer.MAX_VALUE;

    /** @param start before the power-up at which the journal begins */
    Replay(FlashGeometry geometry, FlashSnapshot start, List<FlashStep> journal) {
        this.start = start;
        this.journal = journal;
        flash = new FlashArray(geometry);
    }

    /** Cheap when cuts are asked for in rising order. */
    FlashSnapshot cutAt(int index, Tear tear) {
        return cutAt(index, tear, flash -> {});
    }

    /** @param seen is shown the flash as the cut leaves it */
    FlashSnapshot cutAt(int index, Tear tear, Consumer<FlashArray> seen) {
        if (done > index) {
            flash.restore(start);
            flash.powerUp();
            done = 0;
        }
        while (done < index) {
            journal.get(done++).applyTo(flash);
        }
        FlashSnapshot before = flash.save();
        journal.get(index).tear(flash, tear);
        FlashSnapshot torn = flash.save();
        seen.accept(flash);
        flash.restore(before);
        return torn;
    }
}
