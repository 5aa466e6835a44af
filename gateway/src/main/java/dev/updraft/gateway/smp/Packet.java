package dev.updraft.gateway.smp;

import java.nio.ByteBuffer;

/**
 * One message of SMP: eight bytes of header, and a CBOR map.
 *
 * @param operation 0 read, 1 its answer, 2 write, 3 its answer
 * @param version 0 or 1 (SMP version 2)
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record Packet(int operation, int version, int group, int sequence, int command, byte[] body) {
    public static final int HEADER = 8;
    public static final int READ = 0;
    public static final int WRITE = 2;

    byte[] bytes() {
        return ByteBuffer.allocate(HEADER + body.length)
                .put((byte) (version << 3 | operation))
                .put((byte) 0)
                .putShort((short) body.length)
                .putShort((short) group)
                .put((byte) sequence)
                .put((byte) command)
                .put(body)
                .array();
    }

    /**
     * Takes a whole packet apart.
     *
     * @throws SmpException if the bytes are none
     */
    static Packet of(byte[] bytes) throws SmpException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER || bytes.length != HEADER + (in.getShort(2) & 0xFFFF)) {
            throw new SmpException("the device sent a packet whose length is not what its header says");
        }
        byte[] body = new byte[bytes.length - HEADER];
        in.get(HEADER, body);
        return new Packet(
                bytes[0] & 7, bytes[0] >> 3 & 3, in.getShort(4) & 0xFFFF, bytes[6] & 0xFF, bytes[7] & 0xFF, body);
    }

    boolean answers(Packet request) {
        return operation == request.operation + 1
                && group == request.group
                && command == request.command
                && sequence == request.sequence;
    }
}
