package dev.updraft.emulator.flash;

import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.core.Clock;
import org.jspecify.annotations.Nullable;

/** The high-voltage part of a flash memory: runs one operation at a time, takes its time, and leaves it torn when power goes. */
public final class FlashEngine {
    /** Who hears that content changed and operations end. */
    public interface Owner {
        /** Content in {@code [offset, offset + length)} changed or became unstable. */
        void contentChanged(int offset, int length);

        void finished();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Running(FlashOperation operation, byte @Nullable [] data) {}

    private final String memory;
    private final FlashArray array;
    private final FlashOperations operations;
    private final ChipTime time;
    private final Clock.Timer timer;
    private final Owner owner;
    private @Nullable Running running;

    /** @param memory name for reports */
    public FlashEngine(String memory, FlashArray array, FlashOperations operations, ChipTime time, Owner owner) {
        this.memory = memory;
        this.array = array;
        this.operations = operations;
        this.time = time;
        this.owner = owner;
        timer = time.clock().timer(memory + " operation", this::finish);
        time.keepInTime(timer);
    }

    public boolean busy() {
        return running != null;
    }

    /** Cycles until the operation under way ends; 0 when there is none. */
    public long remaining() {
        return running == null ? 0 : Math.max(0, timer.deadline() - time.clock().now());
    }

    public void program(int offset, byte[] data, long nanos) {
        begin(FlashOperation.Kind.PROGRAM, offset, data.length, data, nanos);
    }

    /** Erases whole sectors. */
    public void erase(int offset, int length, long nanos) {
        begin(FlashOperation.Kind.ERASE, offset, length, null, nanos);
    }

    private void begin(FlashOperation.Kind kind, int offset, int length, byte @Nullable [] data, long nanos) {
        if (running != null) {
            throw new IllegalStateException(memory + " is busy");
        }
        FlashOperation operation = operations.begin(memory, kind, offset, length, data);
        running = new Running(operation, data);
        timer.start(time.cyclesOfNanos(nanos));
        if (operations.isCut(operation)) {
            tear(operations.cutTear());
            operations.cut(operation);
        }
    }

    private void finish() {
        Running done = running;
        if (done == null) {
            return;
        }
        running = null;
        FlashOperation operation = done.operation;
        if (done.data == null) {
            array.erase(operation.offset(), operation.length());
        } else {
            array.program(operation.offset(), done.data);
        }
        owner.contentChanged(operation.offset(), operation.length());
        owner.finished();
        operations.finished(operation);
    }

    /** Ends the operation under way at once: the processor that asked was made to wait for it. */
    public void finishNow() {
        timer.cancel();
        finish();
    }

    /** Power or a reset takes down the operation under way, if there is one. */
    public void tear(Tear tear) {
        Running torn = running;
        if (torn == null) {
            return;
        }
        running = null;
        timer.cancel();
        FlashOperation operation = torn.operation;
        if (torn.data == null) {
            array.tearErase(operation.offset(), operation.length(), tear);
        } else {
            array.tearProgram(operation.offset(), torn.data, tear);
        }
        owner.contentChanged(operation.offset(), operation.length());
        operations.torn(operation, tear);
    }

    /** The operation under way; its deadline is the clock's. */
    public record Snapshot(@Nullable Running running) {}

    public Snapshot save() {
        return new Snapshot(running);
    }

    public void restore(Snapshot from) {
        running = from.running;
    }
}
