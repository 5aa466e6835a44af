package dev.updraft.cli.bootloader;

import dev.updraft.image.Image;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;

/** The log on a board's flash, read and written apart from the C code (docs/reference/boot-state.md). */
@SuppressWarnings("ByteBufferBackingArray") // made by allocate here, never a slice
final class BootState {
    private static final int FLASH = 0x0800_0000;
    private static final int PLACE = 192;
    private static final int MAGIC = 0x474F_4C55;
    private static final int SEQUENCE = 4;
    private static final int PHASE = 8;
    private static final int WANTED_PHASE = 2;
    private static final int WANTED = 60;
    private static final int OUTCOME = 92;

    private final Rig rig;
    /** Address of the newest record; 0: there is none. */
    private int newest;

    private int sequence;

    private BootState(Rig rig) {
        this.rig = rig;
    }

    static BootState of(Rig rig) {
        BootState log = new BootState(rig);
        for (int group : rig.chip.log()) {
            for (int at = group; at + PLACE <= group + rig.chip.logSize(); at += PLACE) {
                ByteBuffer record = log.record(at);
                if (record.getInt(0) == MAGIC
                        && record.getInt(PLACE - 4) == crc(record)
                        && record.getInt(SEQUENCE) > log.sequence) {
                    log.sequence = record.getInt(SEQUENCE);
                    log.newest = at;
                }
            }
        }
        return log;
    }

    private ByteBuffer record(int address) {
        int offset = address - FLASH;
        byte[] bytes = Arrays.copyOfRange(rig.board.flash().bytes(), offset, offset + PLACE);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int crc(ByteBuffer record) {
        CRC32 crc = new CRC32();
        crc.update(record.array(), 0, PLACE - 4);
        return (int) crc.getValue();
    }

    int phase() {
        return record(newest).get(PHASE);
    }

    int sequence() {
        return sequence;
    }

    /** Event and reason of what happened last, as docs/reference/device-protocol.md numbers them. */
    int outcomeEvent() {
        return record(newest).get(OUTCOME);
    }

    int outcomeReason() {
        return record(newest).get(OUTCOME + 1);
    }

    /** Appends the request to install an image from staging. */
    void want(Image image) {
        ByteBuffer record = record(newest);
        record.put(PHASE, (byte) WANTED_PHASE).put(PHASE + 1, (byte) 0);
        record.put(WANTED, image.digest().toArray());
        append(record);
    }

    /** Fills the group that is in use with records like the newest. */
    void fill() {
        int end = group() + rig.chip.logSize();
        while (newest + 2 * PLACE <= end) {
            append(record(newest));
        }
    }

    private int group() {
        return rig.chip.log().stream()
                .filter(start -> newest >= start && newest < start + rig.chip.logSize())
                .findFirst()
                .orElseThrow();
    }

    private void append(ByteBuffer record) {
        sequence++;
        newest += PLACE;
        record.putInt(SEQUENCE, sequence);
        record.putInt(PLACE - 4, crc(record));
        rig.board.program(newest, record.array());
    }
}
