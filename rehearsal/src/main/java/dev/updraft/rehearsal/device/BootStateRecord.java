package dev.updraft.rehearsal.device;

import dev.updraft.rehearsal.Staging;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * One record of the boot state, written from docs/reference/boot-state.md and not from the C code. A value: each sentence of the
 * agent gives a new one.
 */
@SuppressWarnings("ArrayRecordComponent") // private to this class, never changed
public record BootStateRecord(byte[] bytes) {
    /** Bytes of a record; records stand {@link #PLACE} apart. */
    public static final int SIZE = 192;

    public static final int PLACE = 192;

    private static final int MAGIC = 0x474F_4C55;
    private static final int SEQUENCE = 4;
    private static final int PHASE = 8;
    private static final int SOURCE = 9;
    private static final int ATTEMPTS = 10;
    private static final int HAS_RUNNING = 18;
    private static final int HAS_FALLBACK = 19;
    private static final int COUNTER = 20;
    private static final int COUNTER_OF_WANTED = 24;
    private static final int RUNNING = 28;
    private static final int WANTED = 60;
    private static final int OUTCOME = 92;
    private static final int OUTCOME_DIGEST = OUTCOME + 12;
    private static final int DOWNLOAD = 136;
    private static final int DOWNLOAD_END = 180;
    private static final int FALLBACK = 184;
    private static final int CRC = 188;
    private static final int DIGEST = 32;
    private static final byte FALLBACK_BEFORE = 1;
    private static final byte FALLBACK_COPY = 2;

    /** What is recorded; the numbers are those of the log. */
    public enum Phase {
        NEW(0),
        CONFIRMED(1),
        WANTED(2),
        WALKING(3),
        TRIAL(4),
        REVERTING(5),
        UNKNOWN(255);

        private final int number;

        Phase(int number) {
            this.number = number;
        }
    }

    /** What became of the last update; the numbers are those of the device protocol. */
    public enum Event {
        NONE(0),
        CONFIRMED(5),
        ROLLED_BACK(6),
        REFUSED(7);

        private final int number;

        Event(int number) {
            this.number = number;
        }
    }

    /** The state of a new device. */
    static BootStateRecord none() {
        return new BootStateRecord(new byte[SIZE]);
    }

    /** The record in these bytes, if they are one. */
    static Optional<BootStateRecord> read(byte[] bytes) {
        BootStateRecord record = new BootStateRecord(Arrays.copyOf(bytes, SIZE));
        return record.u32(0) == MAGIC && record.u32(CRC) == record.checksum() ? Optional.of(record) : Optional.empty();
    }

    public long sequence() {
        return u32(SEQUENCE) & 0xFFFF_FFFFL;
    }

    public Phase phase() {
        for (Phase phase : Phase.values()) {
            if (phase.number == (bytes[PHASE] & 0xFF)) {
                return phase;
            }
        }
        return Phase.UNKNOWN;
    }

    public int startsOnTrial() {
        return bytes[ATTEMPTS] & 0xFF;
    }

    public long counter() {
        return u32(COUNTER) & 0xFFFF_FFFFL;
    }

    public boolean runs(byte[] digest) {
        return bytes[HAS_RUNNING] == 1 && digestAt(RUNNING, digest);
    }

    public boolean wants(byte[] digest) {
        return digestAt(WANTED, digest);
    }

    public Event outcome() {
        for (Event event : Event.values()) {
            if (event.number == bytes[OUTCOME]) {
                return event;
            }
        }
        return Event.NONE;
    }

    public boolean outcomeIsOf(byte[] digest) {
        return outcome() != Event.NONE && digestAt(OUTCOME_DIGEST, digest);
    }

    /** Whether its reason is about the image; one about the moment (download, flash, network) is tried again. */
    public boolean isOutcomeFinal() {
        return switch (bytes[OUTCOME + 1]) {
            case 3, 9, 13 -> false;
            default -> true;
        };
    }

    /** "A copy of the running image stands there." */
    public BootStateRecord keepFallback(Staging place) {
        BootStateRecord next = copy();
        next.bytes[HAS_FALLBACK] = FALLBACK_COPY;
        next.bytes[FALLBACK] = number(place);
        return next;
    }

    private static byte number(Staging place) {
        return switch (place) {
            case CHIP -> 0;
            case CARD -> 1;
            case NOR -> 2;
        };
    }

    /** "Install this image from there." */
    public BootStateRecord request(byte[] digest, Staging from) {
        BootStateRecord next = copy();
        next.bytes[PHASE] = (byte) Phase.WANTED.number;
        next.bytes[SOURCE] = number(from);
        next.bytes[HAS_FALLBACK] = bytes[HAS_FALLBACK] == FALLBACK_BEFORE ? 0 : bytes[HAS_FALLBACK];
        System.arraycopy(digest, 0, next.bytes, WANTED, DIGEST);
        Arrays.fill(next.bytes, DOWNLOAD, DOWNLOAD_END, (byte) 0);
        return next;
    }

    /** "The image on trial works." */
    public BootStateRecord confirm() {
        BootStateRecord next = copy();
        next.bytes[PHASE] = (byte) Phase.CONFIRMED.number;
        System.arraycopy(bytes, WANTED, next.bytes, RUNNING, DIGEST);
        System.arraycopy(bytes, RUNNING, next.bytes, WANTED, DIGEST);
        next.bytes[HAS_RUNNING] = 1;
        next.bytes[HAS_FALLBACK] = bytes[HAS_RUNNING] == 1 ? FALLBACK_BEFORE : 0;
        long counter = Math.max(counter(), u32(COUNTER_OF_WANTED) & 0xFFFF_FFFFL);
        next.numbers().putInt(COUNTER, (int) counter);
        Arrays.fill(next.bytes, OUTCOME, DOWNLOAD, (byte) 0);
        next.bytes[OUTCOME] = (byte) Event.CONFIRMED.number;
        next.bytes[OUTCOME + 2] = bytes[ATTEMPTS];
        System.arraycopy(bytes, WANTED, next.bytes, OUTCOME_DIGEST, DIGEST);
        return next;
    }

    /** The same state as a record with this sequence number. */
    BootStateRecord numbered(long sequence) {
        BootStateRecord next = copy();
        next.numbers().putInt(0, MAGIC).putInt(SEQUENCE, (int) sequence);
        next.numbers().putInt(CRC, next.checksum());
        return next;
    }

    private BootStateRecord copy() {
        return new BootStateRecord(bytes.clone());
    }

    private boolean digestAt(int offset, byte[] digest) {
        return Arrays.equals(bytes, offset, offset + DIGEST, digest, 0, DIGEST);
    }

    private int checksum() {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, CRC);
        return (int) crc.getValue();
    }

    private int u32(int offset) {
        return numbers().getInt(offset);
    }

    private ByteBuffer numbers() {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
