package dev.updraft.gateway.smp;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Packets back to back: raw UARTs, Bluetooth, and datagrams, which hold one each. */
public final class RawFraming implements Framing {
    private final ByteArrayOutputStream packet = new ByteArrayOutputStream();

    @Override
    public byte[] wrap(byte[] bytes) {
        return bytes;
    }

    @Override
    public void take(byte[] bytes, Consumer<byte[]> packets) {
        for (byte each : bytes) {
            // No packet begins otherwise: a receiver that lost its place finds it again.
            if (packet.size() == 0 && (each & 0xE4) != 0) {
                continue;
            }
            packet.write(each);
            if (packet.size() >= Packet.HEADER && packet.size() == wanted()) {
                byte[] whole = packet.toByteArray();
                packet.reset();
                packets.accept(whole);
            }
        }
    }

    private int wanted() {
        byte[] begun = packet.toByteArray();
        return Packet.HEADER + ((begun[2] & 0xFF) << 8 | begun[3] & 0xFF);
    }

    @Override
    public void drop() {
        packet.reset();
    }
}
