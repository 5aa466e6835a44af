package dev.updraft.rehearsal.campaign;

import dev.updraft.emulator.flash.FlashSnapshot;
import dev.updraft.rehearsal.referee.DeviceHistory;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * States from which a device was seen to go on well to the end. A board is deterministic: whatever reaches one of them again (every bit
 * of flash, RAM, registers and peripherals, the time, and what the referee knows) goes on the same way. No state with an
 * unstable flash unit is kept.
 */
final class ProvenStates {
    /** What follows from a state. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Future(long startNanos, int[] erases) {}

    /**
     * A board that is off, but for one sector of its flash. Where that sector was erased before anything looked at it, a board that
     * differs in it alone does the same.
     *
     * @param flash all of the flash but that sector, by {@link FlashSnapshot#nameWithout}
     */
    record Start(ByteBuffer flash, DeviceHistory course, Application application) {}

    private final Map<ByteBuffer, Future> states = new ConcurrentHashMap<>();
    private final Map<Start, RunResult> starts = new ConcurrentHashMap<>();

    @Nullable
    Future from(ByteBuffer state) {
        return states.get(state);
    }

    void add(ByteBuffer state, Future future) {
        states.putIfAbsent(state, future);
    }

    @Nullable
    RunResult from(Start start) {
        return starts.get(start);
    }

    void add(Start start, RunResult ending) {
        starts.putIfAbsent(start, ending.withoutContent());
    }

    int size() {
        return states.size();
    }
}
