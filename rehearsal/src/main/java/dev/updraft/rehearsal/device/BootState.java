package dev.updraft.rehearsal.device;

import dev.updraft.emulator.flash.FlashArray;
import dev.updraft.rehearsal.device.FlashMap.Area;
import java.util.Arrays;
import java.util.Optional;

/**
 * The boot state as the agent in an application reads and appends to it (docs/reference/boot-state.md, "Appending"), for
 * applications that contain no agent.
 */
public final class BootState {
    /** How the log changes flash, one operation a call. */
    public interface Operations {
        /** @return whether the flash took the unit */
        boolean program(int offset, byte[] unit);

        void erase(int offset, int length);
    }

    private static final int COPIES = 3;
    private static final int PLACES_TRIED = 8;

    private final FlashMap map;
    private final FlashArray flash;
    private BootStateRecord newest = BootStateRecord.none();
    private int group = 1;
    private int next;

    public BootState(FlashMap map, FlashArray flash) {
        this.map = map;
        this.flash = flash;
        next = map.log().get(1).end();
        for (int i = 0; i < map.log().size(); i++) {
            scan(i);
        }
    }

    /** The state; that of a new device when there is no record. */
    public BootStateRecord state() {
        return newest;
    }

    private void scan(int number) {
        Area area = map.log().get(number);
        int free = area.start();
        boolean newestHere = false;
        for (int at = area.start(); at + BootStateRecord.PLACE <= area.end(); at += BootStateRecord.PLACE) {
            Optional<byte[]> content = read(at, BootStateRecord.SIZE);
            if (content.isPresent() && isBlank(content.get())) {
                continue;
            }
            free = at + BootStateRecord.PLACE;
            Optional<BootStateRecord> record = content.flatMap(BootStateRecord::read);
            if (record.isPresent() && record.get().sequence() >= newest.sequence()) {
                newest = record.get();
                newestHere = true;
            }
        }
        if (newestHere) {
            group = number;
            next = free;
        }
    }

    /** Bytes as one read of them gives; empty when the flash reports an error. */
    private Optional<byte[]> read(int offset, int length) {
        if (!flash.isUnstable(offset, offset + length)) {
            return Optional.of(Arrays.copyOfRange(flash.bytes(), offset, offset + length));
        }
        byte[] out = new byte[length];
        for (int i = 0; i < length; i += 4) {
            int word = flash.read(offset + i, 4);
            if (flash.health() == FlashArray.Health.UNCORRECTABLE) {
                return Optional.empty();
            }
            for (int k = 0; k < 4; k++) {
                out[i + k] = (byte) (word >>> 8 * k);
            }
        }
        return Optional.of(out);
    }

    /**
     * Appends a state, three times as the first one after a start must be.
     *
     * @return false when the flash refused: the old state holds
     */
    public boolean append(BootStateRecord state, Operations operations) {
        for (int copy = 0; copy < COPIES; copy++) {
            BootStateRecord record = state.numbered(newest.sequence() + 1);
            if (!write(record, operations)) {
                return false;
            }
            newest = record;
        }
        return true;
    }

    private boolean write(BootStateRecord record, Operations operations) {
        boolean turned = false;
        for (int tries = 0; tries < PLACES_TRIED; tries++) {
            if (next + BootStateRecord.PLACE > map.log().get(group).end()) {
                if (turned) {
                    return false;
                }
                turned = true;
                group = 1 - group;
                next = map.log().get(group).start();
                operations.erase(next, map.log().get(group).size());
            }
            int place = next;
            next += BootStateRecord.PLACE;
            if (writeAt(place, record.bytes(), operations)) {
                return true;
            }
        }
        return false;
    }

    /** Units that are all FF are left erased; each must read back right. */
    private boolean writeAt(int place, byte[] content, Operations operations) {
        int unit = map.geometry().unit();
        for (int at = 0; at < content.length; at += unit) {
            byte[] data = new byte[unit];
            Arrays.fill(data, (byte) 0xFF);
            System.arraycopy(content, at, data, 0, Math.min(unit, content.length - at));
            if (!isBlank(data) && !operations.program(place + at, data)) {
                return false;
            }
            Optional<byte[]> back = read(place + at, unit);
            if (back.isEmpty() || !Arrays.equals(back.get(), data)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != (byte) 0xFF) {
                return false;
            }
        }
        return true;
    }
}
