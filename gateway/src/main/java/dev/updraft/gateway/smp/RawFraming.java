package dev.updraft.gateway.smp;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Packets back to back: raw UARTs, Bluetooth, and datagrams, which hold one each. */
public final class RawFraming implements Framing {
    private static final int LENGTH_AT = 2;

    private final ByteArrayOutputStream packet = new ByteArrayOutputStream();

    /** Bytes that the packet under way will have, as far as its header has come. */
    private int whole = Packet.HEADER;

    @Override
    public byte[] wrap(byte[] bytes) {
        return bytes;
    }

    @Override
    public void take(byte[] bytes, Consumer<byte[]> packets) {
        for (byte each : bytes) {
            int at = packet.size();
            // No packet begins otherwise: a receiver that lost its place finds it again.
            if (at == 0 && (each & 0xE4) != 0) {
                continue;
            }
            packet.write(each);
            if (at == LENGTH_AT) {
                whole += (each & 0xFF) << 8;
            } else if (at == LENGTH_AT + 1) {
                whole += each & 0xFF;
            }
            if (packet.size() == whole && at > LENGTH_AT) {
                byte[] complete = packet.toByteArray();
                drop();
                packets.accept(complete);
            }
        }
    }

    @Override
    public void drop() {
        packet.reset();
        whole = Packet.HEADER;
    }
}
