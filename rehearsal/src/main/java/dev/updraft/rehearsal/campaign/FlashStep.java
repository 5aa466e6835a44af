package dev.updraft.rehearsal.campaign;

import dev.updraft.emulator.flash.FlashArray;
import dev.updraft.emulator.flash.Tear;
import dev.updraft.rehearsal.device.FlashMap;
import dev.updraft.rehearsal.referee.DeviceHistory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One flash operation of a journal.
 *
 * @param data what was programmed; null for an erase
 * @param course what had happened when it began
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record FlashStep(int offset, int length, byte @Nullable [] data, DeviceHistory course) {
    void applyTo(FlashArray flash) {
        if (data == null) {
            flash.erase(offset, length);
        } else {
            flash.program(offset, data);
        }
    }

    void tear(FlashArray flash, Tear tear) {
        if (data == null) {
            flash.tearErase(offset, length, tear);
        } else {
            flash.tearProgram(offset, data, tear);
        }
    }

    /** Whether it does the same to the flash. */
    boolean sameAs(FlashStep other) {
        return offset == other.offset && length == other.length && Arrays.equals(data, other.data);
    }

    @Override
    public String toString() {
        return String.format(
                "%s of 0x%08x, %d bytes", data == null ? "erase" : "program", FlashMap.BASE + offset, length);
    }
}
