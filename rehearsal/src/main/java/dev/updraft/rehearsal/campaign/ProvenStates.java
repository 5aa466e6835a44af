package dev.updraft.rehearsal.campaign;

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

    private final Map<ByteBuffer, Future> states = new ConcurrentHashMap<>();

    @Nullable
    Future from(ByteBuffer state) {
        return states.get(state);
    }

    void add(ByteBuffer state, Future future) {
        states.putIfAbsent(state, future);
    }

    int size() {
        return states.size();
    }
}
