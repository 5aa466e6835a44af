package dev.updraft.emulator.board;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.ResetCause;
import dev.updraft.emulator.core.Cpu;
import dev.updraft.emulator.core.StopReason;
import dev.updraft.emulator.flash.FlashOperation;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What parts of a chip want of the board while the processor runs: they leave it here, and the processor stops to let the board look. */
final class Signals implements AccessMonitor {
    private static final int MOST_NOTES = 200;

    private @Nullable Cpu cpu;
    private @Nullable ResetCause reset;
    private @Nullable String notModelled;
    private boolean cut;
    private boolean quiet;
    private boolean unmodelledStops = true;
    private @Nullable FlashOperation cutOperation;
    private final Set<String> notes = new LinkedHashSet<>();
    private Consumer<String> noteListener = note -> {};

    void connect(Cpu processor) {
        cpu = processor;
    }

    /** Does something that the firmware did not do, and of which nothing is to be said. */
    <T> T quietly(Supplier<T> action) {
        quiet = true;
        try {
            return action.get();
        } finally {
            quiet = false;
        }
    }

    private void stop(String why) {
        if (cpu != null) {
            cpu.stop(new StopReason.Requested(why, 0));
        }
    }

    void requestReset(ResetCause cause) {
        if (reset == null) {
            reset = cause;
        }
        stop("reset");
    }

    void cutPower(@Nullable FlashOperation operation) {
        cut = true;
        cutOperation = operation;
        stop("power cut");
    }

    @Override
    public void notModelled(String what) {
        if (quiet) {
            return;
        }
        if (!unmodelledStops) {
            suspicious(what);
            return;
        }
        if (notModelled == null) {
            notModelled = what;
        }
        stop(what);
    }

    @Override
    public void suspicious(String what) {
        if (!quiet && notes.size() < MOST_NOTES && notes.add(what)) {
            noteListener.accept(what);
        }
    }

    /** Whether what is not modelled stops the board; otherwise it reads as 0, and is noted. */
    void unmodelledStops(boolean stops) {
        unmodelledStops = stops;
    }

    void onNote(Consumer<String> listener) {
        noteListener = listener;
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    @Nullable
    ResetCause takeReset() {
        ResetCause taken = reset;
        reset = null;
        return taken;
    }

    @Nullable
    String takeNotModelled() {
        String taken = notModelled;
        notModelled = null;
        return taken;
    }

    boolean isCut() {
        return cut;
    }

    @Nullable
    FlashOperation takeCut() {
        cut = false;
        FlashOperation taken = cutOperation;
        cutOperation = null;
        return taken;
    }

    void clear() {
        reset = null;
        notModelled = null;
        cut = false;
        cutOperation = null;
    }
}
