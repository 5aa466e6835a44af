package dev.updraft.emulator.flash;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts the flash operations of all memories of one board, tells listeners, and knows at which one the power is to go. */
public final class FlashOperations {
    private final List<FlashListener> listeners = new ArrayList<>();
    private final Consumer<FlashOperation> powerCut;
    private long count;
    private long cutAt;
    private Tear cutTear = Tear.untouched();

    /** @param powerCut called when the power goes during an operation */
    public FlashOperations(Consumer<FlashOperation> powerCut) {
        this.powerCut = powerCut;
    }

    /** Operations begun since the board was made. */
    public long count() {
        return count;
    }

    public void addListener(FlashListener listener) {
        listeners.add(listener);
    }

    public void removeListener(FlashListener listener) {
        listeners.remove(listener);
    }

    /** The power goes during operation number {@code number}; 0: it does not. */
    public void cutAt(long number, Tear tear) {
        if (number != 0 && number <= count) {
            throw new IllegalArgumentException("flash operation " + number + " is over: " + count + " were begun");
        }
        cutAt = number;
        cutTear = tear;
    }

    /** How the operation that the power cut meets is left. */
    Tear cutTear() {
        return cutTear;
    }

    FlashOperation begin(String memory, FlashOperation.Kind kind, int offset, int length, byte @Nullable [] data) {
        FlashOperation operation = new FlashOperation(++count, memory, kind, offset, length);
        listeners.forEach(listener -> listener.started(operation, data));
        return operation;
    }

    boolean isCut(FlashOperation operation) {
        return operation.number() == cutAt;
    }

    void cut(FlashOperation operation) {
        cutAt = 0;
        powerCut.accept(operation);
    }

    void finished(FlashOperation operation) {
        listeners.forEach(listener -> listener.finished(operation));
    }

    void torn(FlashOperation operation, Tear tear) {
        listeners.forEach(listener -> listener.torn(operation, tear));
    }

    /** For a board's snapshot: the count, and the cut that is set. */
    public record Snapshot(long count, long cutAt, Tear cutTear) {}

    public Snapshot save() {
        return new Snapshot(count, cutAt, cutTear);
    }

    public void restore(Snapshot from) {
        count = from.count;
        cutAt = from.cutAt;
        cutTear = from.cutTear;
    }
}
